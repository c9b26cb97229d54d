"""The command itself, which loads a subcommand when it is called, and tells errors in one line.

What the subcommands do is in the files beside this one.
"""

from importlib import import_module

import click

from gyre import __version__
from gyre.errors import BadSettings, GyreError

SUBCOMMANDS = {
    "serve": ("gyre.cli.serving", "watch the clusters and serve the pages and APIs"),
    "demo": ("gyre.cli.demo", "the same, with an embedded cluster whose Flux objects live"),
    "migrate": ("gyre.cli.migrating", "bring the database's tables up to date"),
    "user": ("gyre.cli.users", "add and list users, set a password"),
    "token": ("gyre.cli.tokens", "make, list and revoke API tokens"),
    "secrets": ("gyre.cli.secrets", "rotate the keys that stored secrets are encrypted with"),
    "audit": ("gyre.cli.audit", "check that the audit is whole, export it"),
    "schema": ("gyre.cli.schema", "print the GraphQL schema"),
    "openapi": ("gyre.cli.openapi", "print the OpenAPI document of the REST API"),
}


class Subcommands(click.Group):
    """Knows the names and lines of all subcommands without importing what they stand on."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order they are explained."""
        del ctx
        return list(SUBCOMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand, loaded now."""
        del ctx
        if cmd_name not in SUBCOMMANDS:
            return None
        command = import_module(SUBCOMMANDS[cmd_name][0]).command
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in --help."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in SUBCOMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run it; what Gyre itself refuses is told as it is, without a traceback."""
        try:
            return super().invoke(ctx)
        except BadSettings as bad:
            raise BadSetting("\n      ".join(bad.message.splitlines())) from bad
        except GyreError as refused:
            raise Refused(refused.message) from refused


class Refused(click.ClickException):
    """An error in one line."""

    def show(self, file: object = None) -> None:
        """On standard error."""
        del file
        click.secho("gyre: ", fg="red", bold=True, nl=False, err=True)
        click.echo(self.message, err=True)


class BadSetting(Refused):
    """Ends with the code that a wrong option ends with."""

    exit_code = 2


@click.group(cls=Subcommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gyre", message="%(prog)s %(version)s")
def main() -> None:
    """Gyre, the control room for FluxCD.

    Settings are GYRE_* environment variables; docs/configuration.md describes each.
    """

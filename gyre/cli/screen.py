"""What `gyre serve` and `gyre demo` show when they are ready: where to go and how to get in, and nothing more.

The log is told apart from it: it goes to standard error.
"""

from collections.abc import Sequence

import click

from gyre import __version__
from gyre.settings import Settings

LABEL_WIDTH = 11


def address(settings: Settings, port: int) -> str:
    """Where a browser on this machine, or the world as the settings say, finds the server."""
    if settings.public_url:
        return settings.public_url
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104  compared, not bound
    return f"http://{f'[{host}]' if ':' in host and '[' not in host else host}:{port}"


def show(title: str, lines: Sequence[tuple[str, str, str]]) -> None:
    """Print a title and lines of label, value and a quiet remark."""
    click.echo()
    click.echo(f"  {click.style('Gyre', bold=True)} {__version__}  {click.style(title, dim=True)}")
    click.echo()
    for label, value, remark in lines:
        told = f"  {click.style(remark, dim=True)}" if remark else ""
        click.echo(f"  {click.style(label.ljust(LABEL_WIDTH), dim=True)}{click.style(value, fg=_colour(label))}{told}")
    click.echo()
    click.echo(f"  {click.style('Ctrl+C ends it.', dim=True)}")
    click.echo()


def _colour(label: str) -> str | None:
    return {"Open": "cyan", "Password": "yellow"}.get(label)

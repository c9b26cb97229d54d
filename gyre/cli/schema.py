"""`gyre schema`: the GraphQL schema in its own language, as schema/schema.graphql keeps it.

What it says is schema's.
"""

import click

from schema.build import as_sdl


@click.command()
def command() -> None:
    """Print the GraphQL schema."""
    click.echo(as_sdl(), nl=False)

"""`gyre migrate`: once for all replicas, before they start.

How a migration is applied is models.migrating's.
"""

import asyncio
import os

import click

from gyre.log import set_up
from gyre.settings import Settings, read_settings
from models.connecting import open_database
from models.migrating import migrate


@click.command()
def command() -> None:
    """Bring the tables in GYRE_DATABASE_URL up to date. Safe to run at any time, also twice at once."""
    settings = read_settings(os.environ)
    set_up(settings.log_format, "warning")
    applied = asyncio.run(_applied(settings))
    for version in applied:
        click.echo(f"applied {version.removesuffix('.py')}")
    click.echo("the database is up to date" if applied else "the database was up to date already")


async def _applied(settings: Settings) -> list[str]:
    async with open_database(settings) as connection:
        return await migrate(connection)

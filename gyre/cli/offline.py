"""What subcommands do beside a server: the settings of the moment, the database, and the audit.

What each of them does there is its own file's.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from gyre.audit import Deed, Difference, noted
from gyre.clock import SystemClock
from gyre.log import set_up
from gyre.settings import Settings, read_settings
from gyre.terms.requests import RequestFacts
from models.connecting import open_database
from models.migrating import make_current, require_current

T = TypeVar("T")


def settings_now() -> Settings:
    """What GYRE_* says; warnings alone go to the log, as what is printed is for people and programs."""
    settings = read_settings(os.environ)
    set_up(settings.log_format, "warning")
    return settings


def with_database(settings: Settings, do: Callable[[], Awaitable[T]], *, only_reads: bool = False) -> T:
    """Do it with the database open; its tables are as a start makes them, or left alone by what only reads."""

    async def done() -> T:
        async with open_database(settings) as connection:
            if only_reads:
                await require_current(connection)
            else:
                await make_current(connection, settings)
            return await do()

    return asyncio.run(done())


async def audited(action: str, details: Mapping[str, object], changes: list[Difference] | None = None) -> None:
    """What was done on the command line, where nobody says who they are."""
    deed = Deed(action=action, who=None, claimed="command line", facts=RequestFacts(), details=details)
    await noted(deed, clock=SystemClock(), changes=changes)

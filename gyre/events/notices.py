"""How processes wake each other when people change: a user, a session, a right.

What changed is not said; it is in the database, and gyre.auth.version knows how to look.
"""

from collections.abc import AsyncIterator

from gyre.events.bus import Bus

TOPIC = "people"


async def tell_people_changed(bus: Bus) -> None:
    """Wake the other processes; call it after the commit."""
    await bus.tell_others(TOPIC, b"")


async def people_changes(bus: Bus) -> AsyncIterator[None]:
    """Once for each time another process changed something, or may have while it was not heard; for ever."""
    async with bus.subscribe(TOPIC) as heard:
        async for _ in heard:
            yield

"""Tasks that end with their owner.

What they do is their room's; nothing here restarts or swallows anything.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager


class Tasks:
    """The running tasks of one owner."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[None, None, None], *, name: str) -> asyncio.Task[None]:
        """Run this until it ends, is cancelled, or its owner ends. A failure ends the owner."""
        task = self._group.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    def cancel(self) -> None:
        """Cancel what still runs."""
        for task in tuple(self._running):
            task.cancel()


@asynccontextmanager
async def owned_tasks() -> AsyncIterator[Tasks]:
    """A task group whose tasks are cancelled when the owner ends, and which leaves the owner's own error as it was."""
    failure: Exception | None = None
    async with asyncio.TaskGroup() as group:
        tasks = Tasks(group)
        try:
            yield tasks
        except Exception as error:  # noqa: BLE001 # raised again below, outside the group that would wrap it
            failure = error
        finally:
            tasks.cancel()
    if failure is not None:
        raise failure

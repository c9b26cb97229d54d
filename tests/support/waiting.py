"""Waiting in a test for what happens in another task or process."""

import asyncio
from collections.abc import Callable


async def until(true: Callable[[], bool], *, seconds: float = 20) -> None:
    """Look until it is so; fail when it does not become so."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 # what is waited for has no event a test could get at
            await asyncio.sleep(0.01)

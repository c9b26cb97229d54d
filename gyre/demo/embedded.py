"""The embedded cluster as its parent sees it: a child process that is started, waited for, and ended.

What runs in the child: gyre.demo.server and gyre.demo.__main__.
"""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from gyre.errors import GyreError

READY_SECONDS = 60
END_SECONDS = 4


@dataclass(frozen=True, slots=True)
class Embedded:
    """A running embedded cluster."""

    kubeconfig: Path
    server: str
    process_id: int


@asynccontextmanager
async def start_embedded(
    folder: Path, *, objects: int = 0, changes_per_second: float = 0.0, port: int = 0
) -> AsyncIterator[Embedded]:
    """Run the embedded cluster; its kubeconfig is in the folder.

    `objects` 0 means the story as it is told, without more. The child ends with this context, and by itself when
    this process dies.
    """
    command = [
        *(sys.executable, "-m", "gyre.demo", "--with-parent"),
        *("--folder", str(folder), "--port", str(port)),
        *("--objects", str(objects), "--changes", str(changes_per_second)),
    ]
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        yield await _ready(process)
    finally:
        await _end(process)


async def _ready(process: Process) -> Embedded:
    if process.stdout is None:
        raise GyreError("the embedded cluster has no standard output")
    try:
        line = await asyncio.wait_for(process.stdout.readline(), READY_SECONDS)
    except TimeoutError as problem:
        raise GyreError(f"the embedded cluster was not ready within {READY_SECONDS} s") from problem
    if not line:
        raise GyreError(
            f"the embedded cluster ended at once, with code {await process.wait()}; its own words are above"
        )
    told = json.loads(line)
    return Embedded(Path(told["kubeconfig"]), told["server"], process.pid)


async def _end(process: Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), END_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()

"""A TCP proxy on loopback that cuts, holds or refuses what passes through it: the network between Gyre and a cluster.

It knows neither TLS nor HTTP.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

PIECE = 4096


@dataclass
class Proxy:
    """`cut_after` bytes towards the client all connections are dropped, in the middle of whatever that is."""

    target: int
    port: int = 0
    refusing: bool = False
    cut_after: int | None = None
    cuts: int = 0
    serving: set[asyncio.Task[None]] = field(default_factory=set)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def drop_all(self) -> None:
        """Reset every connection."""
        for writer in tuple(self._writers):
            writer.transport.abort()
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if self.refusing or task is None:
            writer.transport.abort()
            return
        self.serving.add(task)
        try:
            await self._pass(reader, writer)
        except OSError:
            writer.transport.abort()
        finally:
            self.serving.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self._writers |= {writer, there_writer}
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, there_writer))
                group.create_task(self._back(there_reader, writer))
        except* OSError:
            pass  # that is what this proxy is for
        finally:
            for one in (writer, there_writer):
                self._writers.discard(one)
                one.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
        writer.write_eof() if writer.can_write_eof() else None

    async def _back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE):
            if self.cut_after is not None:
                self.cut_after -= len(piece)
                if self.cut_after <= 0:
                    writer.write(piece[: self.cut_after or None])
                    await writer.drain()
                    self.cut_after = None
                    self.cuts += 1
                    self.drop_all()
                    return
            writer.write(piece)
            await writer.drain()
        writer.close()


@asynccontextmanager
async def open_proxy(target: int) -> AsyncIterator[Proxy]:
    """Forward to this port of loopback while inside."""
    proxy = Proxy(target)
    server = await asyncio.start_server(proxy._serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.drop_all()
        await asyncio.gather(*proxy.serving)

"""One publisher, a thousand subscribers: what sharing frames is worth, and how long a change takes between processes.

To reach: far more deliveries a second than by rendering for each member; a few milliseconds through Valkey.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from gyre.events.bus import Bus, open_bus
from gyre.events.feed import open_feed
from gyre.events.hub import Hub, open_hub
from gyre.events.members import Member
from gyre.events.news import News, Resync
from gyre.events.seats import EachChange, Seat, Seating
from gyre.terms.changes import ChangeType
from tests.support.rows import DEFAULT, row
from tests.support.valkey import ValkeyProcess

MEMBERS = 1_000
CHANGES = 200
ROUNDS = 3
MESSAGES = 500
BODY = b'{"kind":"Kustomization","spec":{"path":"' + b"x" * 1_000 + b'"}}'

_encoder = msgspec.json.Encoder()


class AsJson(EachChange[str]):
    """The row and the body as one JSON message: what a WebSocket of the REST API sends."""

    async def render(self, news: News) -> str | None:
        if isinstance(news, Resync):
            return '{"type":"resync"}'
        return _encoder.encode({"row": news.change.row, "resource": msgspec.Raw(news.change.body)}).decode()


def shared(number: int) -> Seating[str]:
    async def seating() -> Seat[str]:
        return Seat(key="all", renderer=AsJson(), user_id=str(number), session_id=str(number))

    return seating


def alone(number: int) -> Seating[str]:
    async def seating() -> Seat[str]:
        return Seat(key=number, renderer=AsJson(), user_id=str(number), session_id=str(number))

    return seating


async def deliveries_a_second(seating: Callable[[int], Seating[str]]) -> float:
    async with open_bus(None) as bus, open_feed(bus) as feed, open_hub(feed) as hub:
        await feed.begin(DEFAULT)
        joined = asyncio.Semaphore(0)
        async with asyncio.TaskGroup() as tasks:
            for number in range(MEMBERS):
                tasks.create_task(_read(hub, seating(number), joined))
            for _ in range(MEMBERS):
                await joined.acquire()
            began = time.perf_counter()
            for version in range(CHANGES):
                await feed.record(DEFAULT, ChangeType.MODIFIED, row(), row(version=version), BODY)
                await asyncio.sleep(0)
        return MEMBERS * CHANGES / (time.perf_counter() - began)


async def _read(hub: Hub, seating: Seating[str], joined: asyncio.Semaphore) -> None:
    async with hub.join(seating) as member:
        joined.release()
        left = CHANGES
        while left > 0:
            left -= len(await _take(member))


async def _take(member: Member[str]) -> list[str]:
    return await member.take()


async def latencies(sender: Bus, receiver: Bus) -> list[float]:
    async with receiver.subscribe("latency") as heard:
        await asyncio.sleep(0.5)
        found = []
        for _ in range(MESSAGES):
            await sender.publish("latency", str(time.perf_counter()).encode())
            async for payload in heard:
                if isinstance(payload, bytes):
                    found.append(time.perf_counter() - float(payload))
                    break
        return found


async def _bus(url: str | None) -> list[float]:
    if url is None:
        async with open_bus(None) as bus:
            return await latencies(bus, bus)
    async with open_bus(url) as sender, open_bus(url) as receiver:
        return await latencies(sender, receiver)


def _say(name: str, found: list[float]) -> None:
    ordered = sorted(found)
    median, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    print(f"bus {name}: median {median * 1e3:.2f} ms, p95 {late * 1e3:.2f} ms")


def main() -> None:
    rates = {
        seating.__name__: statistics.median(asyncio.run(deliveries_a_second(seating)) for _ in range(ROUNDS))
        for seating in (shared, alone)
    }
    print(f"{MEMBERS} members, one cohort: {rates['shared']:,.0f} deliveries/s")
    print(f"{MEMBERS} members, each rendered alone: {rates['alone']:,.0f} deliveries/s")
    print(f"ratio {rates['shared'] / rates['alone']:.1f}")
    _say("in memory", asyncio.run(_bus(None)))
    with tempfile.TemporaryDirectory() as folder:
        valkey = ValkeyProcess(Path(folder))
        valkey.start()
        try:
            _say("through Valkey", asyncio.run(_bus(valkey.url)))
        finally:
            valkey.close()

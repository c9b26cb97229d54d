"""The REST API at 10,000 objects: lists by page, and how long a change takes from Kubernetes to a hundred sockets.

To reach: 20 of 10,000 objects 5,000 times a second, or half as often as a bare Starlette route answers the same bytes,
whichever is less, 99 of 100 within 15 ms at 16 connections; any page in any order at the same cost, each put together
anew; a change on every socket in 100 ms (p95) at 20 changes a second; 350 MB.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Sequence

import psutil
import uvloop
import websockets
from websockets.asyncio.client import ClientConnection

from rest_compat.filters import SORT_NAMES
from tests.load._asking import Answered, asked
from tests.load._bare import bare
from tests.load._gyre import Served, served
from tests.load._stamping import STAMP, stamping

OBJECTS = 10_000
CHANGES_PER_SECOND = 20
SOCKETS = 100
STAMPS = 200
SECONDS = 2.0
ROUNDS = 5
FIRST_PAGE = "ks?limit=20&page=1"
WHOLE = "ks?limit=500&page=2"
PAGE = 20
SUSPENDED = {
    "interval": "10m",
    "path": "./",
    "prune": True,
    "suspend": True,
    "sourceRef": {"kind": "GitRepository", "name": "fleet-infra"},
}
CONNECTIONS = 16


async def lists(gyre: Served) -> None:
    """Twenty and five hundred objects beside a bare route with the same bytes, in turns: the machine is another from
    second to second. `anew`: nobody has asked the same before, so that nothing is kept of it.
    """
    for query, anew in ((FIRST_PAGE, False), (FIRST_PAGE, True), (WHOLE, True)):
        path = f"/api/flux/{query}"
        body = (await gyre.http.get(path, headers={"accept-encoding": "identity"})).content
        async with bare(body) as address:
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(await _asked(gyre.address, path, f"Cookie: {gyre.cookie}\r\n", anew=anew))
                theirs.append(await _asked(address, "/", ""))
        rate = statistics.median(each.rate for each in ours)
        ratio = statistics.median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))
        late = statistics.median(each.late for each in ours)
        print(f"GET {path}{', each time anew' * anew} ({len(body) / 1024:.0f} KB): {rate:,.0f} requests/s, ", end="")
        print(f"p99 {late:.1f} ms; {ratio:.2f} of a bare route's ", end="")
        print(f"{statistics.median(each.rate for each in theirs):,.0f}", flush=True)


async def pages(gyre: Served) -> None:
    """The first, a middle and the last page of 10,000 objects in each order, each time anew.

    Told is how long the server works for one, as a part of what it works for the first page in the same turn.
    """
    await _fill(gyre)
    ways = [
        f"/api/flux/ks?limit={PAGE}&page={page}&sort={sign}{name}"
        for name in SORT_NAMES
        for page, sign in ((1, ""), (OBJECTS // PAGE // 2, ""), (OBJECTS // PAGE, ""), (OBJECTS // PAGE, "-"))
    ]
    costs: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        first = await _cost(gyre, f"/api/flux/{FIRST_PAGE}")
        for way in ways:
            costs[way].append(await _cost(gyre, way) / first)
    for way, parts in costs.items():
        print(f"GET {way} of {OBJECTS // PAGE}: {statistics.median(parts):.2f} of the first page's cost", flush=True)
    medians = [statistics.median(each) for each in costs.values()]
    print(
        f"any page, any order, each anew: {min(medians):.2f} to {max(medians):.2f} of the first page's cost", flush=True
    )


async def _cost(gyre: Served, path: str) -> float:
    """Seconds of the server's processor for one answer: how busy the machine is beside it does not count."""
    before = _worked(gyre)
    cookie = f"Cookie: {gyre.cookie}\r\n"
    found = await asked(gyre.address, path, cookie, connections=CONNECTIONS, seconds=SECONDS / 4, anew=True)
    return (_worked(gyre) - before) / len(found.took)


def _worked(gyre: Served) -> float:
    times = psutil.Process(gyre.process_id).cpu_times()
    return float(times.user + times.system)


async def _fill(gyre: Served) -> None:
    """Kustomizations that nobody reconciles, until there are 10,000."""
    there = (await gyre.http.get(f"/api/flux/{FIRST_PAGE}")).json()["total"]
    numbers = iter(range(OBJECTS - there))

    async def make() -> None:
        for number in numbers:
            metadata = {"name": f"filling-{number}", "namespace": "flux-system", "finalizers": ["finalizers.fluxcd.io"]}
            resource = {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": metadata}
            said = await gyre.http.post("/api/flux/ks", json={"resource": {**resource, "spec": SUSPENDED}})
            said.raise_for_status()

    await asyncio.gather(*(make() for _ in range(CONNECTIONS)))


async def unchanged(gyre: Served) -> None:
    """What it costs when nothing has changed since."""
    path, cookie = f"/api/flux/{FIRST_PAGE}", f"Cookie: {gyre.cookie}\r\n"
    tag = (await gyre.http.get(path)).headers["etag"]
    found = [await _asked(gyre.address, path, f"{cookie}If-None-Match: {tag}\r\n") for _ in range(ROUNDS)]
    _say(f"GET {path}, as it was ({sum(each.unchanged for each in found):,} times 304)", found)


def _say(what: str, found: Sequence[Answered]) -> None:
    rate, late = (statistics.median(values) for values in zip(*((each.rate, each.late) for each in found), strict=True))
    print(f"{what}: {rate:,.0f} requests/s, p99 {late:.1f} ms", flush=True)


async def _asked(address: str, path: str, headers: str, *, anew: bool = False) -> Answered:
    return await asked(address, path, headers, connections=CONNECTIONS, seconds=SECONDS, anew=anew)


async def latencies(gyre: Served) -> list[float]:
    """Seconds from the patch sent to Kubernetes to the message on each socket."""
    found: list[float] = []
    async with asyncio.TaskGroup() as tasks, stamping(gyre) as stamp:
        sockets = [await _connect(gyre) for _ in range(SOCKETS)]
        readers = [tasks.create_task(_read(socket, found)) for socket in sockets]
        for _ in range(STAMPS):
            await stamp()
            await asyncio.sleep(1 / CHANGES_PER_SECOND)
        await asyncio.sleep(2)
        for reader in readers:
            reader.cancel()
    return found


async def _connect(gyre: Served) -> ClientConnection:
    return await websockets.connect(
        f"ws://{gyre.address}/api/ws",
        additional_headers={"Cookie": gyre.cookie},
        origin=websockets.Origin(f"http://{gyre.address}"),
        proxy=None,
        compression=None,
    )


async def _read(socket: ClientConnection, found: list[float]) -> None:
    seen = ""
    async for message in socket:
        if STAMP in str(message):
            stamp = json.loads(message)["resource"]["metadata"]["annotations"][STAMP]
            if stamp != seen:
                found.append(time.time() - float(stamp))
                seen = stamp


def _percentile(values: Sequence[float], part: float) -> float:
    return sorted(values)[int(len(values) * part)] * 1e3


async def _run() -> None:
    async with served(objects=OBJECTS, changes_per_second=0) as gyre:
        await lists(gyre)
        await pages(gyre)
        await unchanged(gyre)
    async with served(objects=OBJECTS, changes_per_second=CHANGES_PER_SECOND) as gyre:
        found = await latencies(gyre)
        print(f"change → {SOCKETS} sockets at {2 * CHANGES_PER_SECOND} changes/s, {len(found)} messages: ", end="")
        print(f"median {statistics.median(found) * 1e3:.1f} ms, p95 {_percentile(found, 0.95):.1f} ms")
        print(f"resident: {gyre.resident_megabytes:.0f} MB")


def main() -> None:
    uvloop.run(_run())

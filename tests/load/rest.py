"""The REST API at 10,000 objects: lists by page, and how long a change takes from Kubernetes to a hundred sockets.

To reach: a change on every socket in 100 ms (p95) at 20 changes a second; any page at the same cost; 350 MB.
"""

import asyncio
import json
import statistics
import time
from collections.abc import Sequence

import uvloop
import websockets
from websockets.asyncio.client import ClientConnection

from gyre.kube.access import from_kubeconfig
from gyre.kube.client import KubeClient, open_client
from gyre.kube.writing import How, patch
from gyre.terms.naming import ClusterName, Kind, Ref
from gyre.terms.people import Action, Allowed, Principal, Role
from tests.load._gyre import Served, served

OBJECTS = 10_000
CHANGES_PER_SECOND = 20
SOCKETS = 100
STAMPS = 200
SECONDS = 5.0
CONNECTIONS = 16
DEFAULT = ClusterName("default")
STAMP = "gyre.dev/benchmark"
KUSTOMIZATIONS = Kind("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations")


async def measured_list(gyre: Served, query: str) -> tuple[float, float]:
    """Requests a second over kept connections, and the 99th percentile in ms."""
    took: list[float] = []
    until = time.perf_counter() + SECONDS
    request = f"GET /api/flux/{query} HTTP/1.1\r\nHost: {gyre.address}\r\nCookie: {gyre.cookie}\r\n\r\n".encode()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(CONNECTIONS):
            tasks.create_task(_ask_until(gyre.address, request, until, took))
    return len(took) / SECONDS, sorted(took)[int(len(took) * 0.99)] * 1e3


async def _ask_until(address: str, request: bytes, until: float, took: list[float]) -> None:
    host, _, port = address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=2**24)
    while time.perf_counter() < until:
        began = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        size = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        await reader.readexactly(size)
        took.append(time.perf_counter() - began)
    writer.close()


async def latencies(gyre: Served) -> list[float]:
    """Seconds from the patch sent to Kubernetes to the message on each socket."""
    found: list[float] = []
    access = from_kubeconfig(gyre.kubeconfig)
    async with asyncio.TaskGroup() as tasks, open_client(access, cluster=DEFAULT) as kube:
        sockets = [await _connect(gyre) for _ in range(SOCKETS)]
        readers = [tasks.create_task(_read(socket, found)) for socket in sockets]
        ref = await _some_object(gyre)
        for _ in range(STAMPS):
            await _stamp(kube, ref)
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


async def _some_object(gyre: Served) -> Ref:
    listed = (await gyre.http.get("/api/flux/kustomizations?limit=1")).json()["resources"][0]["metadata"]
    return Ref(cluster=DEFAULT, kind=KUSTOMIZATIONS, namespace=listed["namespace"], name=listed["name"])


async def _stamp(kube: KubeClient, ref: Ref) -> None:
    benchmark = Principal(user_id="0", username="benchmark", role=Role.ADMIN, grants=())
    allowed = Allowed(
        principal=benchmark,
        action=Action.EDIT,
        cluster=ref.cluster,
        resource=ref.kind.plural,
        namespace=ref.namespace,
        because="it is a benchmark",
    )
    await patch(kube, allowed, ref, "v1", {"metadata": {"annotations": {STAMP: str(time.time())}}}, how=How())


def _percentile(values: Sequence[float], part: float) -> float:
    return sorted(values)[int(len(values) * part)] * 1e3


async def _run() -> None:
    async with served(objects=OBJECTS, changes_per_second=0) as gyre:
        for query in ("ks?limit=20&page=1", "ks?limit=20&page=150", "ks?limit=500&page=2"):
            rate, late = await measured_list(gyre, query)
            print(f"GET {query}: {rate:,.0f} requests/s, p99 {late:.1f} ms", flush=True)
    async with served(objects=OBJECTS, changes_per_second=CHANGES_PER_SECOND) as gyre:
        found = await latencies(gyre)
        print(f"change → {SOCKETS} sockets at {2 * CHANGES_PER_SECOND} changes/s, {len(found)} messages: ", end="")
        print(f"median {statistics.median(found) * 1e3:.1f} ms, p95 {_percentile(found, 0.95):.1f} ms")
        print(f"resident: {gyre.resident_megabytes:.0f} MB")


def main() -> None:
    uvloop.run(_run())

"""A hundred subscribers of one document at twenty changes a second: how long from Kubernetes to each socket.

To reach: at most 100 ms for 95 of 100 deliveries.
"""

import asyncio
import json
import statistics
import tempfile
import time
from pathlib import Path

from tests.support.cluster import KUSTOMIZATIONS, open_cluster, thing
from tests.support.graphql import DEFAULT, Socket, gyre_on

SUBSCRIBERS = 100
CHANGES_PER_SECOND = 20
SECONDS = 5
CHANGES = """subscription Changes($filter: ResourceFilter, $after: Position) {
    resourceChanges(filter: $filter, after: $after) { type position previousStatus row {
        id cluster kind namespace name resourceVersion status reason message revision reconciledAt } } }"""


def main() -> None:
    asyncio.run(_main())


async def _main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with (
            open_cluster(KUSTOMIZATIONS) as cluster,
            gyre_on({DEFAULT: cluster.access(folder)}, folder) as gyre,
        ):
            ada = await gyre.signed_in("ada")
            sent: dict[str, float] = {}
            delays: list[float] = []
            total = SECONDS * CHANGES_PER_SECOND
            ready = asyncio.Semaphore(0)

            async def listen() -> None:
                async with Socket(gyre.address, ada.headers) as socket:
                    await (await socket.init()).subscribe("1", CHANGES)
                    await socket.subscribe("2", "{ viewer { username } }")
                    while (await socket.hear())["type"] != "complete":
                        pass
                    ready.release()
                    for _ in range(total):
                        text = await asyncio.wait_for(socket.raw.recv(), 60)
                        arrived = time.perf_counter()
                        row = json.loads(text)["payload"]["data"]["resourceChanges"]["row"]
                        delays.append((arrived - sent[row["name"]]) * 1_000)

            async with asyncio.TaskGroup() as group:
                for _ in range(SUBSCRIBERS):
                    group.create_task(listen())
                for _ in range(SUBSCRIBERS):
                    await ready.acquire()
                for number in range(total):
                    sent[f"app-{number}"] = time.perf_counter()
                    cluster.has(KUSTOMIZATIONS, thing(f"app-{number}"))
                    await asyncio.sleep(1 / CHANGES_PER_SECOND)
            delays.sort()
            p95, worst = delays[int(len(delays) * 0.95)], delays[-1]
            print(f"{len(delays)} deliveries to {SUBSCRIBERS} subscribers at {CHANGES_PER_SECOND} changes/s:")
            middle = statistics.median(delays)
            print(f"  median {middle:.1f} ms, p95 {p95:.1f} ms (to reach: 100), worst {worst:.1f} ms")
            print("  (cluster, server and all clients share one thread here)")

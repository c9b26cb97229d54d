"""A page of 50 of 10,000 rows through GraphQL: execution by plan against the standard executor, then over HTTP.

To reach: at most 5 ms of server time for the page; a text filter at most 20 ms.
"""

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
from graphql import ExecutionResult, parse
from graphql.execution import execute
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from gyre.terms.people import Principal, Role
from resolvers.context import Context
from schema.build import SCHEMA
from schema.execution.executor import PlanningExecutor
from schema.operations import Asked, Operations, encoded
from tests.support.cluster import KUSTOMIZATIONS, open_cluster, thing
from tests.support.graphql import DEFAULT, Gyre, Signed, gyre_on

OBJECTS = 10_000
ROUNDS = 30
REQUESTS = 400
CONNECTIONS = 16
PAGE = """query Page($text: String, $first: Int!) {
    resources(filter: {text: $text}, first: $first, sort: {by: NAME}) {
        nodes { id cluster kind group plural namespace name resourceVersion status reason message revision
            createdAt changedAt reconciledAt labels { key value } source { kind namespace name } }
        totalCount position pageInfo { hasNextPage endCursor } errors { cluster kind code message } } }"""


def main() -> None:
    asyncio.run(_main())


async def _main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with open_cluster(KUSTOMIZATIONS) as cluster:
            spec = {"sourceRef": {"kind": "GitRepository", "name": "fleet"}}
            labels = {"labels": {"team": "a"}}
            cluster.has(
                KUSTOMIZATIONS,
                *(thing(f"app-{n}", f"team-{n % 100}", spec=spec, metadata=labels) for n in range(OBJECTS)),
            )
            async with gyre_on({DEFAULT: cluster.access(folder)}, folder) as gyre:
                await _executors(gyre)
                await _server_time(gyre)
                await _over_http(gyre, await gyre.signed_in("ada"))


def _context(gyre: Gyre) -> Context:
    admin = Principal(user_id="1", username="ada", role=Role.ADMIN, grants=())
    return Context(services=gyre.services, principal=admin)


async def _executors(gyre: Gyre) -> None:
    document, context = parse(PAGE), _context(gyre)
    medians: dict[str, float] = {}
    for name, executor in (("standard", StrawberryGraphQLCoreExecutionContext), ("by plan", PlanningExecutor)):
        for first in (20, 50, 1_000):

            async def once(executor: type[Any] = executor, first: int = first) -> None:
                found = execute(
                    SCHEMA._schema,
                    document,
                    context_value=context,
                    variable_values={"first": first},
                    executor_class=executor,
                    operation_extensions=None,
                )
                result = found if isinstance(found, ExecutionResult) else await found
                assert isinstance(result, ExecutionResult)
                assert not result.errors

            medians[f"{name} {first}"] = await _median(once, 5 if first == 1_000 else ROUNDS)
    for first in (20, 50, 1_000):
        standard, planned = medians[f"standard {first}"], medians[f"by plan {first}"]
        print(f"{first:5} rows: standard {standard:8.3f} ms, by plan {planned:6.3f} ms: {standard / planned:.0f} times")


async def _server_time(gyre: Gyre) -> None:
    operations, context = Operations(introspection=True), _context(gyre)
    texts = iter(range(10**6))

    async def answer(variables: dict[str, object]) -> None:
        ready = operations.ready(Asked(text=PAGE, variables=variables), context)
        encoded(await operations.execute(ready, context))

    page = await _median(lambda: answer({"first": 50}), ROUNDS)
    known = await _median(lambda: answer({"first": 50, "text": "app-77"}), ROUNDS)
    new = await _median(lambda: answer({"first": 50, "text": f"app-{next(texts)}"}), ROUNDS)
    print(f"server time, page of 50 of {OBJECTS}: {page:.2f} ms (to reach: 5)")
    print(f"  filtered by a text: {known:.2f} ms, by one never asked before: {new:.2f} ms (to reach: 20)")


async def _over_http(gyre: Gyre, ada: Signed) -> None:
    body = json.dumps({"query": PAGE, "variables": {"first": 50}}).encode()
    headers = {"content-type": "application/json", "cookie": ada.cookie}
    limits = httpx2.Limits(max_connections=CONNECTIONS)
    async with httpx2.AsyncClient(trust_env=False, limits=limits, timeout=60) as http:
        taken: list[float] = []

        async def some() -> None:
            for _ in range(REQUESTS // CONNECTIONS):
                began = time.perf_counter()
                answer = await http.post(f"http://{gyre.address}/graphql", content=body, headers=headers)
                taken.append((time.perf_counter() - began) * 1_000)
                assert answer.status_code == 200

        began = time.perf_counter()
        await asyncio.gather(*(some() for _ in range(CONNECTIONS)))
        seconds = time.perf_counter() - began
    rate, middle = len(taken) / seconds, statistics.median(taken)
    print(f"over HTTP, page of 50, {CONNECTIONS} connections: {rate:.0f} requests/s, median {middle:.1f} ms")
    print("  (server and client share one thread here, so the server alone does more)")


async def _median(once: Callable[[], Awaitable[None]], rounds: int) -> float:
    for _ in range(3):
        await once()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        await once()
        taken.append((time.perf_counter() - began) * 1_000)
    return statistics.median(taken)

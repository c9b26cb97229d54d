"""Someone signed in to Gyre on the real cluster, with a screen of each face open.

What they see and do stands in the tests.
"""

import asyncio
import json
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import websockets

from gyre.kube.access import from_kubeconfig
from tests.cluster.control_plane import ControlPlane
from tests.cluster.loop import SLOWLY, GitLoop
from tests.cluster.program import open_program
from tests.support.graphql import Signed, Socket

CHANGES = """subscription($filter: ResourceFilter) { resourceChanges(filter: $filter) {
    type previousStatus row { kind name status reason message revision suspended } } }"""
ONE = """query($kind: String!, $namespace: String!, $name: String!, $notBefore: Position) {
    resource(kind: $kind, namespace: $namespace, name: $name, notBefore: $notBefore) {
        status revision suspended conditions { type status reason } inventory { kind namespace name } } }"""
PAYLOAD = "{ resource { status suspended } position errors { code message } }"
SUSPEND = f"mutation($input: SuspendInput!) {{ done: suspend(input: $input) {PAYLOAD} }}"
RESUME = f"mutation($input: ResumeInput!) {{ done: resume(input: $input) {PAYLOAD} }}"
RECONCILE = f"mutation($input: ReconcileInput!) {{ done: reconcile(input: $input) {PAYLOAD} }}"
WRITES = {
    f"{what}Resource": (
        f"mutation($input: {what.capitalize()}ResourceInput!) {{ done: {what}Resource(input: $input) "
        f"{{ {'gone' if what == 'delete' else 'manifest'} errors {{ code message }} }} }}"
    )
    for what in ("create", "update", "apply", "delete")
}


@dataclass
class Screen:
    """What one open connection was told, and whoever waits for it."""

    told: list[dict[str, Any]] = field(default_factory=list)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self, messages: AsyncIterable[str | bytes]) -> None:
        async for message in messages:
            self.told.append(json.loads(message))
            self._more.set()

    async def until(self, what: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first message of which this is true."""
        async with asyncio.timeout(SLOWLY):
            while not (found := [message for message in self.told if what(message)]):
                self._more.clear()
                await self._more.wait()
        return found[0]


@dataclass
class Desk:
    """Someone signed in, with two screens open: GraphQL's and the REST API's."""

    signed: Signed
    socket: Socket
    graphql: Screen
    plain: Screen

    async def press(self, mutation: str, loop: GitLoop, name: str, **more: Any) -> dict[str, Any]:
        """Do it, and read the payload."""
        target = {"kind": "Kustomization", "namespace": loop.namespace, "name": name}
        payload: dict[str, Any] = (await self.signed.data(mutation, input={"target": target, **more}))["done"]
        assert payload["errors"] == []
        return payload

    async def write(self, mutation: str, **asked: Any) -> dict[str, Any]:
        """Write or delete, and read the payload."""
        payload: dict[str, Any] = (await self.signed.data(WRITES[mutation], input=asked))["done"]
        assert payload["errors"] == []
        return payload

    async def look(self, loop: GitLoop, name: str, not_before: str | None = None) -> dict[str, Any]:
        """The object's page."""
        asked = {"kind": "kustomizations", "namespace": loop.namespace, "name": name, "notBefore": not_before}
        page: dict[str, Any] = (await self.signed.data(ONE, **asked))["resource"]
        return page

    async def rest(self, method: str, path: str, **more: Any) -> httpx2.Response:
        """Ask the REST API."""
        headers = {"cookie": self.signed.cookie}
        return await self.signed.http.request(
            method, f"http://{self.signed.address}/api{path}", headers=headers, **more
        )


def kustomization(loop: GitLoop, name: str = "apps", **spec: Any) -> dict[str, Any]:
    """A manifest as a person writes it."""
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": loop.namespace},
        "spec": {
            "path": "./blue",
            "prune": True,
            "interval": "10m",
            "retryInterval": "2s",
            "targetNamespace": loop.namespace,
            "sourceRef": {"kind": "GitRepository", "name": "config"},
            **spec,
        },
    }


@asynccontextmanager
async def open_desk(plane: ControlPlane, namespace: str, folder: Path) -> AsyncIterator[Desk]:
    """Sign in, and open both screens on what is in this namespace."""
    access = from_kubeconfig(plane.kubeconfig("gyre", "system:masters"))
    async with AsyncExitStack() as stack:
        signed = await stack.enter_async_context(open_program(access, folder))
        graphql, plain = Screen(), Screen()
        socket = await stack.enter_async_context(signed.socket())
        await (await socket.init()).subscribe("1", CHANGES, filter={"namespaces": [namespace]})
        raw = await stack.enter_async_context(
            websockets.connect(
                f"ws://{signed.address}/api/ws?events=true",
                origin=websockets.Origin(f"http://{signed.address}"),
                additional_headers={"Cookie": signed.cookie},
                compression=None,
                proxy=None,
            )
        )
        reading = [asyncio.create_task(graphql.read(socket.raw)), asyncio.create_task(plain.read(raw))]
        await plain.until(lambda message: message["type"] == "connected")
        yield Desk(signed, socket, graphql, plain)
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)

"""What a real API server serves is found, and followed while definitions come, change and go."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from gyre.clock import SystemClock
from gyre.errors import GyreError
from gyre.flux.kinds import GROUPS, KINDS
from gyre.kube.client import Call, KubeClient
from gyre.kube.discovery import Discovery, discover, discoveries
from gyre.kube.reading import server_version
from gyre.kube.told import Served
from gyre.kube.writing import MERGE_PATCH
from gyre.terms.naming import Kind
from gyre.terms.sync import Sync
from tests.cluster.building import KUBERNETES
from tests.cluster.conftest import DEFINITIONS
from tests.cluster.following import Follower, following

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]

GADGETS = Kind("gadgets.example.dev", "Gadget", "gadgets")
NAME = str(GADGETS)


def definition(**served: bool) -> dict[str, Any]:
    """A kind that says it is part of Flux; the last version is the one stored."""
    last = list(served)[-1]
    schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
    versions = [
        {"name": version, "served": is_served, "storage": version == last, "schema": schema}
        for version, is_served in served.items()
    ]
    names = {"plural": "gadgets", "singular": "gadget", "kind": "Gadget"}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": NAME, "labels": {"app.kubernetes.io/part-of": "flux"}},
        "spec": {"group": GADGETS.group, "scope": "Namespaced", "names": names, "versions": versions},
    }


class Finder:
    """What is found over time."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.found: list[Discovery | GyreError] = []
        self._more = asyncio.Event()

    def gadgets(self) -> list[Served]:
        last = self.found[-1] if self.found else Discovery(())
        return [one for one in last.served if one.kind == GADGETS] if isinstance(last, Discovery) else []

    async def follow(self, client: KubeClient) -> None:
        async with aclosing(discoveries(client, GROUPS, SystemClock(), asked=self.asked, seconds=0.5)) as finding:
            async for one in finding:
                self.found.append(one)
                self._more.set()

    async def until(self, what: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not what():
                self._more.clear()
                await self._more.wait()


@pytest.fixture
async def finder(admin: KubeClient) -> AsyncIterator[Finder]:
    finder = Finder()
    task = asyncio.create_task(finder.follow(admin))
    yield finder
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def write(admin: KubeClient, method: str, name: str = "", document: dict[str, Any] | None = None) -> None:
    body = json.dumps(document).encode() if document else None
    kind = MERGE_PATCH if method == "PATCH" else "application/json"
    path = f"{DEFINITIONS}/{name}" if name else DEFINITIONS
    await admin.ask(Call(path=path, method=method, body=body, content_type=kind))


async def test_all_nineteen_kinds_are_found_in_the_version_that_flux_serves_first(admin: KubeClient) -> None:
    discovery = await discover(admin, GROUPS)

    versions = {one.kind: one.version for one in discovery.served}
    assert discovery.problems == ()
    assert {flux_kind.kind for flux_kind in KINDS} <= set(versions)
    others = {"alerts": "v1beta3", "providers": "v1beta3", "artifactgenerators": "v1beta1", "helmreleases": "v2"}
    assert {kind.plural: version for kind, version in versions.items() if version != "v1"} == others


async def test_the_servers_version_is_the_pinned_one(admin: KubeClient) -> None:
    assert (await server_version(admin, because="a test asks")).git_version == KUBERNETES


async def test_a_kind_that_comes_changes_and_goes_is_followed(admin: KubeClient, finder: Finder) -> None:
    await finder.until(lambda: bool(finder.found))
    assert finder.gadgets() == []

    await write(admin, "POST", document=definition(v1alpha1=True))
    await finder.until(lambda: [one.version for one in finder.gadgets()] == ["v1alpha1"])
    (old,) = finder.gadgets()
    async with following(admin, old) as follower:
        await make_gadget(admin, "v1alpha1", "a")
        await follower.until(lambda: len(follower.objects) == 1)

        await write(admin, "PATCH", NAME, definition(v1alpha1=True, v1=True))
        await finder.until(lambda: [one.version for one in finder.gadgets()] == ["v1"])
        await make_gadget(admin, "v1", "b")
        await follower.until(lambda: len(follower.objects) == 2)
        assert follower.told_once

        await write(admin, "PATCH", NAME, definition(v1alpha1=False, v1=True))
        await follower.until(lambda: is_gone(follower))
        assert follower.sync is Sync.STALE

    (new,) = finder.gadgets()
    async with following(admin, new) as follower:
        assert len(follower.objects) == 2
        await write(admin, "DELETE", NAME)
        await follower.until(lambda: is_gone(follower))
        assert follower.objects == {}
    await finder.until(lambda: finder.gadgets() == [])


def is_gone(follower: Follower) -> bool:
    return follower.states[-1].not_served


async def make_gadget(admin: KubeClient, version: str, name: str) -> None:
    document = {"apiVersion": f"{GADGETS.group}/{version}", "kind": "Gadget", "metadata": {"name": name}}
    path = f"/apis/{GADGETS.group}/{version}/namespaces/default/gadgets"
    await admin.ask(Call(path=path, method="POST", body=json.dumps(document).encode()))

"""Each feature with exactly the role that docs/access.md gives it, and with one permission fewer."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gyre.errors import NotSynced
from gyre.fleet.queries import RowFilter, RowQuery
from gyre.kube.access import from_kubeconfig
from gyre.kube.client import Call, KubeClient, path_of
from tests.cluster.control_plane import ControlPlane
from tests.cluster.granting import grant
from tests.cluster.program import open_program
from tests.cluster.watched import EVERYTHING, Watched, open_watched
from tests.cluster.writing import BUCKETS, Writer, bucket
from tests.support.access_page import Permission, granted, permissions, roles, without

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]

PAYLOAD = "{ resource { suspended } errors { code message } }"
ACTIONS = {
    "suspend": f"mutation($input: SuspendInput!) {{ done: suspend(input: $input) {PAYLOAD} }}",
    "resume": f"mutation($input: ResumeInput!) {{ done: resume(input: $input) {PAYLOAD} }}",
    "reconcile": f"mutation($input: ReconcileInput!) {{ done: reconcile(input: $input) {PAYLOAD} }}",
}
EVENTS = """query($namespaces: [String!]) { events(filter: {namespaces: $namespaces}) {
    nodes { reason } errors { code message } } }"""
WRITES = {
    what: (
        f"mutation($input: {what.capitalize()}ResourceInput!) {{ done: {what}Resource(input: $input) "
        f"{{ {'gone' if what == 'delete' else 'manifest'} errors {{ code message }} }} }}"
    )
    for what in ("create", "update", "apply", "delete")
}
PREVIEW = """query($kind: String!, $namespace: String!, $name: String!) {
    deletionPreview(kind: $kind, namespace: $namespace, name: $name) { total token } }"""
WORKS = ""


@dataclass
class Tried:
    """What came of a feature: the code that a client sees (none: it works), and the words beside it."""

    code: str
    words: str = ""


@dataclass
class Place:
    """Where a feature is tried, and with whose rights."""

    plane: ControlPlane
    admin: KubeClient
    namespace: str
    folder: Path
    user: str

    async def stands(self) -> dict[str, Any]:
        """The bucket `a` in the cluster."""
        path = path_of(BUCKETS.kind, BUCKETS.version, namespace=self.namespace, name="a")
        document: dict[str, Any] = json.loads(await self.admin.ask(Call(path=path)))
        return document

    async def tell(self, reason: str) -> None:
        """An Event about that bucket, as a controller makes it."""
        bucket = await self.stands()
        about = {
            "apiVersion": bucket["apiVersion"],
            "kind": bucket["kind"],
            "namespace": self.namespace,
            **{name: bucket["metadata"][name] for name in ("name", "uid")},
        }
        event = {
            "apiVersion": "v1",
            "kind": "Event",
            "metadata": {"name": f"a.{reason}"},
            "involvedObject": about,
            "type": "Normal",
            "reason": reason,
            "message": "a test tells",
            "source": {"component": "source-controller"},
        }
        path = f"/api/v1/namespaces/{self.namespace}/events"
        await self.admin.ask(Call(path=path, method="POST", body=json.dumps(event).encode()))


async def reads(place: Place) -> Tried:
    """Everything is found and listed, and what happens afterwards is seen."""
    async with open_watched(place.plane, place.user) as watched:
        await Writer(place.admin, BUCKETS, place.namespace).create(bucket("b"))
        async with asyncio.timeout(30):
            while not (tried := _as_read(watched, place.namespace)):  # noqa: ASYNC110  # health has no event to wait for
                await asyncio.sleep(0.1)
        return tried


def _as_read(watched: Watched, namespace: str) -> Tried | None:
    """What a client is told of this namespace's buckets, when that is settled."""
    asked = RowFilter(kinds=("buckets",), namespaces=(namespace,))
    try:
        page = watched.fleet.page(RowQuery(filter=asked), EVERYTHING)
    except NotSynced as refusal:
        return Tried(refusal.code, refusal.message)
    if page.problems:
        assert [held.row.name for held in page.held] == ["a"]
        return Tried(page.problems[0].code, page.problems[0].message)
    (cluster,) = watched.fleet.clusters(EVERYTHING)
    return Tried(WORKS, cluster.state.problem) if len(page.held) == 2 else None


async def reads_events(place: Place) -> Tried:
    """Events that are there are shown, and those that come."""
    await place.tell("before")
    async with open_program(from_kubeconfig(place.plane.kubeconfig(place.user)), place.folder) as signed:
        await place.tell("after")
        async with asyncio.timeout(30):
            while True:
                page = await signed.ask(EVENTS, namespaces=[place.namespace])
                errors = page.get("errors") or page["data"]["events"]["errors"]
                reasons = {node["reason"] for node in ((page["data"] or {}).get("events") or {"nodes": []})["nodes"]}
                if errors:
                    (error,) = errors
                    assert reasons <= {"before"}
                    return Tried(error.get("code") or error["extensions"]["code"], error["message"])
                if reasons == {"before", "after"}:
                    return Tried(WORKS)
                await asyncio.sleep(0.1)


async def acts(place: Place, **settings: Any) -> Tried:
    """Each action takes effect; or each is refused in the same way, and nothing happened."""
    before = await place.stands()
    access = from_kubeconfig(place.plane.kubeconfig(place.user))
    async with open_program(access, place.folder, **settings) as signed:
        target = {"kind": "buckets", "namespace": place.namespace, "name": "a"}
        done = [(await signed.data(mutation, input={"target": target}))["done"] for mutation in ACTIONS.values()]
    errors = [(error["code"], error["message"]) for payload in done for error in payload["errors"]]
    after = await place.stands()
    if not errors:
        assert [payload["resource"]["suspended"] for payload in done] == [True, False, False]
        assert "reconcile.fluxcd.io/requestedAt" in after["metadata"]["annotations"]
        return Tried(WORKS)
    assert len(errors) == len(ACTIONS)
    assert len(set(errors)) == 1
    assert after == before
    return Tried(*errors[0])


async def impersonates(place: Place) -> Tried:
    """The same in the name of the administrator, who may act there; Gyre itself may only read."""
    prefix = f"{place.user}-as:"
    await grant(place.admin, f"{prefix}admin", *roles()["gyre-acts"])
    return await acts(place, impersonate=True, impersonate_prefix=prefix)


async def writes(place: Place) -> Tried:
    """An object is made, edited, applied, previewed and deleted; or the first refusal, and nothing of it happened."""
    async with open_program(from_kubeconfig(place.plane.kubeconfig(place.user)), place.folder) as signed:
        made = bucket("b")
        made["metadata"]["namespace"] = place.namespace
        target = {"kind": "buckets", "namespace": place.namespace, "name": "b"}
        payload = (await signed.data(WRITES["create"], input={"manifest": made}))["done"]
        if payload["errors"]:
            return _refused(payload)
        edited = payload["manifest"]
        edited["spec"]["interval"] = "2m"
        for what in ("update", "apply"):
            payload = (await signed.data(WRITES[what], input={"manifest": edited}))["done"]
            if payload["errors"]:
                return _refused(payload)
            edited = {**made, "spec": {**made["spec"], "interval": "2m"}}
        previewed = (await signed.data(PREVIEW, **target))["deletionPreview"]
        assert previewed["total"] == 0
        payload = (await signed.data(WRITES["delete"], input={"target": target, "preview": previewed["token"]}))["done"]
        return _refused(payload) if payload["errors"] else Tried(WORKS)


def _refused(payload: dict[str, Any]) -> Tried:
    (error,) = payload["errors"]
    return Tried(error["code"], error["message"])


FEATURES: dict[str, Callable[[Place], Awaitable[Tried]]] = {
    "gyre-reads": reads,
    "gyre-events": reads_events,
    "gyre-acts": acts,
    "gyre-writes": writes,
    "gyre-impersonates": impersonates,
}
NEEDS_TOO: dict[str, tuple[str, ...]] = {
    "gyre-acts": ("gyre-reads",),
    "gyre-events": ("gyre-reads",),
    "gyre-writes": ("gyre-reads", "gyre-acts"),
    "gyre-impersonates": ("gyre-reads",),
}


@pytest.fixture
async def place(plane: ControlPlane, admin: KubeClient, namespace: str, tmp_path: Path, user: str) -> Place:
    await Writer(admin, BUCKETS, namespace).create(bucket("a"))
    return Place(plane, admin, namespace, tmp_path, user)


def too(role: str) -> list[dict[str, list[str]]]:
    """What a feature stands on."""
    return [rule for other in NEEDS_TOO.get(role, ()) for rule in roles()[other]]


async def test_every_role_of_the_page_is_tried() -> None:
    assert set(FEATURES) == set(roles())


@pytest.mark.parametrize("role", FEATURES)
async def test_a_feature_works_with_exactly_its_role(place: Place, role: str) -> None:
    await grant(place.admin, place.user, *too(role), *roles()[role])

    assert await FEATURES[role](place) == Tried(WORKS)


@pytest.mark.parametrize("lacking", granted(), ids=str)
async def test_one_permission_fewer_shows_as_the_page_says(place: Place, lacking: Permission) -> None:
    await grant(place.admin, place.user, *too(lacking.role), *without(lacking))

    tried = await FEATURES[lacking.role](place)

    said = permissions()[lacking]
    assert said.startswith(f"`{tried.code}`" if tried.code else "nothing missing")
    # Since 1.36 a lacking `impersonate` is told as what it would be used for: impersonate-on:user-info:patch.
    assert re.search(rf'User "{re.escape(place.user)}" cannot {lacking.verb}(-on:\S+)? resource "', tried.words)

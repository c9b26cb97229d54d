"""Tries what each role of docs/access.md is for on the real cluster, with whatever rights are there.

Which rights are given, and what has to come of it, stands in test_permissions.py.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gyre.errors import NotSynced
from gyre.fleet.queries import RowFilter, RowQuery
from gyre.kube.access import from_kubeconfig
from gyre.kube.client import Call, KubeClient, path_of
from tests.cluster.control_plane import ControlPlane
from tests.cluster.desk import RECONCILE, RESUME, SUSPEND, WRITES
from tests.cluster.following import PATIENCE_SECONDS
from tests.cluster.granting import grant
from tests.cluster.program import open_program, person
from tests.cluster.watched import EVERYTHING, Watched, open_watched
from tests.cluster.writing import BUCKETS, Writer, bucket
from tests.support.access_page import roles
from tests.support.graphql import Signed

EVENTS = """query($namespaces: [String!]) { events(filter: {namespaces: $namespaces}) {
    nodes { reason } errors { code message } } }"""
OBJECT = "query($kind: String!, $namespace: String!, $name: String!)"
PREVIEW = f"{OBJECT} {{ done: deletionPreview(kind: $kind, namespace: $namespace, name: $name) {{ total token }} }}"
LIVE = f"{OBJECT} {{ done: liveManifest(kind: $kind, namespace: $namespace, name: $name) {{ manifest }} }}"
WORKS = ""


@dataclass
class Tried:
    """What came of a feature: the code that a client sees (none: it works), the words beside it, what was refused."""

    code: str
    words: tuple[str, ...] = ()
    refused: frozenset[str] = frozenset()


@dataclass
class Place:
    """Where a feature is tried, and with whose rights."""

    plane: ControlPlane
    admin: KubeClient
    namespace: str
    folder: Path
    user: str

    @property
    def target(self) -> dict[str, str]:
        """The bucket that is there from the beginning."""
        return {"kind": "buckets", "namespace": self.namespace, "name": "a"}

    async def stands(self) -> dict[str, dict[str, Any]]:
        """The buckets in the cluster, by name."""
        path = path_of(BUCKETS.kind, BUCKETS.version, namespace=self.namespace)
        items = json.loads(await self.admin.ask(Call(path=path)))["items"]
        return {item["metadata"]["name"]: item for item in items}

    async def tell(self, reason: str) -> None:
        """An Event about the bucket `a`, as a controller makes it."""
        bucket = (await self.stands())["a"]
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
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not (tried := _as_read(watched, place.namespace)):  # noqa: ASYNC110  # health has no event to wait for
                await asyncio.sleep(0.1)
        return tried


def _as_read(watched: Watched, namespace: str) -> Tried | None:
    """What a client is told of this namespace's buckets, when that is settled."""
    asked = RowFilter(kinds=("buckets",), namespaces=(namespace,))
    try:
        page = watched.fleet.page(RowQuery(filter=asked), EVERYTHING)
    except NotSynced as refusal:
        return Tried(refusal.code, (refusal.message,))
    if page.problems:
        assert [held.row.name for held in page.held] == ["a"]
        return Tried(page.problems[0].code, (page.problems[0].message,))
    (cluster,) = watched.fleet.clusters(EVERYTHING)
    problem = cluster.state.problem
    return Tried(WORKS, (problem,) if problem else ()) if len(page.held) == 2 else None


async def reads_events(place: Place) -> Tried:
    """Events that are there are shown, and those that come."""
    await place.tell("before")
    async with open_program(from_kubeconfig(place.plane.kubeconfig(place.user)), place.folder) as signed:
        await place.tell("after")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                page = await signed.ask(EVENTS, namespaces=[place.namespace])
                errors = page.get("errors") or page["data"]["events"]["errors"]
                reasons = {node["reason"] for node in ((page["data"] or {}).get("events") or {"nodes": []})["nodes"]}
                if errors:
                    (error,) = errors
                    assert reasons <= {"before"}
                    return Tried(error.get("code") or error["extensions"]["code"], (error["message"],))
                if reasons == {"before", "after"}:
                    return Tried(WORKS)
                await asyncio.sleep(0.1)


async def acts(place: Place) -> Tried:
    """Each action takes effect; or each is refused in the same way, and nothing happened."""
    async with open_program(from_kubeconfig(place.plane.kubeconfig(place.user)), place.folder) as signed:
        return await _acted(place, signed)


async def _acted(place: Place, signed: Signed) -> Tried:
    before = (await place.stands())["a"]
    done = [
        (await signed.data(mutation, input={"target": place.target}))["done"]
        for mutation in (SUSPEND, RESUME, RECONCILE)
    ]
    errors = [(error["code"], error["message"]) for payload in done for error in payload["errors"]]
    after = (await place.stands())["a"]
    if not errors:
        requested = "reconcile.fluxcd.io/requestedAt"
        assert [payload["resource"]["suspended"] for payload in done] == [True, False, False]
        assert after["metadata"]["annotations"][requested] != before["metadata"]["annotations"].get(requested)
        return Tried(WORKS)
    assert len(errors) == len(done)
    ((code, words),) = set(errors)
    assert after == before
    return Tried(code, (words,))


async def impersonates(place: Place) -> Tried:
    """The same in the name of people who may act there, one of them in a group; Gyre itself may only read."""
    prefix = f"{place.user}-as:"
    for name in ("admin", "mia"):
        await grant(place.admin, f"{prefix}{name}", *roles()["gyre-acts"])
    access = from_kubeconfig(place.plane.kubeconfig(place.user))
    async with open_program(access, place.folder, impersonate=True, impersonate_prefix=prefix) as root:
        alone = await _acted(place, root)
        grouped = await _acted(place, await person(root, "mia", "shop"))
    if alone.code:
        assert grouped.code == alone.code
        return Tried(alone.code, alone.words + grouped.words, frozenset({"every write there"}))
    refused = {"every write there of who is in a group"} if grouped.code else ()
    return Tried(grouped.code, grouped.words, frozenset(refused))


@dataclass
class Hand:
    """Somebody who tries all ways to write, one after the other."""

    place: Place
    signed: Signed
    preview: str | None = None
    refusals: list[tuple[str, str]] = field(default_factory=list)

    async def create(self) -> None:
        await self._write("createResource", manifest=self._bucket("b"))

    async def apply_anew(self) -> None:
        await self._write("applyResource", manifest=self._bucket("c"))

    async def update(self) -> None:
        manifest = (await self.place.stands())["a"]
        manifest["spec"]["interval"] = "2m"
        await self._write("updateResource", manifest=manifest)

    async def apply(self) -> None:
        await self._write("applyResource", manifest=self._bucket("a", interval="3m"), forceConflicts=True)

    async def unmask(self) -> None:
        done = await self._ask(LIVE, **self.place.target)
        assert done is None or done["manifest"]["spec"] == (await self.place.stands())["a"]["spec"]

    async def look(self) -> None:
        done = await self._ask(PREVIEW, **self.place.target)
        assert done is None or done["total"] == 0
        self.preview = done["token"] if done else None

    async def delete(self) -> None:
        await self._write("deleteResource", target=self.place.target, preview=self.preview)

    def _bucket(self, name: str, **spec: str) -> dict[str, Any]:
        made = bucket(name, **spec)
        return {**made, "metadata": {**made["metadata"], "namespace": self.place.namespace}}

    async def _write(self, mutation: str, **asked: Any) -> None:
        await self._ask(WRITES[mutation], input=asked)

    async def _ask(self, document: str, **asked: Any) -> dict[str, Any] | None:
        """What came of it; None when it was refused."""
        answer = await self.signed.ask(document, **asked)
        done = (answer.get("data") or {}).get("done")
        errors = [*answer.get("errors", ()), *((done or {}).get("errors") or ())]
        said = [(error.get("code") or error["extensions"]["code"], error["message"]) for error in errors]
        self.refusals += said
        return None if said else done


Step = Callable[[Hand], Awaitable[None]]
STEPS: dict[str, tuple[Step, dict[str, str | None]]] = {
    "create": (Hand.create, {"b": "1m"}),
    "apply of a new object": (Hand.apply_anew, {"c": "1m"}),
    "update": (Hand.update, {"a": "2m"}),
    "apply": (Hand.apply, {"a": "3m"}),
    "unmask": (Hand.unmask, {}),
    "preview": (Hand.look, {}),
    "delete": (Hand.delete, {"a": None}),
}
"""Each way to write, and which intervals the buckets have after it (None: it is gone)."""
MEANT = {
    "a new object": {"create", "apply of a new object"},
    "an edit": {"update"},
    "an apply": {"apply", "apply of a new object"},
    "who would read what is hidden": {"unmask"},
    "a deletion's preview": {"preview"},
    "a deletion": {"delete"},
}
"""What the page calls them."""


async def writes(place: Place) -> Tried:
    """Each way to write takes effect; or it is refused as all others are that are, and nothing of it happened."""
    async with open_program(from_kubeconfig(place.plane.kubeconfig(place.user)), place.folder) as signed:
        hand = Hand(place, signed)
        refused = {name for name in STEPS if not await works(hand, name)}
    codes = {code for code, _ in hand.refusals}
    assert len(codes) <= 1, hand.refusals
    assert len(hand.refusals) == len(refused)
    return Tried(codes.pop() if codes else WORKS, tuple(words for _, words in hand.refusals), frozenset(refused))


async def works(hand: Hand, name: str) -> bool:
    """Whether a step takes effect; where it does not, everything is as it was."""
    step, effect = STEPS[name]
    before, refusals = await hand.place.stands(), len(hand.refusals)
    await step(hand)
    after = await hand.place.stands()
    if len(hand.refusals) > refusals:
        assert after == before
        return False
    there = {name: interval for name, interval in (_intervals(before) | effect).items() if interval}
    assert _intervals(after) == there
    return True


def _intervals(buckets: dict[str, dict[str, Any]]) -> dict[str, str | None]:
    return {name: document["spec"]["interval"] for name, document in buckets.items()}


FEATURES: dict[str, Callable[[Place], Awaitable[Tried]]] = {
    "gyre-reads": reads,
    "gyre-events": reads_events,
    "gyre-acts": acts,
    "gyre-writes": writes,
    "gyre-impersonates": impersonates,
}

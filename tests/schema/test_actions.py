import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gyre.clock import rfc3339
from gyre.terms.people import Role
from models.auditing import AuditEntry
from tests.support.graphql import DEFAULT, Gyre, Signed, gyre_on
from tests.support.living_cluster import FROM_GIT, LivingCluster, living_cluster
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

GIT = {"url": "https://git.example.com/fleet", "interval": "1m", "ref": {"branch": "main"}}
NANOSECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")

ACT = """mutation($input: %sInput!) { %s(input: $input) {
    resource { name suspended status } position errors { code message path } } }"""


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[LivingCluster]:
    async with living_cluster(tmp_path) as cluster:
        cluster.has("GitRepository", "fleet", GIT)
        cluster.has("Kustomization", "apps", FROM_GIT)
        yield cluster


@pytest.fixture
async def gyre(cluster: LivingCluster, tmp_path: Path) -> AsyncIterator[Gyre]:
    async with gyre_on({DEFAULT: cluster.access}, tmp_path) as gyre:
        yield gyre


def target(kind: str = "ks", name: str = "apps", namespace: str = "shop", cluster: str = "default") -> dict[str, str]:
    return {"kind": kind, "name": name, "namespace": namespace, "cluster": cluster}


async def act(who: Signed, what: str, **wish: object) -> dict[str, Any]:
    query = ACT % (what.capitalize(), what)
    return (await who.data(query, input={"target": target(), **wish}))[what]  # type: ignore[no-any-return]


async def audited() -> list[tuple[str, str, str, bool | None]]:
    entries = await AuditEntry.exclude(action="sign-in").order_by("id")
    return [(entry.phase.value, entry.action, entry.name, entry.succeeded) for entry in entries]


async def test_reconcile_stamps_the_object_and_nothing_else(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada", Role.EDITOR)
    before = cluster.get("Kustomization", "apps")
    done = await act(ada, "reconcile")
    assert done["errors"] == []
    assert done["resource"] == {"name": "apps", "suspended": False, "status": "PROGRESSING"}
    after = cluster.get("Kustomization", "apps")
    notes = after["metadata"].pop("annotations")
    assert set(notes) == {"reconcile.fluxcd.io/requestedAt"}
    assert NANOSECONDS.fullmatch(notes["reconcile.fluxcd.io/requestedAt"])
    assert after["spec"] == before["spec"]
    assert await audited() == [("intent", "reconcile", "apps", None), ("outcome", "reconcile", "apps", True)]


async def test_a_forced_reset_carries_one_stamp_three_times(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    chart = {"chart": {"spec": {"chart": "web", "sourceRef": {"kind": "HelmRepository", "name": "charts"}}}}
    cluster.has("HelmRelease", "web", {"interval": "10m", **chart})
    await until(lambda: gyre.seen("HelmRelease", "web"))
    done = await act(ada, "reconcile", target=target("hr", "web"), force=True, reset=True)
    assert done["errors"] == []
    notes = cluster.annotations("HelmRelease", "web")
    assert set(notes) == {f"reconcile.fluxcd.io/{what}At" for what in ("requested", "force", "reset")}
    assert len(set(notes.values())) == 1


async def test_suspend_says_who_and_why_and_resume_takes_it_away_and_reconciles(
    gyre: Gyre, cluster: LivingCluster
) -> None:
    ada = await gyre.signed_in("ada")
    until_when = rfc3339(datetime.now(UTC) + timedelta(hours=1))
    done = await act(ada, "suspend", reason=" database move ", until=until_when)
    assert done["resource"] == {"name": "apps", "suspended": True, "status": "SUSPENDED"}
    assert cluster.get("Kustomization", "apps")["spec"]["suspend"] is True
    notes = cluster.annotations("Kustomization", "apps")
    since = notes["gyre.dev/suspended-at"]
    assert notes == {
        "gyre.dev/suspended-by": "ada",
        "gyre.dev/suspended-reason": "database move",
        "gyre.dev/suspended-at": since,
        "gyre.dev/suspended-until": until_when,
    }
    asked = "suspendedBy suspendedReason suspendedSince suspendedUntil"
    query = f"""{{ resource(kind: "ks", namespace: "shop", name: "apps") {{ {asked} }}
        resources(filter: {{ statuses: [SUSPENDED] }}) {{ nodes {{ {asked} }} }} }}"""
    told = await ada.data(query)
    assert told["resource"] == {
        "suspendedBy": "ada",
        "suspendedReason": "database move",
        "suspendedSince": since,
        "suspendedUntil": until_when,
    }
    assert told["resources"]["nodes"] == [told["resource"]]
    assert (await act(ada, "resume"))["resource"] == {"name": "apps", "suspended": False, "status": "PROGRESSING"}
    assert "suspend" not in cluster.get("Kustomization", "apps")["spec"]
    assert set(cluster.annotations("Kustomization", "apps")) == {"reconcile.fluxcd.io/requestedAt"}


async def test_a_suspended_object_is_not_reconciled_in_vain(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    await act(ada, "suspend")
    (error,) = (await act(ada, "reconcile"))["errors"]
    assert (error["code"], error["message"]) == ("SUSPENDED", "Kustomization apps is suspended: resume it first.")
    assert "reconcile.fluxcd.io/requestedAt" not in cluster.annotations("Kustomization", "apps")


async def test_an_artifact_generator_is_suspended_by_its_annotation(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    sources = [{"alias": "fleet", "kind": "GitRepository", "name": "fleet"}]
    artifacts = [{"name": "part", "copy": [{"from": "@fleet/**", "to": "@artifact/"}]}]
    cluster.has("ArtifactGenerator", "parts", {"sources": sources, "artifacts": artifacts})
    await until(lambda: gyre.seen("ArtifactGenerator", "parts"))
    done = await act(ada, "suspend", target=target("ag", "parts"))
    assert done["resource"]["suspended"] is True
    notes = cluster.annotations("ArtifactGenerator", "parts")
    assert notes["source.extensions.fluxcd.io/reconcile"] == "Disabled"


async def test_one_reads_what_one_wrote(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    done = await act(ada, "suspend")
    query = """query($position: Position) { resources(filter: {statuses: [SUSPENDED]}, notBefore: $position) {
        nodes { name } } }"""
    page = await ada.data(query, position=done["position"])
    assert page["resources"]["nodes"] == [{"name": "apps"}]


async def test_a_dry_run_shows_what_would_be_and_changes_nothing(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    before = cluster.get("Kustomization", "apps")
    done = await act(ada, "suspend", dryRun=True)
    assert done == {
        "resource": {"name": "apps", "suspended": True, "status": "SUSPENDED"},
        "position": None,
        "errors": [],
    }
    assert cluster.get("Kustomization", "apps") == before
    query = '{ resource(kind: "ks", namespace: "shop", name: "apps") { suspended } }'
    assert (await ada.data(query))["resource"] == {"suspended": False}


@pytest.mark.parametrize("what", ["reconcile", "suspend", "resume"])
async def test_who_only_views_is_refused_with_the_reason_and_nothing_is_written(
    gyre: Gyre, cluster: LivingCluster, what: str
) -> None:
    eve = await gyre.signed_in("eve", Role.VIEWER)
    before = cluster.get("Kustomization", "apps")
    done = await act(eve, what)
    (error,) = done["errors"]
    assert (done["resource"], done["position"], error["code"]) == (None, None, "FORBIDDEN")
    assert "role viewer allows view" in error["message"]
    assert cluster.get("Kustomization", "apps") == before
    assert await audited() == [("refused", what, "apps", False)]


async def test_what_one_may_not_see_is_as_what_does_not_exist(gyre: Gyre, cluster: LivingCluster) -> None:
    mia = await gyre.signed_in("mia", Role.MEMBER)
    ada = await gyre.signed_in("ada")
    hidden = (await act(mia, "suspend"))["errors"]
    missing = (await act(ada, "suspend", target=target(name="nope")))["errors"]
    assert [error["code"] for error in missing] == ["RESOURCE_NOT_FOUND"]
    assert [error["code"] for error in hidden] == ["CLUSTER_NOT_FOUND"]
    assert "suspend" not in cluster.get("Kustomization", "apps")["spec"]


async def test_kinds_that_cannot_be_acted_on_say_so(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    cluster.has("ExternalArtifact", "made", {"sourceRef": {"kind": "ArtifactGenerator", "name": "parts"}})
    cluster.has(
        "Alert", "all", {"providerRef": {"name": "chat"}, "eventSources": [{"kind": "Kustomization", "name": "*"}]}
    )
    await until(lambda: gyre.seen("ExternalArtifact", "made") and gyre.seen("Alert", "all"))
    for kind, name, what in (("ea", "made", "reconcile"), ("ea", "made", "suspend"), ("alert", "all", "reconcile")):
        (error,) = (await act(ada, what, target=target(kind, name)))["errors"]
        assert error["code"] == "NOT_SUPPORTED"
    assert (await act(ada, "suspend", target=target("alert", "all")))["errors"] == []

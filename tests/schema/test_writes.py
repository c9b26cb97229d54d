"""Objects created, replaced, applied and deleted over GraphQL, on the embedded cluster."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gyre.flux.intake import LAST_APPLIED
from gyre.flux.masking import MASK
from gyre.terms.naming import Ref
from gyre.terms.people import Role
from models.auditing import AuditEntry
from tests.schema.test_actions import GIT, audited
from tests.support.graphql import DEFAULT, Gyre, Signed, gyre_on
from tests.support.living_cluster import FROM_GIT, LivingCluster, living_cluster
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

HOOK = "https://hooks.slack.com/services/T0/B0/s3cret"
ERRORS = "errors { code message path causes { field message reason } conflicts { manager field } details }"
WRITE = (
    "mutation($input: %sResourceInput!) { %sResource(input: $input) "
    "{ resource { name namespace status resourceVersion } created position manifest yaml " + ERRORS + " } }"
)
READ = """query($kind: String!, $name: String!, $position: Position) {
    resource(kind: $kind, namespace: "shop", name: $name, notBefore: $position) { manifest yaml resourceVersion } }"""


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[LivingCluster]:
    async with living_cluster(tmp_path) as cluster:
        cluster.has("GitRepository", "fleet", GIT)
        cluster.has("Kustomization", "apps", FROM_GIT)
        cluster.has("Provider", "chat", {"type": "slack", "address": HOOK, "channel": "ops"})
        yield cluster


@pytest.fixture
async def gyre(cluster: LivingCluster, tmp_path: Path) -> AsyncIterator[Gyre]:
    async with gyre_on({DEFAULT: cluster.access}, tmp_path) as gyre:
        yield gyre


def kustomization(name: str = "new", namespace: str = "shop", **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {**FROM_GIT, **spec},
    }


async def write(who: Signed, what: str, **wish: object) -> dict[str, Any]:
    query = WRITE % (what.capitalize(), what)
    return (await who.data(query, input=wish))[f"{what}Resource"]  # type: ignore[no-any-return]


async def read(who: Signed, kind: str = "ks", name: str = "apps", position: str | None = None) -> dict[str, Any]:
    return (await who.data(READ, kind=kind, name=name, position=position))["resource"]  # type: ignore[no-any-return]


def there(cluster: LivingCluster, kind: str, name: str, namespace: str = "shop") -> bool:
    return cluster.store.find(cluster.store.resources.named(kind), namespace, name) is not None


async def test_what_is_created_from_json_is_there_and_the_writer_reads_it_at_once(
    gyre: Gyre, cluster: LivingCluster
) -> None:
    ada = await gyre.signed_in("ada", Role.EDITOR)
    done = await write(ada, "create", manifest=kustomization(interval="7m"))
    assert (done["errors"], done["created"]) == ([], True)
    assert (done["resource"]["name"], done["resource"]["status"]) == ("new", "PROGRESSING")
    now = cluster.get("Kustomization", "new")
    assert now["spec"] == {**FROM_GIT, "interval": "7m", "force": False}
    assert now["metadata"]["managedFields"][0]["manager"] == "gyre"
    seen = await read(ada, name="new", position=done["position"])
    assert seen["resourceVersion"] == done["resource"]["resourceVersion"] == now["metadata"]["resourceVersion"]
    assert seen["manifest"] == done["manifest"]
    assert seen["yaml"] == done["yaml"]
    assert await audited() == [("intent", "create", "new", None), ("outcome", "create", "new", True)]


async def test_what_is_created_from_yaml_is_there(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    text = """
# a comment
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: new, namespace: shop}
spec: {url: https://git.example.com/new, interval: 5m}
"""
    assert (await write(ada, "create", yaml=text))["errors"] == []
    assert cluster.get("GitRepository", "new")["spec"]["url"] == "https://git.example.com/new"


async def test_a_dry_run_answers_with_defaults_and_makes_nothing(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    done = await write(ada, "create", manifest=kustomization(), dryRun=True)
    assert (done["errors"], done["position"], done["resource"]["name"]) == ([], None, "new")
    assert done["manifest"]["spec"]["force"] is False
    assert not there(cluster, "Kustomization", "new")
    assert not gyre.seen("ks", "new")


async def test_what_is_there_is_not_created_again(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    before = cluster.get("Kustomization", "apps")
    (error,) = (await write(ada, "create", manifest=kustomization("apps", interval="1h")))["errors"]
    said = 'kustomizations.kustomize.toolkit.fluxcd.io "apps" already exists'
    assert (error["code"], error["message"]) == ("ALREADY_EXISTS", said)
    assert cluster.get("Kustomization", "apps") == before
    assert (await audited())[-1] == ("outcome", "create", "apps", False)


async def test_what_the_cluster_refuses_is_told_by_field_in_its_own_words(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    (error,) = (await write(ada, "create", manifest=kustomization(interval="soon", prune=None)))["errors"]
    assert error["code"] == "REJECTED_BY_CLUSTER"
    assert error["message"].startswith('Kustomization.kustomize.toolkit.fluxcd.io "new" is invalid: ')
    assert {cause["field"] for cause in error["causes"]} >= {"spec.interval", "spec.prune"}
    assert all(cause["message"] in error["message"] for cause in error["causes"] if cause["field"] != "<nil>")
    assert not there(cluster, "Kustomization", "new")


async def test_a_misspelt_field_is_refused_instead_of_dropped(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    (error,) = (await write(ada, "create", manifest=kustomization(intervall="1m")))["errors"]
    assert error["code"] == "REJECTED_BY_CLUSTER"
    assert [cause["field"] for cause in error["causes"]] == ["spec.intervall"]
    assert 'unknown field "spec.intervall"' in error["message"]
    assert not there(cluster, "Kustomization", "new")


async def test_a_namespace_that_is_not_there_is_told_in_the_clusters_words(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    (error,) = (await write(ada, "create", manifest=kustomization(namespace="nowhere")))["errors"]
    assert (error["code"], error["message"]) == ("RESOURCE_NOT_FOUND", 'namespaces "nowhere" not found')


async def test_an_update_takes_the_version_it_was_made_from(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    manifest = (await read(ada))["manifest"]
    manifest["spec"]["interval"] = "3m"
    done = await write(ada, "update", manifest=manifest)
    assert (done["errors"], done["created"], done["manifest"]["spec"]["interval"]) == ([], False, "3m")
    assert cluster.get("Kustomization", "apps")["spec"]["interval"] == "3m"
    assert (await read(ada, position=done["position"]))["manifest"] == done["manifest"]
    assert await audited() == [("intent", "update", "apps", None), ("outcome", "update", "apps", True)]


async def test_an_update_of_what_has_changed_is_a_conflict_with_both_versions(
    gyre: Gyre, cluster: LivingCluster
) -> None:
    ada = await gyre.signed_in("ada")
    manifest = (await read(ada))["manifest"]
    sent = manifest["metadata"]["resourceVersion"]
    cluster.patch("Kustomization", "apps", {"spec": {"interval": "2m"}})
    now = cluster.get("Kustomization", "apps")
    current = now["metadata"]["resourceVersion"]
    for version, told in ((sent, sent), (None, None)):
        manifest["metadata"]["resourceVersion"] = version
        (error,) = (await write(ada, "update", manifest=manifest))["errors"]
        assert (error["code"], error["path"]) == ("CONFLICT", ["metadata", "resourceVersion"])
        assert (error["details"]["sent"], error["details"]["current"]) == (told, current)
    assert cluster.get("Kustomization", "apps") == now


async def test_the_version_an_edit_was_made_from_may_stand_beside_the_manifest(
    gyre: Gyre, cluster: LivingCluster
) -> None:
    ada = await gyre.signed_in("ada")
    version = (await read(ada))["resourceVersion"]
    edited = kustomization("apps", interval="3m")
    done = await write(ada, "update", manifest=edited, resourceVersion=version)
    assert (done["errors"], cluster.get("Kustomization", "apps")["spec"]["interval"]) == ([], "3m")

    edited["spec"]["interval"] = "4m"
    (stale,) = (await write(ada, "update", manifest=edited, resourceVersion=version))["errors"]
    assert (stale["code"], stale["details"]["sent"]) == ("CONFLICT", version)
    edited["metadata"]["resourceVersion"] = done["resource"]["resourceVersion"]
    for beside, code in (
        (version, "VALIDATION_FAILED"),
        ("9" * 200, "VALIDATION_FAILED"),
        ("1\0", "VALIDATION_FAILED"),
    ):
        (error,) = (await write(ada, "update", manifest=edited, resourceVersion=beside))["errors"]
        assert (error["code"], error["path"]) == (code, ["resourceVersion"])
    assert cluster.get("Kustomization", "apps")["spec"]["interval"] == "3m"


async def test_a_dry_update_answers_as_if_and_changes_nothing(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    before = cluster.get("Kustomization", "apps")
    manifest = (await read(ada))["manifest"]
    manifest["spec"]["interval"] = "3m"
    done = await write(ada, "update", manifest=manifest, dryRun=True)
    assert (done["errors"], done["position"], done["manifest"]["spec"]["interval"]) == ([], None, "3m")
    assert cluster.get("Kustomization", "apps") == before


@pytest.mark.parametrize("form", ["manifest", "yaml"])
async def test_what_an_editor_saw_unchanged_and_sent_back_changes_nothing(
    gyre: Gyre, cluster: LivingCluster, form: str
) -> None:
    ada = await gyre.signed_in("ada")
    note = {"metadata": {"annotations": {LAST_APPLIED: '{"spec": {"address": "' + HOOK + '"}}'}}}
    cluster.patch("Provider", "chat", note)
    before = cluster.get("Provider", "chat")
    version = before["metadata"]["resourceVersion"]
    await until(lambda: gyre.services.fleet.find(ref(gyre, "Provider", "chat")).row.resource_version == version)  # type: ignore[union-attr]  # it is there
    seen = await read(ada, "provider", "chat")
    assert seen["manifest"]["spec"]["address"] == f"https://hooks.slack.com/{MASK}"
    assert (await write(ada, "update", **{form: seen[form]}))["errors"] == []
    after = cluster.get("Provider", "chat")
    assert without_versions(after) == without_versions(before)


def ref(gyre: Gyre, kind: str, name: str) -> Any:
    return Ref(cluster=DEFAULT, kind=gyre.services.fleet.kind_named(kind), namespace="shop", name=name)


def without_versions(document: dict[str, Any]) -> dict[str, Any]:
    kept = {
        key: value for key, value in document["metadata"].items() if key not in ("resourceVersion", "managedFields")
    }
    return {**document, "metadata": kept}


async def test_a_change_beside_a_hidden_value_keeps_that_value(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    manifest = (await read(ada, "provider", "chat"))["manifest"]
    manifest["spec"]["channel"] = "alerts"
    done = await write(ada, "update", manifest=manifest)
    assert done["errors"] == []
    assert done["manifest"]["spec"]["address"] == f"https://hooks.slack.com/{MASK}"
    assert HOOK not in done["yaml"]
    spec = cluster.get("Provider", "chat")["spec"]
    assert (spec["address"], spec["channel"]) == (HOOK, "alerts")


async def test_a_mask_without_a_live_value_is_refused_naming_the_path(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    before = cluster.get("Provider", "chat")
    manifest = (await read(ada, "provider", "chat"))["manifest"]
    manifest["spec"] |= {"address": f"https://elsewhere.example.com/{MASK}", "proxy": f"http://{MASK}"}
    for what in ("update", "apply"):
        (error,) = (await write(ada, what, manifest=manifest))["errors"]
        assert (error["code"], error["path"]) == ("VALIDATION_FAILED", ["spec.address", "spec.proxy"])
    assert cluster.get("Provider", "chat") == before


async def test_apply_makes_what_is_not_there_and_changes_what_is(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada", Role.EDITOR)
    first = await write(ada, "apply", manifest=kustomization())
    assert (first["errors"], first["created"]) == ([], True)
    second = await write(ada, "apply", manifest=kustomization(interval="3m"))
    assert (second["errors"], second["created"], second["manifest"]["spec"]["interval"]) == ([], False, "3m")
    now = cluster.get("Kustomization", "new")
    assert now["spec"]["interval"] == "3m"
    assert [(each["manager"], each["operation"]) for each in now["metadata"]["managedFields"]] == [("gyre", "Apply")]


async def test_a_field_of_another_manager_is_taken_only_by_force(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    await write(ada, "create", manifest=kustomization())  # as an update: another manager than who applies
    before = cluster.get("Kustomization", "new")
    wanted = kustomization(interval="3m", path="./other")
    (error,) = (await write(ada, "apply", manifest=wanted))["errors"]
    assert error["code"] == "CONFLICT"
    assert error["message"].startswith("Apply failed with 2 conflicts: ")
    assert error["conflicts"] == [
        {"manager": "gyre", "field": "spec.interval"},
        {"manager": "gyre", "field": "spec.path"},
    ]
    assert cluster.get("Kustomization", "new") == before
    assert (await write(ada, "apply", manifest=wanted, forceConflicts=True))["errors"] == []
    assert cluster.get("Kustomization", "new")["spec"]["interval"] == "3m"
    entry = await AuditEntry.filter(action="apply", phase="intent").order_by("id").last()
    assert entry is not None
    assert entry.details == {"force": True}


async def test_apply_keeps_hidden_values_and_leaves_alone_what_it_does_not_name(
    gyre: Gyre, cluster: LivingCluster
) -> None:
    ada = await gyre.signed_in("ada")
    manifest = (await read(ada, "provider", "chat"))["manifest"]
    partly = {**manifest, "metadata": {"name": "chat", "namespace": "shop"}}
    partly["spec"] = {"type": "slack", "address": manifest["spec"]["address"], "username": "flux"}
    assert (await write(ada, "apply", manifest=partly))["errors"] == []
    spec = cluster.get("Provider", "chat")["spec"]
    assert (spec["address"], spec["channel"], spec["username"]) == (HOOK, "ops", "flux")


@pytest.mark.parametrize("what", ["create", "update", "apply"])
async def test_who_only_views_is_refused_with_the_reason_and_nothing_is_written(
    gyre: Gyre, cluster: LivingCluster, what: str
) -> None:
    eve = await gyre.signed_in("eve", Role.VIEWER)
    version = cluster.store.version
    manifest = (await read(eve))["manifest"]
    (error,) = (await write(eve, what, manifest=manifest))["errors"]
    assert error["code"] == "FORBIDDEN"
    assert "role viewer allows view" in error["message"]
    assert cluster.store.version == version
    assert await audited() == [("refused", what, "apps", False)]


async def test_who_sees_nothing_learns_nothing_by_writing(gyre: Gyre, cluster: LivingCluster) -> None:
    mia = await gyre.signed_in("mia", Role.MEMBER)
    version = cluster.store.version
    for what in ("create", "update", "apply"):
        for name in ("apps", "nope"):
            (error,) = (await write(mia, what, manifest=kustomization(name)))["errors"]
            assert error["code"] == "CLUSTER_NOT_FOUND"
    assert cluster.store.version == version


async def test_what_does_not_exist_is_not_updated(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    (error,) = (await write(ada, "update", manifest=kustomization("nope")))["errors"]
    assert error["code"] == "RESOURCE_NOT_FOUND"
    assert not there(cluster, "Kustomization", "nope")


async def test_nobody_writes_without_a_session(gyre: Gyre, cluster: LivingCluster) -> None:
    version = cluster.store.version
    answer = await gyre.nobody.ask(WRITE % ("Create", "create"), input={"manifest": kustomization()})
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert cluster.store.version == version

"""Every field about an object for everyone who may something with it, on a cluster that takes every kind of write.

Who may nothing with it, and every other field: test_decisions and test_rights. REST's routes: tests/rest_compat.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from gyre.terms.people import Action
from tests.schema.test_decisions import outcome
from tests.support.graphql import DEFAULT, Gyre, Signed, gyre_on
from tests.support.living_cluster import FROM_GIT, LivingCluster, living_cluster
from tests.support.may import ALL, BLIND, MAY, headers_of
from tests.support.waiting import until
from tests.support.walking import roots
from tests.support.world import RULES

pytestmark = pytest.mark.anyio

PLACE = 'kind: "ks", namespace: "shop", name: $name'


def _query(field: str) -> str:
    return f"query($name: String!) {{ {field} }}"


def _on_target(name: str) -> str:
    return f"mutation($name: String!) {{ {name}(input: {{target: {{{PLACE}}}}}) {{ errors {{ code }} }} }}"


def _of_manifest(name: str, more: str = "") -> str:
    return f"mutation($manifest: JSON!) {{ {name}(input: {{manifest: $manifest{more}}}) {{ errors {{ code }} }} }}"


TAKES: Mapping[str, tuple[Action, str]] = {
    "resource": (Action.VIEW, _query(f"resource({PLACE}) {{ name }}")),
    "access": (Action.VIEW, _query(f"access({PLACE}) {{ action }}")),
    "objectAudit": (Action.EDIT, _query(f"objectAudit({PLACE}) {{ totalCount }}")),
    "liveManifest": (Action.EDIT, _query(f"liveManifest({PLACE}) {{ yaml }}")),
    "deletionPreview": (Action.DELETE, _query(f"deletionPreview({PLACE}) {{ total }}")),
    "createResource": (Action.CREATE, _of_manifest("createResource")),
    "reconcile": (Action.RECONCILE, _on_target("reconcile")),
    "suspend": (Action.SUSPEND, _on_target("suspend")),
    "resume": (Action.SUSPEND, _on_target("resume")),
    "updateResource": (Action.EDIT, _of_manifest("updateResource")),
    "applyResource": (Action.EDIT, _of_manifest("applyResource", ", forceConflicts: true")),
    "deleteResource": (Action.DELETE, _on_target("deleteResource")),
}
"""In this order: what deletes comes last."""

FOR_ADMINISTRATORS = {"explain"}


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LivingCluster]:
    async with living_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture(scope="module")
async def gyre(cluster: LivingCluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gyre]:
    async with gyre_on({DEFAULT: cluster.access}, tmp_path_factory.mktemp("gyre")) as gyre:
        yield gyre


async def signed(gyre: Gyre, who: str) -> Signed:
    headers = await headers_of(gyre.people, who)
    token = headers.get("authorization", "").removeprefix("Bearer ")
    return Signed(gyre.http, gyre.address, headers.get("cookie", ""), token)


@pytest.fixture(scope="module")
async def them(gyre: Gyre) -> Mapping[str, Signed]:
    return {who: await signed(gyre, who) for who in (*MAY, *BLIND)}


def manifest_for(field: str, name: str, cluster: LivingCluster) -> dict[str, Any]:
    """What the writes of whole objects say."""
    metadata = {"name": f"new-{name}" if field == "createResource" else name, "namespace": "shop"}
    if field == "updateResource":
        metadata["resourceVersion"] = cluster.get("Kustomization", name)["metadata"]["resourceVersion"]
    spec = {**FROM_GIT, "interval": f"{len(field)}m"}  # another for each, so that each is a change
    about = {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": metadata}
    return {**about, "spec": spec}


def test_every_rule_is_tried_here() -> None:
    assert set(RULES) <= {*MAY, *BLIND}


def test_every_field_about_an_object_is_here() -> None:
    asked = {name for name, field in roots("query").items() if {"kind", "namespace"} <= set(field.args)}
    acting = {"reconcile", "suspend", "resume"}
    done = {name for name in roots("mutation") if name in acting or name.endswith("Resource")}
    assert (asked - FOR_ADMINISTRATORS) | done == set(TAKES)


@pytest.mark.parametrize("who", MAY)
async def test_each_may_exactly_what_their_rule_says_and_what_is_refused_changes_nothing(
    gyre: Gyre, cluster: LivingCluster, them: Mapping[str, Signed], who: str
) -> None:
    cluster.has("Kustomization", who, FROM_GIT)
    await until(lambda: gyre.seen("Kustomization", who))
    asking = them[who]
    for name, (action, document) in TAKES.items():
        before = cluster.store.version
        answer = await asking.ask(document, name=who, manifest=manifest_for(name, who, cluster))
        told = outcome(answer, name)
        if action in MAY[who]:
            assert told == "OK", (name, answer)
            assert (cluster.store.version > before) == document.startswith("mutation"), name
        else:
            assert told == "FORBIDDEN", (name, answer)
            assert cluster.store.version == before, name


@pytest.mark.parametrize("who", MAY)
async def test_each_is_told_of_an_object_what_they_may_do_with_it(
    gyre: Gyre, cluster: LivingCluster, them: Mapping[str, Signed], who: str
) -> None:
    cluster.has("Kustomization", f"asked-{who}", FROM_GIT)
    await until(lambda: gyre.seen("Kustomization", f"asked-{who}"))
    _, document = TAKES["access"]
    document = document.replace("{ action }", "{ action allowed because }")
    told = (await them[who].data(document, name=f"asked-{who}"))["access"]
    assert [each["action"] for each in told] == [each.name for each in Action]
    on_objects = {each.name for each in ALL}
    assert {each["action"] for each in told if each["allowed"]} & on_objects == {each.name for each in MAY[who]}
    assert all(each["because"] for each in told)


async def test_what_a_kind_cannot_have_done_to_it_is_not_told_of_its_objects(
    gyre: Gyre, cluster: LivingCluster, them: Mapping[str, Signed]
) -> None:
    cluster.has("Provider", "chat", {"type": "slack", "channel": "ops", "address": "https://hooks.slack.com/x"})
    await until(lambda: gyre.seen("Provider", "chat"))
    query = 'query($kind: String!, $name: String) { access(kind: $kind, namespace: "shop", name: $name) { action } }'
    named = (await them["admin"].data(query, kind="Provider", name="chat"))["access"]
    anywhere = (await them["admin"].data(query, kind="Provider"))["access"]
    assert [each["action"] for each in anywhere] == [each.name for each in Action]
    assert {each["action"] for each in anywhere} - {each["action"] for each in named} == {"RECONCILE"}


@pytest.mark.parametrize("who", BLIND)
async def test_who_may_not_see_it_is_answered_as_for_what_does_not_exist(
    gyre: Gyre, cluster: LivingCluster, them: Mapping[str, Signed], who: str
) -> None:
    cluster.has("Kustomization", who, FROM_GIT)
    await until(lambda: gyre.seen("Kustomization", who))
    asking, before = them[who], cluster.store.version
    for name, (_, document) in TAKES.items():
        for there in (who, "no-such"):
            manifest = manifest_for(name, who, cluster)
            manifest["metadata"]["name"] = there
            answer = await asking.ask(document, name=there, manifest=manifest)
            assert outcome(answer, name) == BLIND[who], (name, there, answer)
    assert cluster.store.version == before

from typing import Any

import pytest

from gyre.access.sight import sight_of
from gyre.fleet.queries import RowQuery
from gyre.terms.people import Principal, Role
from tests.support.cluster import FAILED, GIT_REPOSITORIES, KUSTOMIZATIONS, LittleCluster, thing
from tests.support.graphql import Gyre, Signed
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

EVERYTHING = sight_of(Principal(user_id="0", username="test", role=Role.ADMIN, grants=()))
FROM_FLUX = {"sourceRef": {"kind": "GitRepository", "name": "flux"}}


async def filled(gyre: Gyre, cluster: LittleCluster) -> Signed:
    """Six objects, of which one fails and one needs another."""
    cluster.has(GIT_REPOSITORIES, thing("flux", spec={"url": "https://git.example.com/fleet"}))
    cluster.has(
        KUSTOMIZATIONS,
        *(thing(f"app-{n}", spec={"path": f"./{n}", **FROM_FLUX}) for n in range(3)),
        thing("broken", conditions=[FAILED], metadata={"labels": {"team": "a"}}),
        thing("late", spec={"dependsOn": [{"name": "broken"}], **FROM_FLUX}),
    )
    ada = await gyre.signed_in("ada")
    fleet, version = gyre.services.fleet, str(cluster.version)

    def seen() -> bool:
        return any(row.resource_version == version for row in fleet.page(RowQuery(), EVERYTHING).rows)

    await until(seen)
    return ada


async def test_who_is_signed_in_is_told_and_nobody_is_null(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada", Role.EDITOR)
    query = "{ viewer { username role groups } }"
    assert await ada.data(query) == {"viewer": {"username": "ada", "role": "EDITOR", "groups": []}}
    assert await gyre.nobody.data(query) == {"viewer": None}


@pytest.mark.parametrize(
    "query",
    [
        "{ kinds { name } }",
        "{ clusters { name } }",
        "{ resources { totalCount } }",
        '{ resource(kind: "ks", namespace: "a", name: "b") { id } }',
        "{ overview { total } }",
        'mutation { reconcile(input: {target: {kind: "ks", namespace: "a", name: "b"}}) { errors { code } } }',
        "mutation { logout { errors { code } } }",
    ],
)
async def test_nobody_is_told_nothing_but_to_sign_in(gyre: Gyre, query: str) -> None:
    answer = await gyre.nobody.ask(query)
    assert answer["data"] is None
    assert [error["extensions"] for error in answer["errors"]] == [{"code": "UNAUTHENTICATED"}]


async def test_a_page_has_rows_their_total_and_cursors_to_go_on(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await filled(gyre, cluster)
    query = """query($after: String) {
        resources(filter: {kinds: ["ks"]}, first: 3, after: $after, sort: {by: NAME, direction: DESC}) {
            nodes { id name } edges { cursor node { name } } totalCount errors { code }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    first = (await ada.data(query))["resources"]
    assert [node["name"] for node in first["nodes"]] == ["late", "broken", "app-2"]
    assert first["nodes"][0]["id"] == "default/kustomizations.kustomize.toolkit.fluxcd.io/prod/late"
    assert (first["totalCount"], first["errors"]) == (5, [])
    assert first["pageInfo"] == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": first["edges"][0]["cursor"],
        "endCursor": first["edges"][2]["cursor"],
    }
    second = (await ada.data(query, after=first["pageInfo"]["endCursor"]))["resources"]
    assert [node["name"] for node in second["nodes"]] == ["app-1", "app-0"]
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)


async def test_a_filter_takes_every_condition_and_an_offset_a_number(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await filled(gyre, cluster)
    query = """query($filter: ResourceFilter, $offset: Int) {
        resources(filter: $filter, offset: $offset) { nodes { name } totalCount } }"""

    async def names(offset: int | None = None, **asked: object) -> list[str]:
        page = (await ada.data(query, filter=asked, offset=offset))["resources"]
        return [node["name"] for node in page["nodes"]]

    assert await names(statuses=["FAILED"]) == ["broken"]
    assert await names(labels=[{"key": "team", "value": "a"}]) == ["broken"]
    assert await names(labels=[{"key": "team", "value": "b"}]) == []
    assert await names(text="BUILD failed") == ["broken"]
    assert await names(kinds=["gitrepo", "GitRepositories"], clusters=["default"]) == ["flux"]
    assert await names(namespaces=["dev"]) == []
    assert await names(4) == ["flux", "late"]


async def test_one_object_is_whole_and_linked_to_its_neighbours(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await filled(gyre, cluster)
    query = """query($kind: String!, $name: String!) {
        resource(kind: $kind, namespace: "prod", name: $name) {
            __typename name status conditions { type status message } source { kind name status }
            dependsOn { name status message } dependents { kind name status } inventory { kind }
            ... on Kustomization { path sourceRef { kind name } prune } ... on GitRepository { url } } }"""
    late = (await ada.data(query, kind="ks", name="late"))["resource"]
    assert late["__typename"] == "Kustomization"
    assert late["source"] == {"kind": "GitRepository", "name": "flux", "status": "READY"}
    assert late["dependsOn"] == [{"name": "broken", "status": "FAILED", "message": "kustomize build failed"}]
    assert late["conditions"] == [{"type": "Ready", "status": "True", "message": "Applied revision: main@sha1:1"}]
    assert (late["path"], late["sourceRef"]["name"], late["prune"]) == (None, "flux", False)
    flux = (await ada.data(query, kind="gitrepository", name="flux"))["resource"]
    assert (flux["__typename"], flux["url"], flux["source"]) == ("GitRepository", "https://git.example.com/fleet", None)
    assert [found["name"] for found in flux["dependents"]] == ["app-0", "app-1", "app-2", "late"]
    broken = (await ada.data(query, kind="Kustomization", name="broken"))["resource"]
    assert broken["dependents"] == [{"kind": "Kustomization", "name": "late", "status": "READY"}]


async def test_a_blocked_object_tells_the_whole_chain_up_to_what_fails(gyre: Gyre, cluster: LittleCluster) -> None:
    await filled(gyre, cluster)
    waits = {"status": "False", "type": "Ready", "reason": "DependencyNotReady", "message": "dependency not ready"}
    cluster.has(
        KUSTOMIZATIONS,
        thing("middle", spec={"dependsOn": [{"name": "broken"}]}, conditions=[waits]),
        thing("last", spec={"dependsOn": [{"name": "middle"}, {"name": "app-1"}]}, conditions=[waits]),
    )
    ada = await gyre.signed_in("ada")
    query = """query($name: String!) { resource(kind: "ks", namespace: "prod", name: $name) {
        blockedBy { circle steps { kind namespace name status reason message } } } }"""

    async def chains(name: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await ada.data(query, name=name))["resource"]["blockedBy"]
        return found

    await until(lambda: len(gyre.services.fleet.page(RowQuery(), EVERYTHING).rows) == 8)
    [chain] = await chains("last")
    assert chain["circle"] is False
    assert [(step["name"], step["status"], step["reason"]) for step in chain["steps"]] == [
        ("middle", "PROGRESSING", "DependencyNotReady"),
        ("broken", "FAILED", "BuildFailed"),
    ]
    assert chain["steps"][1]["message"] == "kustomize build failed"
    assert await chains("app-1") == []


async def test_yaml_begins_with_what_the_object_is_and_ends_with_its_status(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await filled(gyre, cluster)
    query = '{ resource(kind: "ks", namespace: "prod", name: "app-1") { yaml manifest spec statusFields } }'
    found = (await ada.data(query))["resource"]
    lines = found["yaml"].splitlines()
    assert lines[:4] == [
        "apiVersion: kustomize.toolkit.fluxcd.io/v1",
        "kind: Kustomization",
        "metadata:",
        "  name: app-1",
    ]
    assert "status:" in lines
    assert lines.index("spec:") < lines.index("status:")
    assert found["spec"] == {"path": "./1", **FROM_FLUX} == found["manifest"]["spec"]
    assert found["statusFields"] == found["manifest"]["status"]


async def test_the_overview_counts_and_names_what_fails(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await filled(gyre, cluster)
    query = """{ overview { total byStatus { status count } byKind { kind count byStatus { status count } }
        byNamespace { namespace count } byCluster { cluster count } failing { name message } errors { code } } }"""
    overview = (await ada.data(query))["overview"]
    counts = {each["status"]: each["count"] for each in overview["byStatus"]}
    assert counts == {"READY": 5, "PROGRESSING": 0, "FAILED": 1, "SUSPENDED": 0, "TERMINATING": 0, "UNKNOWN": 0}
    assert {each["kind"]: each["count"] for each in overview["byKind"]} == {"GitRepository": 1, "Kustomization": 5}
    assert overview["byNamespace"] == [{"namespace": "prod", "count": 6}]
    assert overview["byCluster"] == [{"cluster": "default", "count": 6}]
    assert overview["failing"] == [{"name": "broken", "message": "kustomize build failed"}]
    assert (overview["total"], overview["errors"]) == (6, [])


async def test_kinds_and_clusters_are_told_with_their_state_and_counts(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await filled(gyre, cluster)
    answer = await ada.data(
        "{ kinds { name shortNames can { reconcile suspend force reset } count }"
        " clusters { name sync problem kubernetesVersion kinds { name version sync count problem } } }"
    )
    kinds = {kind["name"]: kind for kind in answer["kinds"]}
    assert len(kinds) == 19
    assert kinds["Kustomization"]["count"] == 5
    assert kinds["HelmRelease"]["can"] == {"reconcile": True, "suspend": True, "force": True, "reset": True}
    assert kinds["ExternalArtifact"]["can"] == {"reconcile": False, "suspend": False, "force": False, "reset": False}
    (default,) = answer["clusters"]
    assert (default["name"], default["sync"], default["kubernetesVersion"]) == ("default", "LIVE", "v1.36.3")
    assert {kind["name"]: (kind["count"], kind["sync"]) for kind in default["kinds"]} == {
        "GitRepository": (1, "LIVE"),
        "HelmRelease": (0, "LIVE"),
        "Kustomization": (5, "LIVE"),
    }


async def test_what_is_not_there_is_told_with_a_code(gyre: Gyre, cluster: LittleCluster) -> None:
    ada = await filled(gyre, cluster)
    query = """query($cluster: String! = "default", $kind: String!, $name: String!) {
        resource(cluster: $cluster, kind: $kind, namespace: "prod", name: $name) { id } }"""

    async def code(**named: str) -> str:
        (error,) = (await ada.ask(query, **named))["errors"]
        return str(error["extensions"]["code"])

    assert await code(kind="ks", name="nope") == "RESOURCE_NOT_FOUND"
    assert await code(kind="kustomisation", name="app-1") == "UNKNOWN_KIND"
    assert await code(kind="__proto__", name="app-1") == "UNKNOWN_KIND"
    assert await code(cluster="elsewhere", kind="ks", name="app-1") == "CLUSTER_NOT_FOUND"

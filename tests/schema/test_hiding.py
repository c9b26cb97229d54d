"""What rows and objects say of others is told only to who may see those: lists, changes, filters and searches alike."""

from typing import Any

import pytest

from gyre.terms.people import Role
from tests.support.cluster import KUSTOMIZATIONS, LittleCluster, thing
from tests.support.graphql import Gyre, Signed
from tests.support.people import rule
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

REFERENCES = "source { kind namespace name hidden } dependsOn { kind namespace name hidden } owner { kind name hidden }"
HIDDEN: dict[str, Any] = {"namespace": "", "name": "", "hidden": True}
OWNED = {
    "kustomize.toolkit.fluxcd.io/name": "secret-owner",
    "kustomize.toolkit.fluxcd.io/namespace": "elsewhere",
}
SPEC = {
    "sourceRef": {"kind": "GitRepository", "name": "secret-source", "namespace": "elsewhere"},
    "dependsOn": [{"name": "secret-other", "namespace": "elsewhere"}, {"name": "mine"}],
}
SHOWN = {"hidden": False}
SEEN_BY_MIA = {
    "source": {"kind": "GitRepository", **HIDDEN},
    "dependsOn": [
        {"kind": "Kustomization", **HIDDEN},
        {"kind": "Kustomization", "namespace": "shop", "name": "mine", "hidden": False},
    ],
    "owner": {"kind": "Kustomization", "name": "", "hidden": True},
}


@pytest.fixture
async def mia(gyre: Gyre, cluster: LittleCluster) -> Signed:
    cluster.has(KUSTOMIZATIONS, tied())
    await until(lambda: gyre.seen("ks", "tied"))
    signed = await gyre.signed_in("mia", Role.MEMBER)
    await gyre.people.give("mia", rule("kustomizations", "shop", "edit"), cluster="default")
    return signed


def tied(path: str = "./a") -> dict[str, Any]:
    return thing("tied", "shop", metadata={"labels": OWNED}, spec={**SPEC, "path": path})


async def test_rows_whole_objects_answers_to_writes_and_changes_hide_what_may_not_be_seen(
    gyre: Gyre, cluster: LittleCluster, mia: Signed
) -> None:
    listed = await mia.data(f"{{ resources {{ nodes {{ {REFERENCES} }} }} }}")
    assert listed["resources"]["nodes"] == [SEEN_BY_MIA]
    one = await mia.data('{ resource(kind: "ks", namespace: "shop", name: "tied") { owner { kind name hidden } } }')
    assert one["resource"]["owner"] == SEEN_BY_MIA["owner"]
    target = '{target: {kind: "ks", namespace: "shop", name: "tied"}}'
    done = await mia.data(f"mutation {{ suspend(input: {target}) {{ resource {{ {REFERENCES} }} }} }}")
    assert done["suspend"] == {"resource": SEEN_BY_MIA}
    async with mia.socket() as socket:
        await socket.init()
        await socket.subscribe("1", f"subscription {{ resourceChanges {{ type row {{ {REFERENCES} }} }} }}")
        cluster.has(KUSTOMIZATIONS, tied("./b"))
        told = (await socket.hear())["payload"]["data"]["resourceChanges"]
    assert told["row"] == SEEN_BY_MIA

    admin = await gyre.signed_in("ada")
    (row,) = (await admin.data(f"{{ resources {{ nodes {{ {REFERENCES} }} }} }}"))["resources"]["nodes"]
    assert row["source"] == {"kind": "GitRepository", "namespace": "elsewhere", "name": "secret-source"} | SHOWN
    assert row["owner"] == {"kind": "Kustomization", "name": "secret-owner", "hidden": False}


async def test_nobody_finds_by_a_name_what_is_hidden_from_them(gyre: Gyre, mia: Signed) -> None:
    query = '{ resources(filter: {text: "secret-source"}) { totalCount nodes { name } } }'
    assert (await mia.data(query))["resources"] == {"totalCount": 0, "nodes": []}
    admin = await gyre.signed_in("ada")
    assert (await admin.data(query))["resources"] == {"totalCount": 1, "nodes": [{"name": "tied"}]}


async def test_what_names_no_hidden_source_is_still_found_by_its_own_words(mia: Signed) -> None:
    for words in ("tied", "SHOP", "kustomizations"):
        assert (await mia.data(f'{{ resources(filter: {{text: "{words}"}}) {{ totalCount }} }}'))["resources"] == {
            "totalCount": 1
        }


async def test_what_an_object_applied_has_a_name_for_who_has_a_right_on_its_own_kind_alone(
    gyre: Gyre, cluster: LittleCluster
) -> None:
    ids = ("shop_web_apps_Deployment", "elsewhere_keys__Secret", "_team_rbac.authorization.k8s.io_ClusterRole")
    entries = [{"id": each, "v": "v1"} for each in (*ids, "shop_mine_kustomize.toolkit.fluxcd.io_Kustomization")]
    cluster.has(KUSTOMIZATIONS, thing("mine", "shop"))
    cluster.has(KUSTOMIZATIONS, {**thing("apps", "shop"), "status": {"inventory": {"entries": entries}}})
    await until(lambda: gyre.seen("ks", "mine") and gyre.seen("ks", "apps"))
    mia, ada = await gyre.signed_in("mia", Role.MEMBER), await gyre.signed_in("ada")
    await gyre.people.give("mia", rule("kustomizations deployments", "shop", "view"), cluster="default")
    query = """{ resource(kind: "ks", namespace: "shop", name: "apps") {
        inventory { group kind namespace name hidden status } } }"""
    told = await mia.data(query)
    web = {"group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web", "hidden": False, "status": None}
    mine = {**web, "group": KUSTOMIZATIONS.group, "kind": "Kustomization", "name": "mine", "status": "READY"}
    nameless = {**HIDDEN, "status": None}
    role = {"group": "rbac.authorization.k8s.io", "kind": "ClusterRole"}
    assert told["resource"]["inventory"] == [web, {"group": "", "kind": "Secret"} | nameless, role | nameless, mine]
    (_, keys, team, _) = (await ada.data(query))["resource"]["inventory"]
    assert keys == {**web, "group": "", "kind": "Secret", "namespace": "elsewhere", "name": "keys"}
    assert team == {**web, **role, "namespace": "", "name": "team"}

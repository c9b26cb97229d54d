"""Writes in the name of whoever makes them, to clusters that are set so: Gyre decides first, then Kubernetes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gyre.people.groups import GroupDraft
from gyre.terms.people import Role
from models.auditing import AuditEntry
from tests.schema.uploading import UPDATE, added, rows
from tests.support.cluster import KUSTOMIZATIONS, LittleCluster, open_cluster, thing
from tests.support.graphql import DEFAULT, Answer, Gyre, Signed, gyre_on
from tests.support.remote import open_remote

pytestmark = pytest.mark.anyio

SUSPEND = """mutation($cluster: String!) {
  suspend(input: {target: {kind: "ks", namespace: "shop", name: "apps", cluster: $cluster}}) {
    resource { suspended } errors { code message }
  }
}"""


@pytest.fixture
async def cluster() -> AsyncIterator[LittleCluster]:
    async with open_cluster(KUSTOMIZATIONS) as cluster:
        cluster.has(KUSTOMIZATIONS, thing("apps", "shop"))
        yield cluster


@pytest.fixture
async def gyre(cluster: LittleCluster, tmp_path: Path) -> AsyncIterator[Gyre]:
    settings = {"impersonate": True, "allow_local_clusters": True}
    async with gyre_on({DEFAULT: cluster.access(tmp_path)}, tmp_path, **settings) as gyre:
        yield gyre


async def suspended(who: Signed, cluster: str = "default") -> Answer:
    return (await who.data(SUSPEND, cluster=cluster))["suspend"]  # type: ignore[no-any-return]


async def test_a_write_is_made_in_the_writers_name_with_their_groups_and_reads_are_not(
    gyre: Gyre, cluster: LittleCluster
) -> None:
    principal, _ = await gyre.people.signed_in("eve", Role.EDITOR)
    await gyre.people.directory.groups.create(GroupDraft(name="shop", add=(principal.user_id,)))
    eve = await gyre.signed_in("eve")
    assert await suspended(eve) == {"resource": {"suspended": True}, "errors": []}
    assert cluster.in_names == [("PATCH", "gyre:eve", ("gyre:shop",))]
    assert (await eve.data("{ clusters { impersonate } }"))["clusters"] == [{"impersonate": True}]


async def test_what_kubernetes_refuses_the_writer_is_passed_on_word_for_word(
    gyre: Gyre, cluster: LittleCluster
) -> None:
    cluster.may_write = frozenset({"gyre:ada"})
    eve, ada = await gyre.signed_in("eve", Role.EDITOR), await gyre.signed_in("ada")
    said = (
        'kustomizations "apps" is forbidden: User "gyre:eve" cannot patch resource "kustomizations" '
        'in the namespace "shop"'
    )
    assert await suspended(eve) == {"resource": None, "errors": [{"code": "FORBIDDEN", "message": said}]}
    assert cluster.writes == []
    entry = await AuditEntry.filter(action="suspend", phase="outcome").get()
    assert (entry.succeeded, entry.reason) == (False, said)
    assert (await suspended(ada))["errors"] == []


async def test_what_gyre_itself_may_not_is_told_as_such(gyre: Gyre, cluster: LittleCluster) -> None:
    cluster.may_impersonate = False
    (error,) = (await suspended(await gyre.signed_in("eve", Role.EDITOR)))["errors"]
    assert error["code"] == "REFUSED_BY_CLUSTER"
    assert 'User "gyre" cannot impersonate resource "users"' in error["message"]
    assert cluster.writes == []


async def test_gyre_decides_first(gyre: Gyre, cluster: LittleCluster) -> None:
    (error,) = (await suspended(await gyre.signed_in("vic", Role.VIEWER)))["errors"]
    assert error["code"] == "FORBIDDEN"
    assert cluster.in_names == []


async def test_a_name_of_kubernetes_own_is_never_sent(cluster: LittleCluster, tmp_path: Path) -> None:
    settings = {"impersonate": True, "impersonate_prefix": "sys"}
    async with gyre_on({DEFAULT: cluster.access(tmp_path)}, tmp_path, **settings) as gyre:
        eve = await gyre.signed_in("tem.eve", Role.EDITOR)
        assert (await suspended(eve))["errors"] == []
        principal, _ = await gyre.people.signed_in("ivo", Role.EDITOR)
        await gyre.people.directory.groups.create(GroupDraft(name="tem", add=(principal.user_id,)))
        assert (await suspended(await gyre.signed_in("ivo")))["errors"] == []
    assert cluster.in_names == [("PATCH", "system.eve", ()), ("PATCH", "sysivo", ("system",))]


async def test_an_added_cluster_is_set_so_by_itself_and_otherwise_later(gyre: Gyre) -> None:
    ada, eve = await gyre.signed_in("ada"), await gyre.signed_in("eve", Role.EDITOR)
    async with open_remote() as remote:
        remote.cluster.has(KUSTOMIZATIONS, thing("apps", "shop"))
        made = await added(ada, remote)
        await rows(eve, ("default", "apps"), ("production", "apps"))
        assert (await suspended(eve, "production"))["errors"] == []
        assert remote.cluster.in_names == []
        await ada.data(UPDATE, input={"id": made["id"], "impersonate": True})
        await rows(eve, ("default", "apps"), ("production", "apps"))
        assert (await suspended(eve, "production"))["errors"] == []
        assert remote.cluster.in_names == [("PATCH", "gyre:eve", ())]

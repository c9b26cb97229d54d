"""Gyre with few rights on a real API server: what it may not do is told in that server's words, the rest works."""

import json
from collections.abc import AsyncIterator

import pytest

from gyre.errors import NotAllowed, RefusedByCluster
from gyre.flux.kinds import GROUPS
from gyre.kube.access import from_kubeconfig
from gyre.kube.client import Call, Impersonation, KubeClient, open_client, path_of
from gyre.kube.discovery import discover
from gyre.kube.reading import server_version
from gyre.kube.writing import patch
from gyre.terms.naming import Ref
from gyre.terms.people import Action, Allowed
from gyre.terms.sync import Sync
from tests.cluster.control_plane import ControlPlane
from tests.cluster.following import following
from tests.cluster.granting import grant, revoke
from tests.cluster.proxy import open_proxy
from tests.cluster.watched import ADA, EVERYTHING, open_watched
from tests.cluster.writing import BUCKETS, CLUSTER, Writer, bucket

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]

READ = ["get", "list", "watch"]
DEFINITIONS_LISTED = {
    "apiGroups": ["apiextensions.k8s.io"],
    "resources": ["customresourcedefinitions"],
    "verbs": ["list"],
}


def flux_rule(resources: list[str], verbs: list[str]) -> dict[str, list[str]]:
    return {"apiGroups": sorted(GROUPS), "resources": resources, "verbs": verbs}


def allowed_in(namespace: str) -> Allowed:
    """What Gyre itself decided; what the cluster decides is tried here."""
    return Allowed(
        principal=ADA,
        action=Action.SUSPEND,
        cluster=CLUSTER,
        resource="buckets",
        namespace=namespace,
        because="a test",
    )


@pytest.fixture
async def client(plane: ControlPlane, user: str) -> AsyncIterator[KubeClient]:
    async with open_client(from_kubeconfig(plane.kubeconfig(user)), cluster=CLUSTER) as client:
        yield client


async def test_reading_flux_and_listing_definitions_is_all_that_watching_takes(
    plane: ControlPlane, admin: KubeClient, user: str
) -> None:
    await grant(admin, user, flux_rule(["*"], ["list", "watch"]), DEFINITIONS_LISTED)

    async with open_watched(plane, user) as watched:
        await watched.is_live()
        await watched.equals_a_fresh_list(admin)
        health = watched.fleet.clusters(EVERYTHING)

    assert len(watched.fleet.kinds(CLUSTER, EVERYTHING)) >= 19
    assert [cluster.state.problem for cluster in health] == [""]


async def test_a_kind_that_may_not_be_read_is_told_and_stops_no_other(
    plane: ControlPlane, admin: KubeClient, user: str
) -> None:
    await grant(admin, user, flux_rule(["buckets"], ["list", "watch"]), DEFINITIONS_LISTED)

    async with open_watched(plane, user) as watched:
        kinds = {kind.kind.plural: kind.state for kind in watched.fleet.kinds(CLUSTER, EVERYTHING)}

    assert kinds.pop("buckets").sync is Sync.LIVE
    assert {state.sync for state in kinds.values()} == {Sync.ERROR}
    assert f'User "{user}" cannot list resource "kustomizations"' in kinds["kustomizations"].problem


async def test_definitions_that_may_not_be_listed_hide_only_kinds_that_gyre_does_not_know(
    admin: KubeClient, client: KubeClient, user: str
) -> None:
    await grant(admin, user, flux_rule(["*"], READ))

    discovery = await discover(client, GROUPS)

    assert len(discovery.served) == 19
    (problem,) = discovery.problems
    assert f'User "{user}" cannot list resource "customresourcedefinitions"' in problem


async def test_a_right_that_is_taken_away_and_given_back_is_noticed_at_the_next_watch(
    plane: ControlPlane, admin: KubeClient, user: str, namespace: str
) -> None:
    writer = Writer(admin, BUCKETS, namespace)
    rule = flux_rule(["buckets"], ["list", "watch"])
    await grant(admin, user, rule)
    async with open_proxy(plane.port) as proxy:
        access = from_kubeconfig(plane.kubeconfig(user, port=proxy.port))
        async with open_client(access, cluster=CLUSTER) as client, following(client, BUCKETS) as follower:
            await revoke(admin, user, rule)
            proxy.drop_all()
            words = f'User "{user}" cannot watch resource "buckets"'
            await follower.until(lambda: words in follower.states[-1].state.problem)
            assert follower.sync is Sync.STALE
            await writer.create(bucket("meanwhile"))

            await grant(admin, user, rule)
            await follower.is_live()
            await follower.equals_a_fresh_list(admin)

            assert follower.told == writer.versions
            assert follower.replacements == 1


async def test_who_may_only_read_is_refused_the_write_and_nothing_changes(
    admin: KubeClient, client: KubeClient, user: str, namespace: str
) -> None:
    writer = Writer(admin, BUCKETS, namespace)
    await writer.create(bucket("a"))
    await grant(admin, user, flux_rule(["*"], READ))
    ref = Ref(cluster=CLUSTER, kind=BUCKETS.kind, namespace=namespace, name="a")

    with pytest.raises(RefusedByCluster, match=f'User "{user}" cannot patch resource "buckets"'):
        await patch(client, allowed_in(namespace), ref, "v1", {"spec": {"suspend": True}})

    path = path_of(BUCKETS.kind, "v1", namespace=namespace, name="a")
    assert "suspend" not in json.loads(await admin.ask(Call(path=path)))["spec"]


@pytest.mark.parametrize("may_impersonate", [True, False])
async def test_whoever_acts_for_another_needs_leave_for_it_and_that_others_rights(
    admin: KubeClient, client: KubeClient, user: str, namespace: str, may_impersonate: bool
) -> None:
    writer = Writer(admin, BUCKETS, namespace)
    await writer.create(bucket("a"))
    ann, eve = f"ann-of-{user}", f"eve-of-{user}"
    await grant(admin, ann, flux_rule(["buckets"], ["patch"]))
    own = flux_rule(["*"], ["patch"])
    await grant(
        admin, user, own, *([{"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}] * may_impersonate)
    )
    ref = Ref(cluster=CLUSTER, kind=BUCKETS.kind, namespace=namespace, name="a")

    async def suspend_as(other: str) -> str:
        in_their_name = client.on_behalf_of(Impersonation(user=other))
        try:
            await patch(in_their_name, allowed_in(namespace), ref, "v1", {"spec": {"suspend": True}})
        except refused as refusal:
            return refusal.message
        return "done"

    refused = NotAllowed if may_impersonate else RefusedByCluster  # it is theirs to mend, or the operator's
    told = [await suspend_as(eve), await suspend_as(ann)]

    document = json.loads(await admin.ask(Call(path=path_of(ref.kind, "v1", namespace=namespace, name="a"))))
    if may_impersonate:
        assert f'User "{eve}" cannot patch resource "buckets"' in told[0]
        assert told[1] == "done"
        assert document["spec"]["suspend"] is True
    else:
        # 1.36 knows narrower leaves to impersonate, and names the narrowest of those that would have done
        assert [f'User "{user}" cannot impersonate' in words for words in told] == [True, True]
        assert "suspend" not in document["spec"]


async def test_anyone_who_is_known_may_ask_for_the_version(client: KubeClient) -> None:
    assert (await server_version(client, because="a test asks")).git_version.startswith("v1.")

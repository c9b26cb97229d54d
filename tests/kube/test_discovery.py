"""Which kinds a cluster serves is found out, in either form an API server answers, and followed as it changes."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from gyre.errors import ClusterUnreachable
from gyre.kube.client import KubeClient
from gyre.kube.discovery import Discovery, discover, discoveries
from tests.support.clocks import TurnedClock
from tests.support.wire import Answer, Wire, document, status

pytestmark = pytest.mark.anyio

GROUPS = frozenset({"helm.dev", "source.dev"})
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
ALL = ["get", "list", "watch", "patch"]


def definitions(*names: str) -> Answer:
    return document({"items": [{"metadata": {"name": name}} for name in names]})


def resource(plural: str, kind: str, verbs: list[str] | None = None) -> dict[str, Any]:
    return {"resource": plural, "responseKind": {"kind": kind}, "scope": "Namespaced", "verbs": verbs or ALL}


def group(name: str, *, freshness: str = "Current", **versions: list[dict[str, Any]]) -> dict[str, Any]:
    listed = [{"version": version, "freshness": freshness, "resources": it} for version, it in versions.items()]
    return {"metadata": {"name": name}, "versions": listed}


def aggregated(*groups: dict[str, Any]) -> Answer:
    return document({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "items": list(groups)})


def found(discovery: Discovery) -> list[str]:
    return [f"{one.kind} {one.version}" for one in discovery.served]


async def test_one_request_finds_every_kind_in_the_version_that_is_preferred(wire: Wire, client: KubeClient) -> None:
    wire.on("GET", DEFINITIONS, definitions())
    buckets = resource("buckets", "Bucket")
    source = group(
        "source.dev", v1=[resource("gits", "Git"), resource("odd", "")], v1beta2=[buckets, resource("gits", "Git")]
    )
    wire.on("GET", "/apis", aggregated(source, group("apps", v1=[resource("deployments", "Deployment")])))

    discovery = await discover(client, GROUPS)

    assert found(discovery) == ["buckets.source.dev v1beta2", "gits.source.dev v1"]
    assert discovery.problems == ()
    assert discovery.served[1].kind.name == "Git"
    assert discovery.served[1].namespaced is True
    assert "apidiscovery.k8s.io" in wire.asked[1].header("accept")
    assert len(wire.asked) == 2


async def test_what_can_not_be_watched_is_left_out(wire: Wire, client: KubeClient) -> None:
    wire.on("GET", DEFINITIONS, definitions())
    wire.on("GET", "/apis", aggregated(group("source.dev", v1=[resource("reviews", "Review", ["create"])])))

    assert found(await discover(client, GROUPS)) == []


async def test_kinds_unknown_to_gyre_are_found_by_their_label(wire: Wire, client: KubeClient) -> None:
    wire.on("GET", DEFINITIONS, definitions("novelties.new.dev", "gone.old.dev"))
    new = group("new.dev", v1alpha1=[resource("novelties", "Novelty"), resource("others", "Other")])
    wire.on("GET", "/apis", aggregated(new, group("source.dev", v1=[resource("gits", "Git")])))

    assert found(await discover(client, GROUPS)) == ["gits.source.dev v1", "novelties.new.dev v1alpha1"]
    assert wire.asked[0].query["labelSelector"] == "app.kubernetes.io/part-of=flux"


async def test_definitions_that_may_not_be_listed_are_a_problem_not_a_failure(wire: Wire, client: KubeClient) -> None:
    new, source = group("new.dev", v1=[resource("news", "New")]), group("source.dev", v1=[resource("gits", "Git")])
    wire.on("GET", DEFINITIONS, definitions("news.new.dev"), *[status(403, "Forbidden", "may not list")] * 2)
    wire.on("GET", "/apis", *[aggregated(new, source)] * 3)

    before = await discover(client, GROUPS)
    after = await discover(client, GROUPS, before=before)
    never_allowed = await discover(client, GROUPS)

    assert found(after) == found(before) == ["gits.source.dev v1", "news.new.dev v1"]
    assert after.problems == never_allowed.problems == ("kinds unknown to Gyre are not found: may not list",)
    assert found(never_allowed) == ["gits.source.dev v1"]


async def test_an_older_api_server_is_asked_group_by_group(wire: Wire, client: KubeClient) -> None:
    versions = [{"version": "v2beta1"}, {"version": "v2"}]
    helm = {"name": "helm.dev", "versions": versions, "preferredVersion": {"version": "v2"}}
    wire.on("GET", DEFINITIONS, definitions())
    wire.on("GET", "/apis", document({"kind": "APIGroupList", "groups": [helm, {"name": "apps", "versions": []}]}))
    releases = {"name": "releases", "kind": "Release", "namespaced": True, "verbs": ALL}
    both = document({"resources": [releases, {"name": "releases/status", "kind": "Release", "verbs": ALL}]})
    wire.on("GET", "/apis/helm.dev/v2", both)
    wire.on("GET", "/apis/helm.dev/v2beta1", both)

    assert found(await discover(client, GROUPS)) == ["releases.helm.dev v2"]


async def test_a_group_that_is_broken_keeps_what_was_known_of_it(wire: Wire, client: KubeClient) -> None:
    names = ("helm.dev", "source.dev")
    groups = [{"name": name, "versions": [{"version": "v1"}], "preferredVersion": {"version": "v1"}} for name in names]
    listed = document({"resources": [{"name": "things", "kind": "Thing", "namespaced": True, "verbs": ALL}]})
    empty = document({"resources": []})
    wire.on("GET", DEFINITIONS, *[definitions()] * 2)
    wire.on("GET", "/apis", *[document({"groups": groups})] * 2)
    wire.on("GET", "/apis/helm.dev/v1", listed, status(503, "ServiceUnavailable", "away"))
    wire.on("GET", "/apis/source.dev/v1", listed, empty)

    before = await discover(client, GROUPS)
    after = await discover(client, GROUPS, before=before)

    assert found(before) == ["things.helm.dev v1", "things.source.dev v1"]
    assert found(after) == ["things.helm.dev v1"]
    assert after.problems == ("helm.dev/v1: away",)


async def test_a_group_the_api_server_has_not_heard_of_lately_keeps_what_was_known(
    wire: Wire, client: KubeClient
) -> None:
    wire.on("GET", DEFINITIONS, *[definitions()] * 2)
    fresh, stale = group("source.dev", v1=[resource("gits", "Git")]), group("source.dev", freshness="Stale", v1=[])
    wire.on("GET", "/apis", aggregated(fresh), aggregated(stale))

    before = await discover(client, GROUPS)
    after = await discover(client, GROUPS, before=before)

    assert found(after) == ["gits.source.dev v1"]
    assert after.problems == ("source.dev/v1: the API server has not heard of it lately",)


@pytest.mark.parametrize("nonsense", [{"items": 3}, {"groups": [{"name": 1}]}])
async def test_an_answer_that_makes_no_sense_says_so(wire: Wire, client: KubeClient, nonsense: dict[str, Any]) -> None:
    wire.on("GET", DEFINITIONS, definitions())
    wire.on("GET", "/apis", document(nonsense))

    with pytest.raises(ClusterUnreachable, match="/apis is not that of a Kubernetes API"):
        await discover(client, GROUPS)


async def test_changes_are_told_and_nothing_else(wire: Wire, client: KubeClient, clock: TurnedClock) -> None:
    one, two = resource("gits", "Git"), resource("buckets", "Bucket")
    wire.on("GET", DEFINITIONS, *[definitions()] * 6)
    down = [status(503, "ServiceUnavailable", "away")] * 2
    wire.on("GET", "/apis", aggregated(), aggregated(group("source.dev", v1=[one])))
    wire.on(
        "GET", "/apis", aggregated(group("source.dev", v1=[one])), *down, aggregated(group("source.dev", v2=[one, two]))
    )

    told: list[list[str] | str] = []
    async with aclosing(discoveries(client, GROUPS, clock, asked=asyncio.Event())) as finding:
        async for it in finding:
            told.append(found(it) if isinstance(it, Discovery) else it.message)
            if len(told) == 4:
                break

    assert told == [[], ["gits.source.dev v1"], "away", ["buckets.source.dev v2", "gits.source.dev v2"]]
    assert len(clock.slept) == 5
    assert all(24 <= slept <= 36 for slept in clock.slept)


async def test_it_looks_at_once_when_asked(wire: Wire, client: KubeClient) -> None:
    class StoppedClock(TurnedClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            await asyncio.Event().wait()

    wire.on("GET", DEFINITIONS, *[definitions()] * 2)
    wire.on("GET", "/apis", aggregated(), aggregated(group("source.dev", v1=[resource("gits", "Git")])))
    asked = asyncio.Event()
    async with asyncio.timeout(5), aclosing(discoveries(client, GROUPS, StoppedClock(), asked=asked)) as finding:
        assert await anext(finding) == Discovery(())
        asyncio.get_running_loop().call_later(0.05, asked.set)
        later = await anext(finding)

    assert isinstance(later, Discovery)
    assert found(later) == ["gits.source.dev v1"]

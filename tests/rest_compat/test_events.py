"""`GET /api/events`, as the document says it, and the events of one object."""

import pytest

from gyre.access.sight import sight_of
from gyre.fleet.events.queries import EventFilter, Part
from gyre.terms.people import Principal, Role
from tests.rest_compat.conftest import Gyre, refusal
from tests.support.cluster import EVENTS, HELM_RELEASES, event
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

EVERYTHING = sight_of(Principal(user_id="0", username="test", role=Role.ADMIN, grants=()))


def known(gyre: Gyre) -> int:
    return gyre.services.fleet.events.page(EventFilter(), Part(), EVERYTHING).total


async def told(gyre: Gyre, count: int = 3) -> None:
    """So many Events about `prod/apps`, a minute apart, and one about another object in another namespace."""
    gyre.cluster.has(EVENTS, *(event(f"apps.{n}", at=f"2026-01-01T{n // 60:02}:{n % 60:02}:00Z") for n in range(count)))
    gyre.cluster.has(EVENTS, event("web.9", HELM_RELEASES, of="web", namespace="dev", at="2026-01-01T09:00:00Z"))
    await until(lambda: known(gyre) == count + 1)


def names(answer: dict[str, list[dict[str, dict[str, str]]]]) -> list[str]:
    return [each["metadata"]["name"] for each in answer["events"]]


async def test_events_are_whole_the_newest_first_with_their_total(gyre: Gyre) -> None:
    await told(gyre)
    ada = await gyre.signed_in("ada")
    answer = await ada.get("/api/events")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-cache"
    body = answer.json()
    assert set(body) == {"events", "total"}
    assert (names(body), body["total"]) == (["web.9", "apps.2", "apps.1", "apps.0"], 4)
    assert body["events"][1] == gyre.cluster.served[EVENTS].objects["prod", "apps.2"]
    await ada.aclose()


async def test_they_are_filtered_by_namespace_and_cluster(gyre: Gyre) -> None:
    await told(gyre)
    ada = await gyre.signed_in("ada")
    assert names((await ada.get("/api/events?namespace=dev&limit=50")).json()) == ["web.9"]
    assert names((await ada.get("/api/events?namespace=dev&cluster=default")).json()) == ["web.9"]
    assert (await ada.get("/api/events?namespace=nowhere")).json() == {"events": [], "total": 0}
    assert refusal(await ada.get("/api/events?cluster=other")) == (404, "CLUSTER_NOT_FOUND")
    await ada.aclose()


async def test_fifty_come_unless_more_or_fewer_are_asked_for(gyre: Gyre) -> None:
    await told(gyre, 60)
    ada = await gyre.signed_in("ada")
    usual = (await ada.get("/api/events?namespace=prod")).json()
    assert (len(usual["events"]), usual["total"], names(usual)[0]) == (50, 60, "apps.59")
    few = (await ada.get("/api/events?namespace=prod&limit=1")).json()
    assert (names(few), few["total"]) == (["apps.59"], 60)
    assert len((await ada.get("/api/events?limit=500")).json()["events"]) == 61
    await ada.aclose()


async def test_an_object_has_its_own_events(gyre: Gyre) -> None:
    await told(gyre)
    ada = await gyre.signed_in("ada")
    body = (await ada.get("/api/flux/Kustomization/prod/apps/events?limit=2&cluster=default")).json()
    assert (names(body), body["total"]) == (["apps.2", "apps.1"], 3)
    assert (await ada.get("/api/flux/hr/prod/web/events")).json() == {"events": [], "total": 0}
    assert refusal(await ada.get("/api/flux/hr/dev/web/events")) == (404, "RESOURCE_NOT_FOUND")
    await ada.aclose()


async def test_nobody_and_who_sees_nothing_learn_of_no_event(gyre: Gyre) -> None:
    await told(gyre)
    for path in ("/api/events", "/api/flux/ks/prod/apps/events"):
        assert refusal(await gyre.http.get(path)) == (401, "UNAUTHENTICATED")
    eve = await gyre.signed_in("eve", Role.MEMBER)
    hidden = await eve.get("/api/flux/ks/prod/apps/events")
    absent = await eve.get("/api/flux/ks/prod/nothing/events")
    assert refusal(hidden) == refusal(absent)
    assert refusal(await eve.get("/api/events")) == refusal(await eve.get("/api/events?cluster=other"))
    await eve.aclose()


async def test_of_a_cluster_that_is_away_the_last_events_come_with_since_when(gyre: Gyre) -> None:
    await told(gyre)
    ada = await gyre.signed_in("ada")
    gyre.cluster.go_away()
    await until(lambda: bool(gyre.services.fleet.events.page(EventFilter(), Part(), EVERYTHING).problems))
    body = (await ada.get("/api/events")).json()
    assert names(body) == ["web.9", "apps.2", "apps.1", "apps.0"]
    assert [(each["code"], each["resourceType"]) for each in body["errors"]] == [("STALE", "events")]
    assert body["staleSince"] == body["errors"][0]["staleSince"]
    await ada.aclose()

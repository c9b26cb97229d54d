"""Events of the simulated controllers: told again they count up, and after an hour they are gone."""

from typing import Any

from gyre.demo.builtin_kinds import EVENT
from gyre.demo.journal import Held
from tests.support.living import Living

GIT = {"url": "https://git.example/shop", "interval": "10m", "ref": {"branch": "main"}}


def test_an_event_says_who_told_what_of_which_object(living: Living) -> None:
    living.has("GitRepository", "shop", GIT)
    living.passes(3)
    (event,) = [held.read() for held in living.store.list(EVENT)]
    made = living.get("GitRepository", "shop")
    assert event["involvedObject"]["uid"] == made["metadata"]["uid"]
    assert event["involvedObject"]["apiVersion"] == "source.toolkit.fluxcd.io/v1"
    assert (event["reason"], event["type"], event["count"]) == ("NewArtifact", "Normal", 1)
    assert event["reportingComponent"] == event["source"]["component"] == "source-controller"
    assert event["metadata"]["name"].startswith("shop.")
    assert event["firstTimestamp"] == event["lastTimestamp"] == "2026-01-31T12:00:01Z"


def test_the_same_event_counts_up(living: Living) -> None:
    living.has("GitRepository", "shop", GIT)
    living.passes(1900)
    same = [each for each in map(_read, living.store.list(EVENT)) if each["reason"] == "GitOperationSucceeded"]
    assert [each["count"] for each in same] == [3]
    assert same[0]["firstTimestamp"] < same[0]["lastTimestamp"]


def test_events_expire_an_hour_after_they_were_first_told(living: Living) -> None:
    living.has("GitRepository", "shop", GIT)
    living.passes(3)
    living.patch("GitRepository", "shop", {"spec": {"suspend": True}})
    living.passes(3590)
    assert len(living.store.list(EVENT)) == 1
    living.passes(20)
    living.has("GitRepository", "other", GIT)
    living.passes(3)
    assert [_read(held)["involvedObject"]["name"] for held in living.store.list(EVENT)] == ["other"]


def _read(held: Held) -> dict[str, Any]:
    return held.read()

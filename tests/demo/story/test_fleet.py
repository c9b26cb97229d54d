"""Fleets of any size: exact, believable, at rest until someone touches them or traffic is asked for."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from gyre.demo import structural
from gyre.demo.life.controllers import FLUX_KINDS, Key
from gyre.demo.story import fleet
from gyre.demo.story.stage import Stage
from gyre.demo.story.telling import Story
from gyre.demo.story.traffic import Traffic
from tests.support.clocks import TurnedClock

OBJECTS = 1_200


class Fleet:
    """So many objects and nothing else, and the clock to turn."""

    def __init__(self, objects: int, *, seed: int = 1) -> None:
        self.clock = TurnedClock()
        stage = Stage(self.clock, days_ago=1)
        self.keys = [key for copied in fleet.grow(stage, objects, seed=seed) for key in copied.keys]
        stage.clock.release()
        self.store, self.engine = stage.store, stage.engine

    def objects(self) -> list[dict[str, Any]]:
        return [each for kind in FLUX_KINDS for each in self.engine.list(kind)]

    def versions(self) -> dict[Key, str]:
        return {key: (self.engine.get(*key) or {})["metadata"]["resourceVersion"] for key in self.keys}


@pytest.fixture(scope="module")
def grown() -> Fleet:
    """Of 1,200 objects; who changes it grows one of their own."""
    return Fleet(OBJECTS)


def ready(manifest: dict[str, Any]) -> tuple[str, str]:
    for each in (manifest.get("status") or {}).get("conditions", ()):
        if each["type"] == "Ready":
            return each["status"], each["reason"]
    return "", ""


@pytest.mark.parametrize("objects", [2, 41, 500])
def test_there_are_exactly_as_many_objects_as_were_asked_for(objects: int) -> None:
    assert len(Fleet(objects).objects()) == objects


def test_a_story_grows_to_exactly_as_many_objects_as_were_asked_for() -> None:
    story = Story(TurnedClock())
    story.tell(137)
    assert fleet.count_flux_objects(story.store) == 137
    story.happenings.keep_to_what_is_there()
    for _ in range(30):
        story.happenings.happen()
    assert fleet.count_flux_objects(story.store) == 137


def test_no_object_is_made_twice(grown: Fleet) -> None:
    keys = grown.keys
    assert len(set(keys)) == len(keys)
    assert len(grown.objects()) == OBJECTS
    uids = [each["metadata"]["uid"] for each in grown.objects()]
    assert len(set(uids)) == OBJECTS


def test_kinds_and_namespaces_are_spread_and_most_objects_are_ready(grown: Fleet) -> None:
    objects = grown.objects()
    kinds = Counter(each["kind"] for each in objects)
    assert set(kinds) == set(FLUX_KINDS) - {"FluxInstance", "FluxReport"}
    assert {kind for kind, _ in kinds.most_common(4)} == {
        "Kustomization",
        "HelmRelease",
        "HelmChart",
        "ImageRepository",
    }
    words = Counter(ready(each)[0] for each in objects)
    assert words["True"] > 0.85 * OBJECTS
    assert 10 < words["False"] < 0.15 * OBJECTS
    assert len({each["metadata"]["namespace"] for each in objects}) == 4


def test_forty_namespaces_hold_a_fleet_of_ten_thousand() -> None:
    assert len(fleet.TEAMS) == 40
    assert fleet.NAMESPACE_OBJECTS * len(fleet.TEAMS) == 10_000


def test_the_same_seed_grows_the_same_fleet_but_for_nothing(grown: Fleet) -> None:
    again = Fleet(OBJECTS)
    assert again.keys == grown.keys
    kind, namespace, name = grown.keys[-1]
    assert again.engine.get(kind, namespace, name) == grown.engine.get(kind, namespace, name)
    assert Fleet(OBJECTS, seed=2).keys != grown.keys


def test_copies_fit_the_schemas_and_say_nothing_of_what_they_were_copied_from(grown: Fleet) -> None:
    for manifest in grown.objects():
        resource = grown.store.resources.named(manifest["kind"])
        assert resource.schema is not None
        assert list(structural.validate(resource.schema, manifest)) == []
        assert "zz-" not in str(manifest)


def test_what_copies_speak_of_is_there(grown: Fleet) -> None:
    for each in grown.engine.list("Kustomization"):
        ref, namespace = each["spec"]["sourceRef"], each["metadata"]["namespace"]
        source = grown.engine.get(ref["kind"], ref.get("namespace", namespace), ref["name"])
        assert source is not None
        revision = ((source.get("status") or {}).get("artifact") or {}).get("revision")
        if ready(each) == ("True", "ReconciliationSucceeded") and not each["spec"].get("suspend"):
            assert each["status"]["lastAppliedRevision"] == revision
        for entry in (each["status"].get("inventory") or {}).get("entries", ()):
            space, name, group, kind = entry["id"].split("_")
            assert grown.engine.get(kind, space, name) is not None or group.endswith("fluxcd.io"), entry
    for pod in grown.engine.list("Pod"):
        (owner,) = pod["metadata"]["ownerReferences"]
        owning = grown.engine.get("ReplicaSet", pod["metadata"]["namespace"], owner["name"])
        assert owning is not None
        assert owning["metadata"]["uid"] == owner["uid"]


def test_times_of_a_copy_are_in_order(grown: Fleet) -> None:
    now = grown.store.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    for each in grown.objects():
        created = each["metadata"]["creationTimestamp"]
        for condition in (each.get("status") or {}).get("conditions", ()):
            assert created <= condition["lastTransitionTime"] <= now


def test_copies_rest_until_somebody_touches_one() -> None:
    small = Fleet(200)
    namespace, name = next(
        (key[1], key[2])
        for key in small.keys
        if key[0] == "HelmRelease" and ready(small.engine.get(*key) or {})[0] == "True"
    )
    before = small.versions()
    for _ in range(100):
        small.clock.moment += timedelta(seconds=30)
        small.engine.turn()
    assert small.versions() == before
    release = small.store.resources.named("HelmRelease")
    small.store.patch(release, namespace, name, {"spec": {"values": {"replicaCount": 2}}})
    for _ in range(60):
        small.clock.moment += timedelta(seconds=0.2)
        small.engine.turn()
    found = small.engine.get("HelmRelease", namespace, name)
    assert found is not None
    assert ready(found) == ("True", "UpgradeSucceeded")
    assert found["status"]["observedGeneration"] == 2
    deployment = small.engine.get("Deployment", namespace, name)
    assert deployment is not None
    assert deployment["status"]["readyReplicas"] == 2


def test_traffic_makes_as_many_changes_as_are_owed_and_keeps_the_number_of_objects() -> None:
    small = Fleet(300)
    traffic = Traffic(small.engine, small.keys, seed=3)
    before = small.engine.flux_changes
    made = sum(traffic.make_changes(1.0) for _ in range(500))
    assert made == small.engine.flux_changes - before
    assert 500 <= made <= 520
    assert len(small.objects()) == 300
    assert Counter(ready(each)[0] for each in small.objects())["True"] > 225


@pytest.mark.anyio
async def test_traffic_keeps_its_pace_by_the_clock() -> None:
    small = Fleet(300)
    traffic = Traffic(small.engine, small.keys, seed=3)
    before = small.engine.flux_changes

    class Enough(Exception):
        pass

    class Watched(TurnedClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            small.clock.moment = self.moment
            if self.monotonic() >= 30:
                raise Enough

    with pytest.raises(Enough):
        await traffic.run(Watched(), 20.0)
    assert 590 <= small.engine.flux_changes - before <= 610

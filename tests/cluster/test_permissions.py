"""Each feature with exactly the role that docs/access.md gives it, and with one permission fewer."""

import re
from pathlib import Path

import pytest

from gyre.kube.client import KubeClient
from tests.cluster.control_plane import ControlPlane
from tests.cluster.features import FEATURES, MEANT, WORKS, Place, Tried
from tests.cluster.granting import grant
from tests.cluster.writing import BUCKETS, Writer, bucket
from tests.support.access_page import Permission, granted, permissions, roles, without

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]

NEEDS_TOO: dict[str, tuple[str, ...]] = {
    "gyre-acts": ("gyre-reads",),
    "gyre-events": ("gyre-reads",),
    "gyre-writes": ("gyre-reads", "gyre-acts"),
    "gyre-impersonates": ("gyre-reads",),
}


@pytest.fixture
async def place(plane: ControlPlane, admin: KubeClient, namespace: str, tmp_path: Path, user: str) -> Place:
    await Writer(admin, BUCKETS, namespace).create(bucket("a"))
    return Place(plane, admin, namespace, tmp_path, user)


def too(role: str) -> list[dict[str, list[str]]]:
    """What a feature stands on."""
    return [rule for other in NEEDS_TOO.get(role, ()) for rule in roles()[other]]


def named(said: str) -> set[str]:
    """What the page names as refused: `CODE` to one thing, another and a third; and what that leaves as it was."""
    to = said.partition("` to ")[2].partition(";")[0]
    things = re.split(", | and ", to) if to else []
    return {meant for thing in things for meant in MEANT.get(thing, {thing})}


async def test_every_role_of_the_page_is_tried() -> None:
    assert set(FEATURES) == set(roles())


@pytest.mark.parametrize("role", FEATURES)
async def test_a_feature_works_with_exactly_its_role(place: Place, role: str) -> None:
    await grant(place.admin, place.user, *too(role), *roles()[role])

    assert await FEATURES[role](place) == Tried(WORKS)


@pytest.mark.parametrize("lacking", granted(), ids=str)
async def test_one_permission_fewer_shows_as_the_page_says(place: Place, lacking: Permission) -> None:
    await grant(place.admin, place.user, *too(lacking.role), *without(lacking))

    tried = await FEATURES[lacking.role](place)

    said = permissions()[lacking]
    assert said.startswith(f"`{tried.code}`" if tried.code else "nothing missing")
    assert tried.refused == named(said)
    assert tried.words
    for words in tried.words:
        # Since 1.36 a lacking `impersonate` is told as what it would be used for: impersonate-on:user-info:patch.
        assert re.search(rf'User "{re.escape(place.user)}" cannot {lacking.verb}(-on:\S+)? resource "', words)

"""Answers that are kept by their tags: bounded, and never sent to who may see other things."""

import pytest

from gyre.terms.people import Role
from rest_compat.editions import LARGEST_KEPT_BYTES, Kept
from tests.rest_compat.conftest import Gyre
from tests.support.cluster import FAILED, KUSTOMIZATIONS, thing
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


def test_those_asked_for_last_are_kept_within_the_bound() -> None:
    kept = Kept(most_bytes=10)
    kept.keep("a", b"1234")
    kept.keep("b", b"1234")
    assert kept.of("a") == b"1234"
    kept.keep("c", b"1234")
    assert [kept.of(tag) for tag in ("a", "b", "c")] == [b"1234", None, b"1234"]
    kept.keep("d", b"1234567890")
    assert [kept.of(tag) for tag in ("a", "b", "c", "d")] == [None, None, None, b"1234567890"]


def test_what_is_large_or_kept_already_is_not_kept() -> None:
    kept = Kept(most_bytes=LARGEST_KEPT_BYTES * 2)
    kept.keep("large", b"x" * (LARGEST_KEPT_BYTES + 1))
    assert kept.of("large") is None
    for _ in range(5):
        kept.keep("a", b"x" * LARGEST_KEPT_BYTES)
    kept.keep("b", b"x" * LARGEST_KEPT_BYTES)
    assert kept.of("a") is not None


@pytest.mark.parametrize(
    "path", ["/api/flux/ks", "/api/flux/ks?limit=1&page=2", "/api/flux/ks?fields=status", "/api/overview"]
)
async def test_an_answer_sent_again_is_the_same_until_something_changes_and_only_for_the_same_sight(
    gyre: Gyre, path: str
) -> None:
    ada, bob, eve = [await gyre.signed_in(*who) for who in (("ada",), ("bob", Role.VIEWER), ("eve", Role.MEMBER))]
    first, again, others = await ada.get(path), await ada.get(path), await bob.get(path)
    assert first.content == again.content == others.content
    assert first.headers["etag"] == again.headers["etag"] == others.headers["etag"]
    assert [again.headers[name] for name in ("content-type", "cache-control", "vary")] == [
        "application/json",
        "private, no-cache",
        "accept-encoding",
    ]
    blind = await eve.get(path)
    assert blind.status_code == 404 or blind.json()["total"] == 0
    await gyre.people.users.set_role("bob", Role.MEMBER)
    assert (await bob.get(path)).content == blind.content

    position = gyre.services.feed.cursor()
    gyre.cluster.has(KUSTOMIZATIONS, thing("apps", "prod", conditions=[FAILED]))
    await until(lambda: gyre.services.feed.cursor() != position)
    assert b"BuildFailed" in (await ada.get(path)).content
    for client in (ada, bob, eve):
        await client.aclose()

"""From which pages a session may be used at `/graphql`: Gyre's own, and those that the operator named; no others."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import websockets

from gyre.people.paging import ALL
from tests.support.cluster import LittleCluster
from tests.support.graphql import DEFAULT, Gyre, Socket, gyre_on

pytestmark = pytest.mark.anyio

PORTAL = "https://portal.example.com"
FOREIGN = ["https://evil.example", "https://portal.example.com.evil.example", "http://portal.example.com", "null"]
ME = "{ viewer { username } }"
MAKE = 'mutation { createGroup(input: {name: "made"}) { group { name } errors { code } } }'
ADA = {"viewer": {"username": "ada"}}


@pytest.fixture
async def named(cluster: LittleCluster, tmp_path: Path) -> AsyncIterator[Gyre]:
    """Gyre whose operator named one other origin."""
    async with gyre_on({DEFAULT: cluster.access(tmp_path)}, tmp_path, cors_origins=(PORTAL,)) as gyre:
        yield gyre


async def opened(gyre: Gyre, origin: str, headers: dict[str, str]) -> object:
    """What a page of this origin learns over a socket; the status when it gets none."""
    try:
        async with Socket(gyre.address, headers, origin) as socket:
            await (await socket.init()).subscribe("1", ME)
            return (await socket.hear())["payload"]["data"]
    except websockets.InvalidStatus as refused:
        return refused.response.status_code


async def test_a_socket_with_a_session_is_for_gyres_own_pages_and_those_that_are_named(named: Gyre) -> None:
    ada = await named.signed_in("ada")
    own = f"http://{named.address}"
    assert [await opened(named, each, ada.headers) for each in (own, PORTAL)] == [ADA, ADA]
    assert [await opened(named, each, ada.headers) for each in FOREIGN] == [403] * len(FOREIGN)
    assert [await opened(named, each, {}) for each in FOREIGN] == [403] * len(FOREIGN)


async def test_without_the_setting_no_other_page_gets_a_socket(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    assert [await opened(gyre, each, ada.headers) for each in (PORTAL, *FOREIGN)] == [403] * (1 + len(FOREIGN))


async def test_a_socket_with_a_token_may_be_opened_from_anywhere(gyre: Gyre) -> None:
    await gyre.signed_in("ada")
    token = (await gyre.people.token("ada")).secret
    assert await opened(gyre, FOREIGN[0], {"authorization": f"Bearer {token}"}) == ADA


async def test_a_mutation_with_a_session_is_for_the_same_pages_and_does_nothing_for_others(named: Gyre) -> None:
    ada = await named.signed_in("ada")
    for origin in FOREIGN:
        refused = await ada.post({"query": MAKE}, origin=origin)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "FORBIDDEN")
    assert (await named.people.directory.groups.some(ALL)).total == 0
    made = await ada.post({"query": MAKE}, origin=PORTAL)
    assert made.json()["data"]["createGroup"] == {"group": {"name": "made"}, "errors": []}

"""What was signed before the keys were rotated holds as long as its key is there, over GraphQL as clients have it."""

from dataclasses import replace
from pathlib import Path

import jwt
import pytest

from gyre.settings import SecretKey
from tests.support.cluster import LittleCluster
from tests.support.graphql import DEFAULT, PASSWORD, Gyre, gyre_on

pytestmark = pytest.mark.anyio

OLD, NEW = SecretKey("old", b"o" * 32), SecretKey("new", b"n" * 32)
ME = "{ viewer { username } }"
LOGIN = f'mutation {{ login(username: "ada", password: "{PASSWORD}") {{ errors {{ code }} }} }}'


async def signed_in(gyre: Gyre) -> str:
    """The cookie of a new session, as a browser keeps it."""
    answer = await gyre.nobody.post({"query": LOGIN})
    gyre.http.cookies.clear()
    assert answer.json() == {"data": {"login": {"errors": []}}}
    return answer.headers["set-cookie"].partition(";")[0]


def kid(cookie: str) -> str:
    return str(jwt.get_unverified_header(cookie.partition("=")[2])["kid"])


async def test_sessions_and_tokens_go_on_over_a_rotation_and_sessions_end_with_their_key(
    cluster: LittleCluster, tmp_path: Path
) -> None:
    clusters = {DEFAULT: cluster.access(tmp_path)}
    me, nobody = {"viewer": {"username": "ada"}}, {"viewer": None}
    async with gyre_on(clusters, tmp_path, secret_keys=(OLD,)) as gyre:
        await gyre.people.users.add("ada", PASSWORD)
        before, token = await signed_in(gyre), (await gyre.people.token("ada")).secret
    async with gyre_on(clusters, tmp_path, secret_keys=(NEW, OLD)) as gyre:
        assert await replace(gyre.nobody, cookie=before).data(ME) == me
        after = await signed_in(gyre)
        assert [kid(each) for each in (before, after)] == ["old", "new"]
    async with gyre_on(clusters, tmp_path, secret_keys=(NEW,)) as gyre:
        assert await replace(gyre.nobody, cookie=before).data(ME) == nobody
        assert await replace(gyre.nobody, cookie=after).data(ME) == me
        assert await replace(gyre.nobody, token=token).data(ME) == me

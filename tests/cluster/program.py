"""The whole program on a cluster: served on loopback, with its first administrator signed in.

What is asked of it stands in the tests.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from gyre.app import create_app
from gyre.auth.bootstrap import FirstAdmin
from gyre.kube.access import Access
from gyre.settings import SecretKey, Settings
from tests.cluster.writing import CLUSTER
from tests.support.answers import watched
from tests.support.clients import asking
from tests.support.graphql import Signed
from tests.support.people import UNLIMITED
from tests.support.serving import serving

PASSWORD = "a long winter's tale"
PERSON = """mutation($name: String!, $password: String!) {
  createUser(input: {username: $name, password: $password, role: EDITOR, mustChangePassword: false}) {
    user { id } errors { message }
  }
}"""
GROUP = (
    "mutation($name: String!, $id: ID!) { createGroup(input: {name: $name, members: [$id]}) { errors { message } } }"
)
SYNCS = "{ clusters { sync kinds { sync } events { sync } } }"
SETTLED_SECONDS = 60


@asynccontextmanager
async def open_program(access: Access, folder: Path, **more: Any) -> AsyncIterator[Signed]:
    """Gyre runs while inside, with this access to its one cluster, from when it has read there what it can.

    `more` are settings; without limits a minute unless some are given.
    """
    settings = Settings(data_dir=folder, secret_keys=(SecretKey("test", b"k" * 32),), **{**UNLIMITED, **more})
    made: list[FirstAdmin] = []
    app = create_app(settings, {CLUSTER: access}, announce=made.append)
    async with serving(watched(app)) as address, asking(timeout=30) as http:
        person = {"username": "admin", "password": made[0].password}
        signed_in = await http.post(f"http://{address}/api/auth/login", json=person)
        assert signed_in.status_code == httpx2.codes.OK
        signed = Signed(http, address, f"gyre_session={signed_in.cookies['gyre_session']}")
        await _settled(signed)
        yield signed


async def person(admin: Signed, name: str, group: str = "") -> Signed:
    """An editor of Gyre, in a new group if one is named, signed in."""
    made = (await admin.data(PERSON, name=name, password=PASSWORD))["createUser"]
    assert made["errors"] == []
    if group:
        assert (await admin.data(GROUP, name=group, id=made["user"]["id"]))["createGroup"]["errors"] == []
    answer = await admin.http.post(
        f"http://{admin.address}/api/auth/login", json={"username": name, "password": PASSWORD}
    )
    admin.http.cookies.clear()
    return Signed(admin.http, admin.address, answer.headers["set-cookie"].partition(";")[0])


async def _settled(signed: Signed) -> None:
    """Return when everything was read once, or could not be."""
    async with asyncio.timeout(SETTLED_SECONDS):
        while True:
            (cluster,) = (await signed.data(SYNCS))["clusters"]
            syncs = {cluster["sync"], cluster["events"]["sync"], *(kind["sync"] for kind in cluster["kinds"])}
            if cluster["kinds"] and "SYNCING" not in syncs:
                return
            await asyncio.sleep(0.05)

"""What Gyre itself stands on goes away in the middle, and comes back: its database, and Redis."""

import asyncio
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from gyre.settings import Settings
from models.connecting import open_database
from models.migrating import migrate
from tests.support.app import App, kustomization, open_app
from tests.support.databases import crash_postgres, fresh_postgres, restart_postgres
from tests.support.demo_process import DemoProcess
from tests.support.graphql import Signed
from tests.support.valkey import ValkeyProcess

pytestmark = pytest.mark.anyio

READ = "{ viewer { username } overview { total } }"
ACTION = "/api/flux/kustomizations/flux-system/tenants/reconcile"
LOGIN = """mutation { login(username: "admin", password: "a long winter's tale") {
  viewer { username } errors { code message }
} }"""
RECONCILE = """mutation {
  reconcile(input: {target: {kind: "ks", namespace: "flux-system", name: "tenants"}}) {
    resource { name } position errors { code }
  }
}"""
CHANGES = """subscription($after: Position) {
  resourceChanges(filter: {kinds: ["ks"]}, after: $after) { type position row { resourceVersion } }
}"""


async def signing_in(app: App) -> tuple[int, str]:
    """What comes of it over REST: the status, and the code of a refusal."""
    answer = await app.post("/api/auth/login", app.nobody, {"username": "admin", "password": "a long winter's tale"})
    app.http.cookies.clear()
    return answer.status_code, answer.json().get("error", {}).get("code", "")


async def it_heals(app: App) -> None:
    async with asyncio.timeout(30):
        while (await signing_in(app))[0] != 200:  # noqa: ASYNC110 # the database comes back when it does
            await asyncio.sleep(0.2)


async def test_postgres_killed_and_started_again(cluster: DemoProcess, tmp_path: Path) -> None:
    url = await migrated_postgres(tmp_path)
    async with open_app(tmp_path, cluster.access, database_url=url) as app:
        admin, other = await app.sign_in(), await app.sign_in()
        await app.synced(admin)
        await other.data("mutation { logout { errors { code } } }")
        await admin.data(READ)
        crash_postgres()
        try:
            assert (await admin.data(READ))["viewer"] == {"username": "admin"}  # who was known is believed for a minute
            await it_says_unavailable(app, other)
            await nothing_is_done_that_no_audit_could_hold(cluster, app, admin)
        finally:
            restart_postgres()
        await it_heals(app)
        assert (await admin.data(RECONCILE))["reconcile"]["errors"] == []
        assert (await other.data("{ viewer { username } }"))["viewer"] is None


async def migrated_postgres(folder: Path) -> str:
    url = fresh_postgres()
    async with open_database(Settings(data_dir=folder, database_url=url)) as connection:
        await migrate(connection)
    return url


async def it_says_unavailable(app: App, ended: Signed) -> None:
    for who, query in ((ended, READ), (app.nobody, LOGIN)):
        said = str(await who.ask(query))
        assert "UNAVAILABLE" in said
        assert "try again in a moment" in said
    assert await signing_in(app) == (503, "UNAVAILABLE")
    assert (await app.get("/api/flux/kustomizations", ended)).status_code == 503
    assert (await app.get("/livez")).status_code == 200


async def nothing_is_done_that_no_audit_could_hold(cluster: DemoProcess, app: App, admin: Signed) -> None:
    async with cluster.kubectl() as kubectl:
        before = await kubectl.get(kustomization("tenants"))
        assert "UNAVAILABLE" in str(await admin.ask(RECONCILE))
        answer = await app.post(ACTION, admin)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")
        after = await kubectl.get(kustomization("tenants"))
    assert after["metadata"].get("annotations") == before["metadata"].get("annotations")


async def test_an_sqlite_file_that_somebody_locks(cluster: DemoProcess, tmp_path: Path) -> None:
    async with open_app(tmp_path, cluster.access) as app:
        admin = await app.sign_in()
        await app.synced(admin)
        locking = sqlite3.connect(app.database)
        locking.execute("BEGIN EXCLUSIVE")
        try:
            assert (await admin.data(READ))["viewer"] == {"username": "admin"}
            assert await signing_in(app) == (503, "UNAVAILABLE")
        finally:
            locking.close()
        assert await signing_in(app) == (200, "")


async def test_an_sqlite_file_that_is_no_database_any_more(cluster: DemoProcess, tmp_path: Path) -> None:
    async with open_app(tmp_path, cluster.access) as app:
        admin = await app.sign_in()
        await app.synced(admin)
        kept = app.database.read_bytes()
        with app.database.open("r+b") as file:
            file.write(os.urandom(len(kept)))
        beside = [app.database.with_name(app.database.name + end) for end in ("-wal", "-shm")]
        for each in beside:
            each.write_bytes(os.urandom(4096))
        assert (await admin.data(READ))["viewer"] == {"username": "admin"}
        assert await signing_in(app) == (503, "UNAVAILABLE")
        assert (await app.post(ACTION, admin)).status_code == 503


async def test_redis_killed_and_started_again(cluster: DemoProcess, tmp_path: Path) -> None:
    valkey = ValkeyProcess(tmp_path)
    valkey.start()
    try:
        async with open_app(tmp_path / "data", cluster.access, redis_url=valkey.url) as app:
            admin = await app.sign_in()
            await app.synced(admin)
            async with admin.socket() as socket:
                await socket.init()
                position = (await admin.data("{ resources(first: 1) { position } }"))["resources"]["position"]
                await socket.subscribe("1", CHANGES, after=position)
                await heard(socket, await changed(cluster, "before"))
                valkey.kill()
                await heard(socket, await changed(cluster, "while it is away"))
                assert (await admin.data(RECONCILE))["reconcile"]["errors"] == []
                valkey.start()
                await heard(socket, await changed(cluster, "after"))
    finally:
        valkey.close()


async def changed(cluster: DemoProcess, note: str) -> str:
    """The version that an object has after a change beside Gyre."""
    async with cluster.kubectl() as kubectl:
        done = await kubectl.annotate(kustomization("infra-configs"), note=note)
    return str(done["metadata"]["resourceVersion"])


async def heard(socket: Any, version: str) -> None:
    async with asyncio.timeout(10):
        while True:
            change = (await socket.hear())["payload"]["data"]["resourceChanges"]
            if change["row"] and change["row"]["resourceVersion"] == version:
                return

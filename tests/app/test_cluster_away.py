"""A Kubernetes API that is down at the start, killed in the middle, or hangs: what is served, said, and healed."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.support.app import App, kustomization, open_app
from tests.support.demo_process import DemoProcess
from tests.support.graphql import Signed

pytestmark = pytest.mark.anyio

ROWS = """{ resources(filter: {kinds: ["ks"]}, first: 1000) {
  totalCount nodes { namespace name } errors { cluster kind code message staleSince }
} }"""
ONE = """{ resource(kind: "ks", namespace: "flux-system", name: "tenants") { name suspended staleSince } }"""
SUSPEND = """mutation {
  suspend(input: {target: {kind: "ks", namespace: "flux-system", name: "tenants"}}) {
    resource { name } position errors { code message }
  }
}"""
OVERVIEW = "subscription { overviewChanges { total errors { code } } }"
LIST = "/api/flux/kustomizations"


@pytest.fixture
def cluster(tmp_path: Path) -> DemoProcess:
    return DemoProcess(tmp_path / "demo")


async def rows(who: Signed) -> dict[str, Any]:
    return (await who.data(ROWS))["resources"]  # type: ignore[no-any-return]


async def live_rows(who: Signed) -> dict[str, Any]:
    """Wait until rows are served without a reservation."""
    async with asyncio.timeout(40):
        while True:
            answer = await who.ask(ROWS)
            if answer.get("data") and not answer["data"]["resources"]["errors"]:
                return answer["data"]["resources"]  # type: ignore[no-any-return]
            await asyncio.sleep(0.1)


async def ready(app: App) -> tuple[int, str]:
    answer = await app.get("/readyz")
    return answer.status_code, answer.json().get("status", "")


async def test_gyre_starts_while_its_cluster_is_down_says_so_and_heals_when_it_comes(
    cluster: DemoProcess, tmp_path: Path
) -> None:
    await cluster.start()
    await cluster.kill()  # its kubeconfig is there, nobody answers
    try:
        began = asyncio.get_running_loop().time()
        async with open_app(tmp_path / "data", cluster.access) as app:
            assert asyncio.get_running_loop().time() - began < 10
            admin = await app.sign_in()
            said = await app.synced(admin, "ERROR")
            assert said["kinds"] == []
            refused = f"default: the API server can't be reached: 127.0.0.1:{cluster.port}: Connection refused"
            assert said["problem"] == refused
            assert (await app.get("/livez")).status_code == 200
            assert await ready(app) == (200, "ready")
            assert (await app.get("/api/health")).json()["status"] == "degraded"
            await nothing_is_known(app, admin, cluster.port)
            async with admin.socket() as socket:
                await socket.init()
                await socket.subscribe("1", OVERVIEW)
                assert (await socket.hear())["payload"]["errors"][0]["extensions"]["code"] == "NOT_SYNCED"
                await cluster.start()
                async with asyncio.timeout(40):
                    while True:
                        payload = (await socket.hear(40))["payload"]
                        if payload["data"] and not payload["data"]["overviewChanges"]["errors"]:
                            break
            assert payload["data"]["overviewChanges"]["total"] > 0
            assert (await live_rows(admin))["totalCount"] > 0
    finally:
        await cluster.close()


async def nothing_is_known(app: App, admin: Signed, port: int) -> None:
    """Neither face takes the unknown for the empty or the missing, and no write is tried."""
    for query in (ROWS, ONE, "{ overview { total } }"):
        error = (await admin.ask(query))["errors"][0]
        assert error["extensions"]["code"] == "NOT_SYNCED"
        assert error["message"] == (
            f"default has not been read yet: the API server can't be reached: 127.0.0.1:{port}: Connection refused. "
            "Gyre tries again by itself."
        )
    for path in (LIST, f"{LIST}/flux-system/tenants"):
        answer = await app.get(path, admin)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "NOT_SYNCED")
        assert int(answer.headers["retry-after"]) > 0
    refused = (await admin.data(SUSPEND))["suspend"]
    assert [error["code"] for error in refused["errors"]] == ["NOT_SYNCED"]


async def test_a_cluster_killed_in_the_middle_is_served_as_it_was_and_nothing_is_done_there(
    cluster: DemoProcess, tmp_path: Path
) -> None:
    async with cluster, open_app(tmp_path / "data", cluster.access) as app:
        admin = await app.sign_in()
        await app.synced(admin)
        before = await rows(admin)
        async with admin.socket() as socket:
            await socket.init()
            await socket.subscribe("1", OVERVIEW)
            await cluster.kill()
            async with asyncio.timeout(20):
                while "STALE" not in str((await socket.hear(20))["payload"]):
                    pass
            await it_is_served_as_stale(app, admin, before)
            await cluster.start()
            async with asyncio.timeout(40):
                while True:
                    seen = (await socket.hear(40))["payload"]["data"]["overviewChanges"]
                    if not seen["errors"]:
                        break
        after = await live_rows(admin)
        assert after["totalCount"] == before["totalCount"]
        assert (await admin.data(ONE))["resource"] == {"name": "tenants", "suspended": False, "staleSince": None}
        async with cluster.kubectl() as kubectl:
            assert "suspend" not in (await kubectl.get(kustomization("tenants")))["spec"]
        done = (await admin.data(SUSPEND))["suspend"]
        assert (done["resource"], done["errors"]) == ({"name": "tenants"}, [])


async def it_is_served_as_stale(app: App, admin: Signed, before: dict[str, Any]) -> None:
    stale = await rows(admin)
    assert stale["nodes"] == before["nodes"]
    error = stale["errors"][0]
    assert (error["cluster"], error["kind"], error["code"]) == ("default", "Kustomization", "STALE")
    assert error["message"].startswith(f"Kustomization on default may have changed since {error['staleSince']}: ")
    listed = (await app.get(LIST, admin)).json()
    assert (listed["total"], listed["staleSince"]) == (before["totalCount"], error["staleSince"])
    assert (await admin.data(ONE))["resource"]["staleSince"] == error["staleSince"]
    refused = (await admin.data(SUSPEND))["suspend"]
    assert (refused["resource"], refused["position"]) == (None, None)
    assert [each["code"] for each in refused["errors"]] == ["CLUSTER_UNREACHABLE"]
    over_rest = await app.post(f"{LIST}/flux-system/tenants/suspend", admin)
    assert (over_rest.status_code, over_rest.json()["error"]["code"]) == (502, "CLUSTER_UNREACHABLE")
    assert (await admin.data(ONE))["resource"]["suspended"] is False
    assert await ready(app) == (200, "ready")


async def test_reads_are_answered_at_once_while_the_cluster_hangs(cluster: DemoProcess, tmp_path: Path) -> None:
    async with cluster, open_app(tmp_path / "data", cluster.access) as app:
        admin = await app.sign_in()
        await app.synced(admin)
        before = await rows(admin)
        cluster.freeze()
        try:
            write = asyncio.create_task(admin.data(SUSPEND))
            async with asyncio.timeout(3):
                assert (await rows(admin))["nodes"] == before["nodes"]
                assert (await app.get(LIST, admin)).json()["total"] == before["totalCount"]
                assert (await app.get("/readyz")).status_code == 200
            assert not write.done()
        finally:
            cluster.thaw()
        assert (await write)["suspend"]["errors"] == []
        assert (await admin.data(ONE))["resource"]["suspended"] is True

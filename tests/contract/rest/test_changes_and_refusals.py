"""The documented changes, Events and errors, a test for each sentence: what is told, and what is refused."""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from tests.contract.rest.conftest import ALL, Client, kustomization, made
from tests.support.app import PASSWORD
from tests.support.clients import asking
from tests.support.demo_process import DemoProcess

pytestmark = pytest.mark.anyio

MESSAGE = {"type", "cluster", "resourceType", "namespace", "name", "resource", "position"}


async def test_events_are_of_the_namespace_and_no_more_than_the_limit(client: Client) -> None:
    path = "/api/events?namespace=flux-system&limit=2"
    answer = await client.eventually(path, lambda seen: bool(seen.json()["events"]))
    events = answer.json()["events"]
    assert (answer.status_code, 1 <= len(events) <= 2) == (200, True)
    assert {each["metadata"]["namespace"] for each in events} == {"flux-system"}


async def test_without_a_limit_fifty_events_are_told_the_newest(client: Client) -> None:
    await client.eventually("/api/events", lambda seen: seen.json()["total"] > 50)
    told = (await client.ask("GET", "/api/events")).json()
    more = (await client.ask("GET", "/api/events?limit=51")).json()
    assert (len(told["events"]), len(more["events"])) == (50, 51)
    assert told["total"] > 50


def listening(client: Client, query: str = "") -> "websockets.connect":
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in client.http.cookies.items())}
    origin = websockets.Origin(f"http://{client.app.address}")
    return websockets.connect(
        f"ws://{client.app.address}/api/ws{query}", additional_headers=headers, origin=origin, proxy=None
    )


async def update(socket: ClientConnection, kind: str, name: str, **labels: str) -> dict[str, Any]:
    """The next change of this object, with these labels if any are named."""
    async with asyncio.timeout(60):
        while True:
            told: dict[str, Any] = json.loads(await socket.recv())
            if (told["type"], told.get("name")) == (kind, name):
                found = told["resource"]["metadata"].get("labels", {})
                if labels.items() <= found.items():
                    return told


async def test_the_websocket_tells_what_is_added_modified_and_deleted_as_json(client: Client) -> None:
    async with listening(client) as socket:
        assert json.loads(await socket.recv())["type"] == "connected"
        resource = await made(client, "watched")
        added = await update(socket, "added", "watched")
        label = {key: resource[key] for key in ("apiVersion", "kind")} | {"metadata": {"labels": {"team": "shop"}}}
        applied = await client.ask("PATCH", f"{ALL}/flux-system/watched", {"resource": label})
        assert applied.status_code == 200, applied.text
        modified = await update(socket, "modified", "watched", team="shop")
        assert (await client.ask("DELETE", f"{ALL}/flux-system/watched")).status_code == 200
        deleted = await update(socket, "deleted", "watched")
    for told in (added, modified, deleted):
        assert set(told) == MESSAGE
        assert (told["cluster"], told["resourceType"], told["namespace"]) == (
            "default",
            "kustomizations",
            "flux-system",
        )
        assert (told["resource"]["kind"], told["resource"]["metadata"]["uid"]) == (
            "Kustomization",
            resource["metadata"]["uid"],
        )
    async with listening(client, f"?after={modified['position']}") as socket:
        assert await update(socket, "deleted", "watched") == deleted
    after = await client.ask("GET", f"{ALL}/flux-system/watched?after={deleted['position']}")
    assert after.status_code == 404


async def test_each_call_is_of_the_cluster_that_query_or_body_name(client: Client, tmp_path: Path) -> None:
    async with DemoProcess(tmp_path) as other:
        wanted = {"name": "staging", "kubeconfig": other.kubeconfig.read_text(), "context": "gyre-demo"}
        assert (await client.ask("POST", "/api/clusters", wanted)).status_code == 201
        await client.eventually(f"{ALL}?cluster=staging", lambda seen: seen.status_code == 200)
        there = {"cluster": "staging", "resource": kustomization("only-there")}
        assert (await client.ask("POST", ALL, there)).status_code == 201
        found = {
            cluster: "only-there" in [each["metadata"]["name"] for each in (await listed(client, cluster))]
            for cluster in ("", "?cluster=default", "?cluster=staging")
        }
        assert found == {"": False, "?cluster=default": False, "?cluster=staging": True}
        place = f"{ALL}/flux-system/only-there"
        for method, path, body in (
            ("GET", place, None),
            ("PUT", place, {"resource": kustomization("only-there")}),
            ("POST", f"{place}/resume", None),
            ("DELETE", place, None),
        ):
            assert (await client.ask(method, path, body)).status_code == 404, method
        resumed = await client.ask("POST", f"{place}/resume", {"cluster": "staging", "dryRun": True})
        assert (resumed.status_code, resumed.json()) == (200, {"success": True, "dryRun": True})
        assert (await client.ask("GET", f"{place}?cluster=staging")).status_code == 200
        assert (await client.ask("DELETE", f"{place}?cluster=staging")).status_code == 200
        assert (await client.ask("DELETE", "/api/clusters/staging")).status_code == 200
    assert (await client.ask("GET", f"{ALL}?cluster=staging")).status_code == 404


async def listed(client: Client, query: str) -> list[dict[str, Any]]:
    return (await client.ask("GET", f"{ALL}{query}")).json()["resources"]  # type: ignore[no-any-return]


async def test_who_may_see_but_not_do_is_403_and_it_is_not_done(client: Client) -> None:
    await made(client, "guarded")
    await client.ask("POST", "/api/users", {"username": "viewer", "password": PASSWORD, "role": "viewer"})
    async with asking(client.app.address, timeout=30) as viewer:
        await viewer.post("/api/auth/login", json={"username": "viewer", "password": PASSWORD})
        assert (await viewer.get(f"{ALL}/flux-system/guarded")).status_code == 200
        for method, path in (
            ("POST", f"{ALL}/flux-system/guarded/resume"),
            ("DELETE", f"{ALL}/flux-system/guarded"),
            ("GET", "/api/users"),
            ("DELETE", "/api/clusters/default"),
        ):
            answer = await viewer.request(method, path)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "FORBIDDEN"), path
    now = (await client.ask("GET", f"{ALL}/flux-system/guarded")).json()["resource"]
    assert (now["spec"]["suspend"], "deletionTimestamp" in now["metadata"]) == (True, False)


async def test_what_nobody_foresaw_is_500_in_the_same_format_and_tells_nothing_of_the_inside(client: Client) -> None:
    policy = {"name": "broken", "rules": [{"resources": ["*"], "namespaces": ["*"], "actions": ["view"]}]}
    assert (await client.ask("POST", "/api/rbac/policies", policy)).status_code == 201
    with sqlite3.connect(client.app.database, timeout=20) as database:
        (rules,) = database.execute("SELECT rules FROM policies WHERE name = 'broken'").fetchone()
        database.execute("UPDATE policies SET rules = '{no JSON' WHERE name = 'broken'")
    answer = await client.ask("GET", "/api/rbac/policies")
    with sqlite3.connect(client.app.database, timeout=20) as database:
        database.execute("UPDATE policies SET rules = ? WHERE name = 'broken'", (rules,))
    error = answer.json()["error"]
    assert (answer.status_code, set(answer.json()), error["code"]) == (500, {"error"}, "INTERNAL")
    assert (set(error["details"]), error["details"]["requestId"] in error["message"]) == ({"requestId"}, True)
    assert "JSON" not in answer.text
    assert (await client.ask("GET", "/api/rbac/policies")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", f"{ALL}/flux-system/nothing", 404, "RESOURCE_NOT_FOUND"),
        ("GET", "/api/flux/sausages", 404, "UNKNOWN_KIND"),
        ("GET", "/api/nothing", 404, "NOT_FOUND"),
        ("PUT", "/api/health", 405, "METHOD_NOT_ALLOWED"),
        ("POST", "/api/users", 415, "UNSUPPORTED_MEDIA_TYPE"),
    ],
)
async def test_every_error_has_a_code_a_message_and_details(
    client: Client, method: str, path: str, status: int, code: str
) -> None:
    answer = await client.http.request(method, path)
    error = answer.json()["error"]
    assert (answer.status_code, set(answer.json()), set(error)) == (status, {"error"}, {"code", "message", "details"})
    assert (error["code"], bool(error["message"]), isinstance(error["details"], dict)) == (code, True, True)


@pytest.mark.parametrize("path", ["/api/users", "/api/clusters", ALL, "/api/events", "/api/rbac/policies"])
async def test_who_is_not_signed_in_is_401(client: Client, path: str) -> None:
    answer = await client.stranger("GET", path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "UNAUTHENTICATED")

"""What the embedded cluster answers beyond the contract: its own memory, its own limits, its own door."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from gyre.demo.builtin_kinds import CONFIG_MAP, POD, SECRET
from gyre.demo.store import Store
from tests.support.clocks import HandClock

pytestmark = pytest.mark.anyio

CONFIG_MAPS = "/api/v1/namespaces/prod/configmaps"


def fill(store: Store, count: int) -> None:
    for number in range(count):
        store.create(CONFIG_MAP, "prod", {"metadata": {"name": f"map-{number:03}"}})


def names(answer: httpx2.Response) -> list[str]:
    return [item["metadata"]["name"] for item in answer.json()["items"]]


async def test_without_a_token_nobody_gets_in(http: httpx2.AsyncClient) -> None:
    for headers in ({"authorization": ""}, {"authorization": "Bearer wrong"}, {"authorization": "the-token"}):
        answer = await http.get(CONFIG_MAPS, headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (401, "Unauthorized")
    assert (await http.get("/readyz", headers={"authorization": ""})).text == "ok"


async def test_a_page_after_the_memory_is_gone_says_so_and_offers_to_go_on(
    http: httpx2.AsyncClient, store: Store
) -> None:
    fill(store, 6)
    first = (await http.get(CONFIG_MAPS, params={"limit": "2"})).json()
    store.delete(CONFIG_MAP, "prod", "map-003")
    store.forget(store.version)
    gone = await http.get(CONFIG_MAPS, params={"limit": "2", "continue": first["metadata"]["continue"]})
    assert (gone.status_code, gone.json()["reason"]) == (410, "Expired")
    assert gone.json()["message"].startswith("The provided continue parameter is too old to display a consistent list")
    rest = await http.get(CONFIG_MAPS, params={"continue": gone.json()["metadata"]["continue"]})
    assert (rest.status_code, names(rest)) == (200, ["map-002", "map-004", "map-005"])


async def test_a_state_from_before_the_memory_cannot_be_read(http: httpx2.AsyncClient, store: Store) -> None:
    fill(store, 1)
    then = store.version
    fill_more = [{"metadata": {"name": f"more-{number}"}} for number in range(30)]  # more than the ring holds
    for manifest in fill_more:
        store.create(CONFIG_MAP, "prod", manifest)
    answer = await http.get(CONFIG_MAPS, params={"resourceVersion": str(then), "resourceVersionMatch": "Exact"})
    assert (answer.status_code, answer.json()["reason"]) == (410, "Expired")
    watch = await http.get(CONFIG_MAPS, params={"resourceVersion": str(then), "watch": "true"})
    assert watch.status_code == 200
    assert (watch.json()["type"], watch.json()["object"]["code"]) == ("ERROR", 410)


async def test_pages_stay_consistent_while_everything_changes(http: httpx2.AsyncClient, store: Store) -> None:
    fill(store, 9)
    before = names(await http.get(CONFIG_MAPS))
    seen, remaining, token = [], [], ""
    for step in range(5):
        query = {"limit": "2", **({"continue": token} if token else {})}
        page = await http.get(CONFIG_MAPS, params=query)
        seen += names(page)
        token = page.json()["metadata"].get("continue", "")
        remaining.append(page.json()["metadata"].get("remainingItemCount"))
        store.delete(CONFIG_MAP, "prod", f"map-{8 - step:03}")
        store.create(CONFIG_MAP, "prod", {"metadata": {"name": f"map-{step:03}-new"}})
        store.create(CONFIG_MAP, "prod", {"metadata": {"name": f"zzz-{step}"}})
    assert (seen, remaining, token) == (before, [7, 5, 3, 1, None], "")


async def test_a_body_beyond_three_mebibytes_is_refused(http: httpx2.AsyncClient, store: Store) -> None:
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "big"}, "data": {"x": "x" * 3 * 1024 * 1024}}
    answer = await http.post(CONFIG_MAPS, json=body)
    assert (answer.status_code, answer.json()["reason"]) == (413, "RequestEntityTooLarge")
    assert store.find(CONFIG_MAP, "prod", "big") is None


async def test_yaml_is_read_too(http: httpx2.AsyncClient, store: Store) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\ndata: {a: b}\n"
    answer = await http.post(CONFIG_MAPS, content=text.encode(), headers={"content-type": "application/yaml"})
    assert (answer.status_code, store.get(CONFIG_MAP, "prod", "plain").read()["data"]) == (201, {"a": "b"})


async def test_plain_secret_values_are_kept_encoded(http: httpx2.AsyncClient, store: Store) -> None:
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"key": "word"}}
    answer = await http.post("/api/v1/namespaces/prod/secrets", json=body)
    assert (answer.json()["data"], answer.json()["type"]) == ({"key": "d29yZA=="}, "Opaque")
    assert "stringData" not in store.get(SECRET, "prod", "s").read()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/api/",
        "/api//",
        "/api/v1/",
        "/api/v2/pods",
        "/api/v1/namespaces/prod/",
        "/api/v1/namespaces/prod//x",
        "/api/v1/namespaces/prod/configmaps/a/b/c/d",
        "/api/v1/namespaces/prod/configmaps/%00",
        "/api/v1/namespaces/prod/configmaps/%F0%9F%A6%86",
        "/api/v1/namespaces/prod/configmaps/..%2F..",
        "/api/v1/namespaces/prod/configmaps/none/status",
        "/api/v1/namespaces/prod/pods/none/log",
        "/apis/apps/v1/namespaces/prod/deployments/none/scale",
        "/api/v1/namespaces/prod/namespaces/prod",
        "/api/v1/configmaps/none",
        "/apis/apps",
        "/apis/none/v1/x",
        "/openapi/v3/none",
        "/apis/authorization.k8s.io/v1/none",
    ],
)
async def test_whatever_a_path_is_it_is_answered(http: httpx2.AsyncClient, path: str, method: str) -> None:
    body: Any = {} if method in ("POST", "PUT", "PATCH") else None
    answer = await http.request(method, path, json=body)
    assert answer.status_code in (200, 400, 404, 405, 415, 422)


@pytest.mark.parametrize(
    "query",
    [
        {"labelSelector": "((("},
        {"labelSelector": "a in ("},
        {"labelSelector": ",,,"},
        {"labelSelector": "a>x"},
        {"labelSelector": "x" * 5000},
        {"fieldSelector": "="},
        {"fieldSelector": "metadata.name"},
        {"fieldSelector": "a=b,,c"},
        {"limit": "-1"},
        {"limit": "9" * 30},
        {"continue": "\0"},
        {"continue": "bnVsbA"},
        {"continue": "eyJ2IjoxfQ"},
        {"resourceVersion": "-1"},
        {"resourceVersion": "9" * 5000},
        {"limit": "9" * 5000},
        {"resourceVersion": "9" * 40, "watch": "true", "timeoutSeconds": "1"},
        {"timeoutSeconds": "soon", "watch": "true"},
        {"timeoutSeconds": "-5", "watch": "true"},
    ],
    ids=str,
)
async def test_whatever_a_query_is_it_is_answered(http: httpx2.AsyncClient, clock: HandClock, query: Any) -> None:
    asking = asyncio.ensure_future(http.get(CONFIG_MAPS, params=query))
    for _ in range(50):
        await clock.turn(seconds=1)
        await asyncio.sleep(0.01)
        if asking.done():
            break
    assert (await asking).status_code in (200, 400, 422)


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {"metadata": []},
        {"metadata": {"name": 3}},
        {"metadata": {"name": "x", "labels": []}},
        {"metadata": {"name": "x", "ownerReferences": "x"}},
        {"metadata": {"name": "x"}, "spec": 3},
        {"metadata": {"name": "x"}, "spec": {"containers": "x"}},
        {"metadata": {"name": "x"}, "spec": {"containers": [3]}},
        {"metadata": {"name": "\0"}, "spec": {"containers": [{"name": "x", "image": "x"}]}},
    ],
)
async def test_a_malformed_object_is_refused_with_a_status(http: httpx2.AsyncClient, store: Store, body: Any) -> None:
    made = await http.post("/api/v1/namespaces/prod/pods", json=body)
    applied = await http.patch(
        "/api/v1/namespaces/prod/pods/x",
        content=json.dumps(body).encode(),
        params={"fieldManager": "me"},
        headers={"content-type": "application/apply-patch+yaml"},
    )
    for answer in (made, applied):
        assert answer.status_code in (400, 422)
        assert answer.json()["kind"] == "Status"
    assert store.list(POD) == []

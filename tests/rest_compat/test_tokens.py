"""API tokens over the REST API and its WebSocket."""

import json
from typing import Any

import httpx2
import pytest
import websockets

from gyre.terms.people import Role
from models.tokens import ApiToken
from tests.rest_compat.conftest import Gyre, refusal
from tests.support.clients import asking
from tests.support.people import scope

pytestmark = pytest.mark.anyio

LIST = "/api/flux/kustomizations"


def robot(gyre: Gyre, token: str, **headers: str) -> httpx2.AsyncClient:
    return asking(gyre.address, headers={"authorization": f"Bearer {token}", **headers})


async def first(socket: websockets.ClientConnection) -> dict[str, Any]:
    return json.loads(await socket.recv())  # type: ignore[no-any-return]


async def test_it_is_made_listed_used_and_revoked_as_documented(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada", Role.EDITOR)
    rule = {"resources": ["kustomizations"], "namespaces": ["prod"], "actions": ["view"]}
    made = await ada.post("/api/tokens", json={"name": "ci", "expiresInDays": 1, "scope": [rule]})
    assert made.status_code == 201
    token, secret = made.json()["token"], made.json()["secret"]
    assert list(token) == [
        *("id", "userId", "username", "name", "hint", "scope"),
        *("createdAt", "expiresAt", "expired", "usedAt", "usedFrom"),
    ]
    assert (token["username"], token["name"], token["hint"]) == ("ada", "ci", secret[:9])
    assert (token["scope"], token["usedAt"]) == ([{"clusters": ["*"], **rule}], None)
    async with robot(gyre, secret) as asking:
        found = (await asking.get(LIST)).json()["resources"]
        assert [each["metadata"]["namespace"] for each in found] == ["prod"]
        assert refusal(await asking.post(f"{LIST}/prod/apps/reconcile")) == (403, "FORBIDDEN")
        assert gyre.cluster.writes == []
    listed = (await ada.get("/api/tokens")).json()
    assert listed["total"] == 1
    assert listed["tokens"] == [{**token, "usedAt": listed["tokens"][0]["usedAt"], "usedFrom": "127.0.0.1"}]
    assert (await ada.delete(f"/api/tokens/{token['id']}")).json() == {"success": True}
    assert refusal(await ada.delete(f"/api/tokens/{token['id']}")) == (404, "TOKEN_NOT_FOUND")
    async with robot(gyre, secret, cookie=ada.headers["cookie"]) as asking:
        answer = await asking.get(LIST)
        assert refusal(answer) == (401, "UNAUTHENTICATED")
        assert answer.json()["error"]["details"] == {"reason": "TOKEN_REVOKED"}
        assert answer.headers["www-authenticate"] == 'Bearer realm="gyre", error="invalid_token"'
    await ada.aclose()


async def test_no_token_makes_another_or_changes_a_password(gyre: Gyre) -> None:
    await (await gyre.signed_in("ada")).aclose()
    made = await gyre.people.token("ada")
    async with robot(gyre, made.secret) as asking:
        assert refusal(await asking.post("/api/tokens", json={"name": "more"})) == (403, "FORBIDDEN")
        words = {"old": "a long winter's tale", "new": "a summer's tale of mine"}
        assert refusal(await asking.post("/api/auth/password", json=words)) == (403, "FORBIDDEN")
        change = await asking.put(f"/api/users/{made.token.user_id}", json={"password": words["new"]})
        assert refusal(change) == (403, "FORBIDDEN")
        assert refusal(await asking.post("/api/auth/logout")) == (403, "FORBIDDEN")
    assert await ApiToken.all().count() == 1
    assert await gyre.people.users.password_is("ada", words["old"])


async def test_a_page_of_any_origin_may_act_with_a_token_and_none_with_a_cookie(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    made = await gyre.people.token("ada")
    foreign = {"origin": "https://elsewhere.example"}
    body = {"name": "x", "rules": [{"resources": ["*"], "namespaces": ["*"], "actions": ["view"]}]}
    async with robot(gyre, made.secret, **foreign) as asking:
        assert (await asking.post("/api/rbac/policies", json=body)).status_code == 201
    assert refusal(await ada.post("/api/rbac/policies", json=body, headers=foreign)) == (403, "FORBIDDEN")
    await ada.aclose()


async def test_the_websocket_takes_it_as_a_header_and_as_a_subprotocol_and_never_echoes_it(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada", Role.EDITOR)
    made = await gyre.people.token("ada", scope("kustomizations", "*", "view"))
    protocols = [websockets.Subprotocol("gyre"), websockets.Subprotocol(f"gyre.token.{made.secret}")]
    asking = robot(gyre, made.secret)
    by_header = gyre.socket(asking)
    by_protocol = gyre.socket(None, subprotocols=protocols, origin="https://elsewhere.example")
    async with by_header as one, by_protocol as other:
        assert [(await first(each))["type"] for each in (one, other)] == ["connected"] * 2
        assert (one.subprotocol, other.subprotocol) == (None, "gyre")
        assert other.response is not None
        assert made.secret not in str(other.response.headers)
        await gyre.people.directory.tokens.revoke(made.token.id, "by ada")
        for socket in (one, other):
            await socket.wait_closed()
            assert socket.close_code == 4401
    async with gyre.socket(ada, subprotocols=protocols) as wrong:
        await wrong.wait_closed()
        assert wrong.close_code == 4401
    await asking.aclose()
    await ada.aclose()

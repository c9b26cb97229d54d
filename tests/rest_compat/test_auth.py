"""Signing in and out, as the document says it."""

import pytest

from gyre.terms.people import Role
from tests.rest_compat.conftest import Gyre, refusal
from tests.support.people import PASSWORD

pytestmark = pytest.mark.anyio


async def test_login_answers_with_the_user_and_a_session(gyre: Gyre) -> None:
    person = await gyre.people.users.add("admin", PASSWORD, role=Role.ADMIN)
    answer = await gyre.http.post("/api/auth/login", json={"username": "admin", "password": PASSWORD})

    assert answer.status_code == 200
    assert answer.json() == {"success": True, "user": {"id": str(person.id), "username": "admin", "role": "admin"}}
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("gyre_session=")
    assert "; Path=/; HttpOnly; SameSite=Lax" in cookie
    assert (await gyre.http.get("/api/flux/kustomizations")).status_code == 200


@pytest.mark.parametrize("username", ["admin", "nobody", "", "a\u0000b", "x" * 1024])
async def test_a_wrong_login_is_one_answer_whatever_is_wrong(gyre: Gyre, username: str) -> None:
    await gyre.people.users.add("admin", PASSWORD, role=Role.ADMIN)
    answer = await gyre.http.post("/api/auth/login", json={"username": username, "password": "wrong"})

    assert refusal(answer) == (401, "UNAUTHENTICATED")
    assert answer.json()["error"]["message"] == "the user name or the password is wrong"
    assert "set-cookie" not in answer.headers


async def test_logout_ends_the_session_everywhere(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    assert (await ada.get("/api/flux/kustomizations")).status_code == 200
    answer = await ada.post("/api/auth/logout")

    assert answer.json() == {"success": True}
    assert answer.headers["set-cookie"].startswith("gyre_session=; Max-Age=0")
    assert refusal(await ada.get("/api/flux/kustomizations")) == (401, "UNAUTHENTICATED")
    assert refusal(await ada.post("/api/auth/logout")) == (401, "UNAUTHENTICATED")
    await ada.aclose()


async def test_another_website_cannot_sign_anyone_out(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    answer = await ada.post("/api/auth/logout", headers={"origin": "https://evil.example"})

    assert refusal(answer) == (403, "FORBIDDEN")
    assert (await ada.get("/api/flux/kustomizations")).status_code == 200
    await ada.aclose()

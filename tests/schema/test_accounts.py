"""Invitations, one's own profile and preferences, and who one is to providers, as GraphQL has them."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from gyre.audit import settled
from gyre.terms.people import Role
from models.auditing import AuditEntry
from models.identities import Invite, Preferences
from models.people import Session, User
from tests.support.cluster import KUSTOMIZATIONS, open_cluster
from tests.support.graphql import DEFAULT, Gyre, Signed, gyre_on
from tests.support.people import HERE
from tests.support.world import ACME

pytestmark = pytest.mark.anyio

INVITE = """mutation($input: InviteUserInput!) {
  inviteUser(input: $input) { user { id username role displayName email active } link errors { code path } }
}"""
RENEW = "mutation($id: ID!) { renewInvite(userId: $id) { user { username } link errors { code } } }"
WITHDRAW = "mutation($id: ID!) { withdrawInvite(userId: $id) { user { username } errors { code } } }"
ACCEPT = """mutation($token: String!, $password: String!) {
  acceptInvite(token: $token, password: $password) { viewer { username role } errors { code path } }
}"""
INVITATION = "query($token: String!) { invitation(token: $token) { username } }"
PREFERENCES = "theme favourites { cluster kind namespace name } views { name query }"
PREFER = f"""mutation($input: PreferencesInput!) {{
  updatePreferences(input: $input) {{ preferences {{ {PREFERENCES} }} errors {{ code message }} }}
}}"""
PROFILE = """mutation($name: String, $email: String) {
  updateProfile(displayName: $name, email: $email) { profile { displayName email } errors { code path } }
}"""
LINK = """mutation($input: IdentityInput!) {
  linkIdentity(input: $input) { identity { username issuer subject } errors { code } }
}"""
UNLINK = "mutation($input: IdentityInput!) { unlinkIdentity(input: $input) { identity { subject } errors { code } } }"
NEW = "quiet rivers run deep"


@pytest.fixture(scope="module")
async def gyre(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gyre]:
    folder = tmp_path_factory.mktemp("gyre")
    async with (
        open_cluster(KUSTOMIZATIONS) as cluster,
        gyre_on({DEFAULT: cluster.access(folder)}, folder, oidc_providers=(ACME,)) as gyre,
    ):
        yield gyre


@pytest.fixture
async def admin(gyre: Gyre) -> Signed:
    return await gyre.signed_in("admin")


async def invited(admin: Signed, **more: Any) -> tuple[str, str]:
    """Somebody new: their id, and the token of their link."""
    answer = await admin.data(INVITE, input={"username": f"eve-{uuid4().hex[:8]}", **more})
    payload = answer["inviteUser"]
    assert payload["errors"] == []
    path, _, token = payload["link"].partition("#")
    assert (path, len(token)) == ("/invite", 43)
    return payload["user"]["id"], token


async def accept(gyre: Gyre, token: str, password: str = NEW) -> dict[str, Any]:
    answer = await gyre.nobody.data(ACCEPT, token=token, password=password)
    found: dict[str, Any] = answer["acceptInvite"]
    return found


async def test_who_is_invited_sets_a_password_once_and_is_let_in(gyre: Gyre, admin: Signed) -> None:
    user = {"username": "Grace", "role": "EDITOR", "displayName": " Grace H. ", "email": "grace@acme.test"}
    made = (await admin.data(INVITE, input=user))["inviteUser"]
    assert made["errors"] == []
    shown = {"username": "grace", "role": "EDITOR", "displayName": "Grace H.", "email": "grace@acme.test"}
    assert made["user"] == {"id": made["user"]["id"], "active": True, **shown}
    token = made["link"].partition("#")[2]
    assert await gyre.nobody.data(INVITATION, token=token) == {"invitation": {"username": "grace"}}
    answer = await gyre.nobody.post({"query": ACCEPT, "variables": {"token": token, "password": NEW}})
    viewer = {"username": "grace", "role": "EDITOR"}
    assert answer.json()["data"]["acceptInvite"] == {"viewer": viewer, "errors": []}
    gyre.http.cookies.clear()
    grace = Signed(gyre.http, gyre.address, answer.headers["set-cookie"].partition(";")[0])
    assert (await grace.data("{ viewer { username } }"))["viewer"] == {"username": "grace"}
    assert (await gyre.people.sessions.sign_in("grace", NEW, HERE)).principal.username == "grace"
    assert await gyre.nobody.data(INVITATION, token=token) == {"invitation": None}
    again = await accept(gyre, token, "another password of mine")
    assert again == {"viewer": None, "errors": [{"code": "INVITE_NOT_FOUND", "path": []}]}
    assert (await gyre.people.sessions.sign_in("grace", NEW, HERE)).principal.username == "grace"


async def test_the_token_is_kept_nowhere(gyre: Gyre, admin: Signed) -> None:
    user_id, token = await invited(admin)
    await accept(gyre, token)
    await settled()
    kept = [(row.token_hash,) for row in await Invite.all()] + [row.details for row in await AuditEntry.all()]
    assert token not in str(kept)
    actions = [row.action for row in await AuditEntry.filter(succeeded=True).order_by("-id").limit(3)]
    assert actions == ["sign-in", "invite-accept", "user-invite"]
    assert user_id


async def test_a_password_that_is_refused_leaves_the_link_as_it_was(gyre: Gyre, admin: Signed) -> None:
    _, token = await invited(admin)
    refused = await accept(gyre, token, "short")
    assert [error["code"] for error in refused["errors"]] == ["VALIDATION_FAILED"]
    assert (await accept(gyre, token))["errors"] == []


async def test_a_new_link_takes_the_old_ones_place_and_a_withdrawn_one_holds_no_more(gyre: Gyre, admin: Signed) -> None:
    user_id, first = await invited(admin)
    second = (await admin.data(RENEW, id=user_id))["renewInvite"]["link"].partition("#")[2]
    assert (await accept(gyre, first))["errors"][0]["code"] == "INVITE_NOT_FOUND"
    assert (await admin.data(WITHDRAW, id=user_id))["withdrawInvite"]["errors"] == []
    assert (await accept(gyre, second))["errors"][0]["code"] == "INVITE_NOT_FOUND"
    assert (await admin.data(WITHDRAW, id=user_id))["withdrawInvite"]["errors"] == [{"code": "INVITE_NOT_FOUND"}]
    assert (await User.get(id=user_id)).password_hash is None


async def test_a_link_for_a_forgotten_password_ends_what_was_open_with_the_old_one(gyre: Gyre, admin: Signed) -> None:
    bob = await gyre.signed_in("bob", Role.VIEWER)
    user = await User.get(username="bob")
    token = (await admin.data(RENEW, id=str(user.id)))["renewInvite"]["link"].partition("#")[2]
    assert (await bob.data("{ viewer { username } }"))["viewer"] == {"username": "bob"}
    assert (await accept(gyre, token))["viewer"] == {"username": "bob", "role": "VIEWER"}
    assert (await bob.data("{ viewer { username } }"))["viewer"] is None


async def test_a_disabled_user_gets_no_link_and_a_link_does_not_let_one_in(gyre: Gyre, admin: Signed) -> None:
    user_id, token = await invited(admin)
    await gyre.people.users.set_active((await User.get(id=user_id)).username, active=False)
    assert (await admin.data(RENEW, id=user_id))["renewInvite"]["errors"] == [{"code": "CONFLICT"}]
    assert await gyre.nobody.data(INVITATION, token=token) == {"invitation": None}
    assert (await accept(gyre, token))["errors"][0]["code"] == "INVITE_NOT_FOUND"
    assert await Session.filter(user_id=user_id).count() == 0


@pytest.mark.parametrize(
    ("more", "code", "path"),
    [
        ({"username": "a b"}, "VALIDATION_FAILED", ["username"]),
        ({"username": "admin"}, "ALREADY_EXISTS", ["username"]),
        ({"username": "x", "email": "nobody"}, "VALIDATION_FAILED", ["email"]),
        ({"username": "x", "displayName": "a\nb"}, "VALIDATION_FAILED", ["displayName"]),
        ({"username": "x", "displayName": "a" * 129}, "VALIDATION_FAILED", ["displayName"]),
    ],
)
async def test_nobody_is_invited_by_what_cannot_be_kept(
    admin: Signed, more: dict[str, str], code: str, path: list[str]
) -> None:
    before = await User.all().count()
    answer = (await admin.data(INVITE, input=more))["inviteUser"]
    assert answer == {"user": None, "link": None, "errors": [{"code": code, "path": path}]}
    assert await User.all().count() == before


async def test_one_writes_ones_own_name_and_address(gyre: Gyre) -> None:
    dora = await gyre.signed_in("dora", Role.MEMBER)
    assert (await dora.data("{ profile { displayName email } }"))["profile"] == {"displayName": "", "email": ""}
    done = (await dora.data(PROFILE, name="Dora É.", email=" dora@acme.test "))["updateProfile"]
    assert done == {"profile": {"displayName": "Dora É.", "email": "dora@acme.test"}, "errors": []}
    assert (await dora.data(PROFILE, email=""))["updateProfile"]["profile"] == {"displayName": "Dora É.", "email": ""}
    for wrong in ("x", "a@b@c", "a b@c", "a@b\nc", "a" * 65 + "@b.c", "a@" + "b" * 253, "<a@b.c>"):
        answer = (await dora.data(PROFILE, email=wrong))["updateProfile"]
        assert answer == {"profile": None, "errors": [{"code": "VALIDATION_FAILED", "path": ["email"]}]}
    assert (await dora.data(PROFILE))["updateProfile"]["errors"][0]["code"] == "VALIDATION_FAILED"
    assert (await dora.data("{ profile { displayName email } }"))["profile"] == {"displayName": "Dora É.", "email": ""}


def favourite(name: str) -> dict[str, str]:
    return {"cluster": "default", "kind": "Kustomization", "namespace": "shop", "name": name}


async def test_preferences_are_kept_for_each_user_and_in_parts(gyre: Gyre) -> None:
    finn, other = await gyre.signed_in("finn", Role.MEMBER), await gyre.signed_in("other", Role.MEMBER)
    read = f"{{ preferences {{ {PREFERENCES} }} }}"
    nothing = {"theme": "SYSTEM", "favourites": [], "views": []}
    assert (await finn.data(read))["preferences"] == nothing
    for part in ({"theme": "DARK"}, {"favourites": [favourite("b"), favourite("a")]}, {"views": [_view("mine")]}):
        assert (await finn.data(PREFER, input=part))["updatePreferences"]["errors"] == []
    chosen = {"theme": "DARK", "favourites": [favourite("b"), favourite("a")], "views": [_view("mine")]}
    assert (await finn.data(read))["preferences"] == chosen
    assert (await other.data(read))["preferences"] == nothing
    assert (await finn.data(PREFER, input={"views": []}))["updatePreferences"]["preferences"]["views"] == []


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ({}, "say what is to be changed: theme, favourites or views"),
        ({"favourites": [favourite(str(number)) for number in range(201)]}, "of length <= 200"),
        ({"views": [{"name": str(number), "query": ""} for number in range(101)]}, "of length <= 100"),
        ({"views": [{"name": "x", "query": "q" * 2001}]}, "of length <= 2000"),
        ({"views": [{"name": "", "query": "q"}]}, "of length >= 1"),
        ({"favourites": [favourite("x" * 254)]}, "of length <= 253"),
        ({"favourites": [favourite("a\0b")]}, "only characters that can be printed"),
        ({"favourites": [favourite("a"), favourite("a")]}, "one of the favourites is there twice"),
    ],
)
async def test_preferences_are_bounded(gyre: Gyre, part: dict[str, Any], told: str) -> None:
    nils = await gyre.signed_in("nils", Role.MEMBER)
    answer = (await nils.data(PREFER, input=part))["updatePreferences"]
    assert answer["preferences"] is None
    (error,) = answer["errors"]
    assert error["code"] == "VALIDATION_FAILED"
    assert told in error["message"]
    assert not await Preferences.filter(user__username="nils").exists()


async def test_an_administrator_links_a_user_to_who_they_are_elsewhere(gyre: Gyre, admin: Signed) -> None:
    await gyre.signed_in("liv", Role.MEMBER)
    user_id = str((await User.get(username="liv")).id)
    given = {"userId": user_id, "provider": "acme", "subject": "liv-0001"}
    linked = {"username": "liv", "issuer": ACME.issuer, "subject": "liv-0001"}
    assert (await admin.data(LINK, input=given))["linkIdentity"] == {"identity": linked, "errors": []}
    read = "query($id: ID!) { identities(userId: $id) { username issuer subject } }"
    assert (await admin.data(read, id=user_id))["identities"] == [linked]
    again = (await admin.data(LINK, input=given))["linkIdentity"]
    assert again == {"identity": None, "errors": [{"code": "ALREADY_EXISTS"}]}
    unknown = (await admin.data(LINK, input={**given, "provider": "evil"}))["linkIdentity"]
    assert unknown == {"identity": None, "errors": [{"code": "PROVIDER_NOT_FOUND"}]}
    gone = (await admin.data(UNLINK, input=given))["unlinkIdentity"]
    assert gone == {"identity": {"subject": "liv-0001"}, "errors": []}
    assert (await admin.data(read, id=user_id))["identities"] == []


def _view(name: str) -> dict[str, str]:
    return {"name": name, "query": "kind=HelmRelease&q=a"}

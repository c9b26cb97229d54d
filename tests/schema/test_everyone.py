"""Every field that is about no single object, and every subscription, for everyone with a role, a rule or a token.

Who may nothing at all: test_decisions. What is about one object: test_rules.
"""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest

from gyre.terms.people import Role
from tests.schema.test_decisions import ADMINISTRATION, FIELDS, World, outcome, world
from tests.schema.test_rules import TAKES
from tests.support.graphql import PASSWORD, Signed
from tests.support.walking import called
from tests.support.world import PRIVATE, ROLES, RULES, kept

pytestmark = pytest.mark.anyio

__all__ = ["world"]

NO, NONE = "FORBIDDEN", "CLUSTER_NOT_FOUND"
PERSONS = tuple(who for who in (*ROLES, *RULES) if who != "disabled")
TOKENS = {"whole-token-of-admin": Role.ADMIN, "whole-token-of-viewer": Role.VIEWER}
OWN: Mapping[str, object] = {
    "cluster": "OK",
    "clusters": "OK",
    "events": "OK",
    "kinds": "OK",
    "overview": "OK",
    "resources": "OK",
    "ruleResources": "OK",
    "viewer": "OK",
    "profile": "OK",
    "preferences": "OK",
    "sessions": "OK",
    "tokens": [],
    "invitation": None,
    "acceptInvite": "INVITE_NOT_FOUND",
    "updateProfile": "OK",
    "updatePreferences": "OK",
    "changePassword": "VALIDATION_FAILED",
    "createToken": "OK",
    "revokeToken": "TOKEN_NOT_FOUND",
    "endSession": "SESSION_NOT_FOUND",
    "endSessions": "OK",
    "login": "OK",
    "logout": "OK",
}
"""What each is answered who has something, in this order; the password is wrong, session and token another's."""

WITHOUT_THE_CLUSTER: Mapping[str, object] = {"cluster": NONE, "clusters": [], "createToken": NONE}
IN_PERSON = dict.fromkeys(("updateProfile", "updatePreferences", "changePassword", "createToken", "logout"), NO)
OF_WHO_ADMINISTERS = dict.fromkeys(("sessions", "tokens", "revokeToken", "endSession", "endSessions"), NO)
DIFFERENT: Mapping[str, Mapping[str, object]] = {
    "none": WITHOUT_THE_CLUSTER,
    "other-cluster": WITHOUT_THE_CLUSTER,
    "admin": {"tokens": "OK", "revokeToken": "OK", "endSession": "OK"},
    "whole-token-of-admin": {**IN_PERSON, "tokens": "OK", "revokeToken": "OK", "endSession": "OK"},
    "whole-token-of-viewer": {**IN_PERSON, **OF_WHO_ADMINISTERS},
}
ENDS_ANOTHERS = ("revokeToken", "endSession")
"""What administrators may do with what is another's: that it is done is the last test of test_decisions."""


async def asking(world: World, who: str, token: str) -> Signed:
    """With a session of their own, or a token of this name of somebody who is there for it."""
    if who not in TOKENS:
        return await world.again(who)
    await world.gyre.people.signed_in(who, TOKENS[who])
    signed = replace(world.gyre.nobody, token=(await world.gyre.people.token(who, name=token)).secret)
    await signed.data("{ viewer { id } }")  # its use is written but now
    return signed


def document_of(world: World, name: str, who: str) -> str:
    operation = next(operation for operation, field in FIELDS if field == name)
    if name == "login":
        return f'mutation {{ login(username: "{who}", password: "{PASSWORD}") {{ errors {{ code }} }} }}'
    return called(operation, name, world.ids).document


def test_every_field_is_here_or_about_one_object() -> None:
    assert sorted([*OWN, *ADMINISTRATION, *(set(TAKES) - set(ADMINISTRATION))]) == sorted(name for _, name in FIELDS)


@pytest.mark.parametrize("who", [*PERSONS, *TOKENS])
async def test_each_is_answered_exactly_this_and_changes_nothing_but_their_own(world: World, who: str) -> None:
    signed = await asking(world, who, "for what is their own")
    expected = {**OWN, **DIFFERENT.get(who, {})}
    before = await kept(world.gyre.people, but=who)
    for name in (name for name in OWN if not (name in ENDS_ANOTHERS and expected[name] == "OK")):
        answer = await signed.ask(document_of(world, name, who))
        world.gyre.http.cookies.clear()
        assert outcome(answer, name) == expected[name], (name, answer)
    assert await kept(world.gyre.people, but=who) == before
    assert world.cluster.writes == []


@pytest.mark.parametrize("who", [who for who in (*PERSONS, "whole-token-of-viewer") if who != "admin"])
async def test_nobody_but_an_administrator_administers(world: World, who: str) -> None:
    signed = await asking(world, who, "for administration")
    before = await kept(world.gyre.people)
    for name in ADMINISTRATION:
        answer = await signed.ask(document_of(world, name, who))
        assert outcome(answer, name) == NO, (name, answer)
        said = json.dumps(answer)
        assert [word for word in PRIVATE if word in said] == []
    assert await kept(world.gyre.people) == before

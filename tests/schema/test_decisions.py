"""Every root field of the schema is called by those who may not: each answer is exact, none gives anything away.

A field that is new in the schema has to be entered in the tables here. Those who may something: test_everyone.
"""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from gyre.terms.people import Role
from tests.support.cluster import EVENTS, GIT_REPOSITORIES, HELM_RELEASES, KUSTOMIZATIONS, LittleCluster, open_cluster
from tests.support.graphql import DEFAULT, Gyre, Signed, gyre_on
from tests.support.people import scope
from tests.support.walking import called, roots
from tests.support.world import ACME, MARKER, PRIVATE, everyone, fill, kept, spare

pytestmark = pytest.mark.anyio

WITHOUT_GRANTS: dict[str, object] = {
    "access": "CLUSTER_NOT_FOUND",
    "auditEntries": "FORBIDDEN",
    "bindings": "FORBIDDEN",
    "cluster": "CLUSTER_NOT_FOUND",
    "clusters": [],
    "deletionPreview": "CLUSTER_NOT_FOUND",
    "events": "OK",
    "explain": "FORBIDDEN",
    "groups": "FORBIDDEN",
    "identities": "FORBIDDEN",
    "invitation": None,
    "kinds": "OK",
    "liveManifest": "CLUSTER_NOT_FOUND",
    "objectAudit": "CLUSTER_NOT_FOUND",
    "overview": "OK",
    "policies": "FORBIDDEN",
    "preferences": "OK",
    "profile": "OK",
    "resource": "CLUSTER_NOT_FOUND",
    "resources": "OK",
    "ruleResources": "OK",
    "sessions": "OK",
    "tokens": [],
    "users": "FORBIDDEN",
    "viewer": "OK",
    "addCluster": "FORBIDDEN",
    "applyResource": "CLUSTER_NOT_FOUND",
    "acceptInvite": "INVITE_NOT_FOUND",
    "changePassword": "VALIDATION_FAILED",
    "createBinding": "FORBIDDEN",
    "createGroup": "FORBIDDEN",
    "createPolicy": "FORBIDDEN",
    "createResource": "CLUSTER_NOT_FOUND",
    "createToken": "CLUSTER_NOT_FOUND",
    "createUser": "FORBIDDEN",
    "deleteBinding": "FORBIDDEN",
    "deleteGroup": "FORBIDDEN",
    "deletePolicy": "FORBIDDEN",
    "deleteResource": "CLUSTER_NOT_FOUND",
    "deleteUser": "FORBIDDEN",
    "endSession": "SESSION_NOT_FOUND",
    "endSessions": "OK",
    "inviteUser": "FORBIDDEN",
    "linkIdentity": "FORBIDDEN",
    "login": "UNAUTHENTICATED",
    "logout": "OK",
    "reconcile": "CLUSTER_NOT_FOUND",
    "removeCluster": "FORBIDDEN",
    "renewInvite": "FORBIDDEN",
    "resume": "CLUSTER_NOT_FOUND",
    "revokeToken": "TOKEN_NOT_FOUND",
    "suspend": "CLUSTER_NOT_FOUND",
    "testCluster": "FORBIDDEN",
    "updateCluster": "FORBIDDEN",
    "unlinkIdentity": "FORBIDDEN",
    "updateGroup": "FORBIDDEN",
    "updatePolicy": "FORBIDDEN",
    "updatePreferences": "OK",
    "updateProfile": "OK",
    "updateResource": "CLUSTER_NOT_FOUND",
    "updateUser": "FORBIDDEN",
    "withdrawInvite": "FORBIDDEN",
}
"""What a member whom nobody gave anything is answered: a code, or that it went well (about nobody but themselves)."""

OF_THE_CLUSTER_ITSELF = {
    "applyResource",
    "createResource",
    "deleteResource",
    "deletionPreview",
    "liveManifest",
    "updateResource",
}
"""What asks more of an API server than the little one can: who may is tried on the embedded cluster, in test_writes."""

OF_ANOTHER_CLUSTER = {"addCluster", "removeCluster", "updateCluster"}
"""What there has to be another cluster for: tried in test_clusters."""

ADMINISTRATION = tuple(name for name, code in WITHOUT_GRANTS.items() if code == "FORBIDDEN")
NARROWED = {
    **dict.fromkeys(("access", "cluster", "clusters", "events", "kinds", "overview", "resource", "resources"), "OK"),
    **dict.fromkeys(("preferences", "profile", "ruleResources", "viewer"), "OK"),
    "invitation": None,
    "acceptInvite": "INVITE_NOT_FOUND",
    "login": "UNAUTHENTICATED",
}
"""What else a token that may only look at one namespace is answered, whoever's it is: to the rest FORBIDDEN."""
FIELDS = [(operation, name) for operation in ("query", "mutation") for name in roots(operation)]
TO_NOBODY = {"viewer": None, "login": "UNAUTHENTICATED", "invitation": None, "acceptInvite": "INVITE_NOT_FOUND"}
OF_ONES_OWN = {"none": {"logout", "endSessions", "updatePreferences"}, "must-change": {"logout"}}
"""What these may change, each of themselves alone: done by somebody of the same rights, whose session may end."""

BEFORE_A_CHANGE = {**TO_NOBODY, "viewer": "OK", "changePassword": "VALIDATION_FAILED", "logout": "OK"}


@dataclass(frozen=True, slots=True)
class World:
    gyre: Gyre
    cluster: LittleCluster
    ids: dict[str, str]
    cookies: dict[str, str]
    token: str

    def person(self, name: str) -> Signed:
        cookie = self.cookies[name]
        return replace(self.gyre.nobody, cookie=f"gyre_session={cookie}" if cookie else "")

    async def again(self, name: str) -> Signed:
        """With a session of their own, to be ended."""
        _, cookie = await self.gyre.people.signed_in(name, Role.MEMBER)
        return replace(self.gyre.nobody, cookie=f"gyre_session={cookie}")


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("world")
    async with open_cluster(KUSTOMIZATIONS, HELM_RELEASES, GIT_REPOSITORIES, EVENTS) as cluster:
        fill(cluster)
        async with gyre_on({DEFAULT: cluster.access(folder)}, folder, oidc_providers=(ACME,)) as gyre:
            ids, cookies = await spare(gyre.people), await everyone(gyre.people)
            narrowed = await gyre.people.token("admin", scope("kustomizations", "shop", "view", "default"))
            await replace(gyre.nobody, token=narrowed.secret).data("{ viewer { id } }")  # its use is written but now
            yield World(gyre, cluster, ids, cookies, narrowed.secret)


def outcome(answer: dict[str, Any], name: str) -> object:
    """A top-level code, a payload's code, or OK; null and an empty list as they are."""
    if "errors" in answer:
        (error,) = answer["errors"]
        assert answer["data"] is None
        return error["extensions"]["code"]
    data = answer["data"][name]
    if data is None or data == []:
        return data
    refused = data.get("errors") if isinstance(data, dict) else None
    return refused[0]["code"] if refused else "OK"


def test_every_field_has_its_outcome_written_down() -> None:
    assert {name for _, name in FIELDS} == set(WITHOUT_GRANTS)


@pytest.mark.parametrize(("operation", "name"), FIELDS)
@pytest.mark.parametrize("who", ["anonymous", "disabled", "must-change", "none"])
async def test_who_has_no_right_gets_exactly_this_and_changes_nothing(
    world: World, who: str, operation: str, name: str
) -> None:
    expected = {
        "anonymous": TO_NOBODY.get(name, "UNAUTHENTICATED"),
        "disabled": TO_NOBODY.get(name, "UNAUTHENTICATED"),
        "must-change": BEFORE_A_CHANGE.get(name, "PASSWORD_CHANGE_REQUIRED"),
        "none": WITHOUT_GRANTS[name],
    }[who]
    own = name in OF_ONES_OWN.get(who, ())
    stand_in = "nobody-too" if own and who == "none" else who
    asking = await world.again(stand_in) if own else world.person(who)
    before = await kept(world.gyre.people, but=stand_in if own else "")
    call = called(operation, name, world.ids)
    answer = await asking.ask(call.document)
    assert outcome(answer, name) == expected, answer
    said = json.dumps(answer)
    assert [word for word in PRIVATE if word in said] == []
    assert await kept(world.gyre.people, but=stand_in if own else "") == before
    assert world.cluster.writes == []


@pytest.mark.parametrize(("operation", "name"), FIELDS)
async def test_an_administrators_token_that_only_views_one_namespace_does_nothing_else(
    world: World, operation: str, name: str
) -> None:
    before = await kept(world.gyre.people)
    answer = await replace(world.gyre.nobody, token=world.token).ask(called(operation, name, world.ids).document)
    assert outcome(answer, name) == NARROWED.get(name, "FORBIDDEN"), answer
    said = json.dumps(answer)
    assert [word for word in PRIVATE if word in said and word != MARKER] == []
    assert await kept(world.gyre.people) == before
    assert world.cluster.writes == []


SUBSCRIPTIONS = ("resourceChanges", "overviewChanges", "eventChanges", "clusterChanges")


def test_every_subscription_is_tried_here() -> None:
    assert set(roots("subscription")) == set(SUBSCRIPTIONS)


@pytest.mark.parametrize("name", SUBSCRIPTIONS)
@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("anonymous", "UNAUTHENTICATED"),
        ("disabled", "UNAUTHENTICATED"),
        ("must-change", "PASSWORD_CHANGE_REQUIRED"),
    ],
)
async def test_who_has_no_right_cannot_listen(world: World, who: str, code: str, name: str) -> None:
    document = f"subscription {{ {name} {{ position }} }}"
    async with world.person(who).socket() as socket:
        await socket.init()
        await socket.subscribe("1", document)
        told = await socket.hear()
    assert (told["type"], told["payload"][0]["extensions"]["code"]) == ("error", code)


HEARD = {"none": 0, "viewer": 7, "editor": 7, "admin": 7, "may-view": 1, "by-glob": 2, "elsewhere": 1, "other-kind": 1}
"""How many of the seven objects who may listen is told of at once."""


@pytest.mark.parametrize("who", [*HEARD, "other-cluster", "token"])
async def test_who_listens_hears_of_what_they_see_alone(world: World, who: str) -> None:
    asking = replace(world.gyre.nobody, token=world.token) if who == "token" else world.person(who)
    async with asking.socket() as socket:
        await socket.init()
        await socket.subscribe("1", "subscription { overviewChanges { total byNamespace { namespace count } } }")
        told = (await socket.hear())["payload"]["data"]["overviewChanges"]
    assert told["total"] == HEARD.get(who, 1 if who == "token" else 0)
    if who in ("may-view", "token"):
        assert told["byNamespace"] == [{"namespace": "shop", "count": 1}]


async def test_an_administrator_may_all_of_it_and_it_is_in_the_audit(world: World) -> None:
    """Last, since it ends what the others ask about."""
    admin = world.person("admin")
    left = (
        {*TO_NOBODY, "logout", "changePassword", "endSessions"} - {"viewer"}
        | OF_THE_CLUSTER_ITSELF
        | OF_ANOTHER_CLUSTER
    )
    own = [name for name in WITHOUT_GRANTS if name not in left]
    creating_first = sorted(own, key=lambda name: (name.startswith(("delete", "end")), "User" in name, name))
    told = {}
    for name in creating_first:
        operation = next(operation for operation, field in FIELDS if field == name)
        told[name] = outcome(await admin.ask(called(operation, name, world.ids).document), name)
    assert {name: code for name, code in told.items() if code != "OK"} == {}

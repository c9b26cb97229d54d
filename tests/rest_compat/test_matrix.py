"""Every route for those who may little or much, with exact answers: a route that is not in the table fails here.

Anonymous, disabled and who must change their password: test_rights, where also what administrators may is. What is done
with objects by those who may: test_rules.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest

from gyre.terms.people import Action, Role
from rest_compat.docs import PAGE
from tests.rest_compat.conftest import Gyre, open_gyre, refusal
from tests.rest_compat.sockets import Message, connected, hear, say
from tests.rest_compat.test_rights import BODIES, OPEN, ROUTES
from tests.rest_compat.test_rules import TAKES
from tests.rest_compat.test_streaming import opened
from tests.support.cluster import thing
from tests.support.may import MINE, OBJECTS, SEES, Where
from tests.support.people import scope
from tests.support.world import PRIVATE, RULES, everyone, fill, kept, spare

pytestmark = pytest.mark.anyio

ONE = "/api/flux/{resource_type}/{namespace}/{name}"
NO, OUT, NONE = "FORBIDDEN", "CLUSTER_NOT_FOUND", "RESOURCE_NOT_FOUND"
DONE = "DONE"
PEOPLE = ("none", "viewer", "elsewhere", "token", "editor", "may-logs", "other-kind")
"""A member without a policy, a viewer, a member of another namespace, an administrator's token narrowed to view one, an
editor, a member who may but see one, a member of another kind in the same namespace."""

ADMINISTRATION = (NO,) * 7
ANYONE = (200,) * 7
WHO_SEES = (OUT, 200, 200, 200, 200, 200, 200)
READ_ONE = (OUT, 200, NONE, 200, 200, 200, NONE)
WRITE_ONE = (OUT, NO, NONE, NO, DONE, NO, NONE)
IN_PERSON = (200, 200, 200, NO, 200, 200, 200)
TABLE: Mapping[str, tuple[int | str, ...]] = {
    "POST /api/auth/login": ("UNAUTHENTICATED",) * 7,
    "POST /api/auth/password": (*("VALIDATION_FAILED",) * 3, NO, *("VALIDATION_FAILED",) * 3),
    "GET /api/auth/providers": ANYONE,
    "GET /api/auth/oidc/{provider}/login": ("PROVIDER_NOT_FOUND",) * 7,
    "GET /api/auth/oidc/{provider}/callback": ("PROVIDER_NOT_FOUND",) * 7,
    "GET /api/me": ANYONE,
    "GET /api/audit": ADMINISTRATION,
    "GET /api/audit/export": ADMINISTRATION,
    "GET /api/tokens": IN_PERSON,
    "DELETE /api/tokens/{token_id}": (*("TOKEN_NOT_FOUND",) * 3, NO, *("TOKEN_NOT_FOUND",) * 3),
    "GET /api/users": ADMINISTRATION,
    "POST /api/users": ADMINISTRATION,
    "PUT /api/users/{user_id}": ADMINISTRATION,
    "DELETE /api/users/{user_id}": ADMINISTRATION,
    "GET /api/rbac/policies": ADMINISTRATION,
    "POST /api/rbac/policies": ADMINISTRATION,
    "GET /api/rbac/policies/{policy_id}": ADMINISTRATION,
    "PUT /api/rbac/policies/{policy_id}": ADMINISTRATION,
    "DELETE /api/rbac/policies/{policy_id}": ADMINISTRATION,
    "GET /api/rbac/bindings": ADMINISTRATION,
    "POST /api/rbac/bindings": ADMINISTRATION,
    "DELETE /api/rbac/bindings/{binding_id}": ADMINISTRATION,
    "GET /api/clusters": ANYONE,
    "POST /api/clusters": ADMINISTRATION,
    "GET /api/clusters/{cluster_id}": WHO_SEES,
    "PUT /api/clusters/{cluster_id}": ADMINISTRATION,
    "DELETE /api/clusters/{cluster_id}": ADMINISTRATION,
    "POST /api/clusters/{cluster_id}/test": ADMINISTRATION,
    "GET /api/overview": ANYONE,
    "GET /api/flux/{resource_type}": WHO_SEES,
    "POST /api/flux/{resource_type}": WRITE_ONE,
    f"GET {ONE}": READ_ONE,
    f"PUT {ONE}": WRITE_ONE,
    f"PATCH {ONE}": WRITE_ONE,
    f"DELETE {ONE}": WRITE_ONE,
    f"GET {ONE}/deletion": WRITE_ONE,
    f"GET {ONE}/unmasked": WRITE_ONE,
    f"POST {ONE}/reconcile": WRITE_ONE,
    f"POST {ONE}/suspend": WRITE_ONE,
    f"POST {ONE}/resume": WRITE_ONE,
    f"GET {ONE}/inventory": READ_ONE,
    f"GET {ONE}/events": READ_ONE,
    "GET /api/events": WHO_SEES,
    "GET /api/health": ANYONE,
    "GET /livez": ANYONE,
    "GET /readyz": ANYONE,
    "GET /metrics": ANYONE,
    "GET /api/openapi.json": ANYONE,
    "GET /api/docs": ANYONE if PAGE.is_file() else ("NOT_FOUND",) * 7,  # whoever has not built the pages has none
    "GET /api/ws": ("UPGRADE_REQUIRED",) * 7,
}
ELSEWHERE = {"POST /api/auth/logout", "POST /api/tokens", "GET /api/events/stream"}
"""What ends a session, makes a token of one's own, or does not end: below."""

MANIFESTS = {"POST /api/flux/{resource_type}", f"PUT {ONE}", f"PATCH {ONE}"}
MANIFEST = {
    "cluster": "default",
    "resource": {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": "apps", "namespace": "shop", "resourceVersion": "1"},
        "spec": {"interval": "1m"},
    },
}


@dataclass(frozen=True, slots=True)
class World:
    gyre: Gyre
    ids: dict[str, str]
    credentials: dict[str, dict[str, str]]

    async def call(self, who: str, route: str, body: object = None) -> Any:
        method, path = route.split(" ")
        names = {"resource_type": "ks", "namespace": "shop", "name": "apps", "cluster_id": "default", "provider": "no"}
        known = {f"{what}_id": number for what, number in self.ids.items()}
        self.gyre.http.cookies.clear()
        return await self.gyre.http.request(
            method, path.format(**names, **known), json=body or self._body(who, route), headers=self.credentials[who]
        )

    def _body(self, who: str, route: str) -> object:
        if route == "POST /api/auth/login":
            return {"username": f"nobody-like-{who}", "password": "wrong"}  # guesses at one account are slowed down
        if route == "POST /api/rbac/bindings":
            return {"userId": self.ids["user"], "policyId": self.ids["policy"], "cluster": "default"}
        return MANIFEST if route in MANIFESTS else BODIES.get(route)


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with open_gyre(tmp_path_factory.mktemp("matrix")) as gyre:
        fill(gyre.cluster)
        ids, cookies = await spare(gyre.people), await everyone(gyre.people)
        token = await gyre.people.token("admin", scope("kustomizations", "shop", "view"))
        credentials = {who: {"cookie": f"gyre_session={cookie}"} for who, cookie in cookies.items()}
        yield World(gyre, ids, {**credentials, "token": {"authorization": f"Bearer {token.secret}"}})


def test_every_route_is_in_the_table() -> None:
    assert {f"{method} {path}" for method, path in ROUTES} == {*TABLE, *ELSEWHERE}


@pytest.mark.parametrize(
    ("route", "who"),
    [(route, who) for route, cells in TABLE.items() for who, cell in zip(PEOPLE, cells, strict=True) if cell != DONE],
)
async def test_each_route_answers_exactly_this_and_changes_nothing(world: World, route: str, who: str) -> None:
    before = _without_use(await kept(world.gyre.people))
    answer = await world.call(who, route)
    expected = TABLE[route][PEOPLE.index(who)]
    told = answer.status_code if isinstance(expected, int) else refusal(answer)[1]
    assert told == expected, answer.text
    if who not in ("viewer", "editor") and not route.startswith(("GET /metrics", "GET /api/openapi")):
        words = [word for word in PRIVATE if word in answer.text]
        assert [word for word in words if word != PRIVATE[0] or who == "none"] == []
    assert _without_use(await kept(world.gyre.people)) == before
    assert world.gyre.cluster.writes == []


def _without_use(known: Mapping[str, Any]) -> Mapping[str, Any]:
    """That a token was used is no change of what it may."""
    tokens = [{**each, "used_at": None, "used_from": ""} for each in known["tokens"]]
    return {**known, "tokens": tokens}


def test_what_an_editor_does_with_objects_is_tried_on_a_cluster_that_takes_it() -> None:
    done = {route for route, cells in TABLE.items() if DONE in cells}
    assert done == {route for route, action in TAKES.items() if action is not Action.VIEW}


@pytest.mark.parametrize("who", RULES)
async def test_whatever_the_rule_a_route_about_no_object_answers_as_to_any_other_member(world: World, who: str) -> None:
    same = PEOPLE.index("none" if who == "other-cluster" else "may-logs")
    before = _without_use(await kept(world.gyre.people))
    for route in (route for route in TABLE if route not in TAKES):
        answer = await world.call(who, route)
        told = answer.status_code if isinstance(TABLE[route][same], int) else refusal(answer)[1]
        assert told == TABLE[route][same], (route, answer.text)
    assert _without_use(await kept(world.gyre.people)) == before
    assert world.gyre.cluster.writes == []


@pytest.mark.parametrize("who", ["anonymous", "disabled", "must-change"])
async def test_what_asks_nobody_who_they_are_answers_these_too(world: World, who: str) -> None:
    before = _without_use(await kept(world.gyre.people))
    for route in (route for route in TABLE if route.partition(" ")[2] in OPEN):
        answer = await world.call(who, route)
        told = answer.status_code if isinstance(TABLE[route][0], int) else refusal(answer)[1]
        assert told == TABLE[route][0], (route, answer.text)
        assert [word for word in PRIVATE if word in answer.text] == []
    assert _without_use(await kept(world.gyre.people)) == before


@pytest.mark.parametrize("who", [*SEES, "token"])
async def test_each_hears_over_the_socket_and_the_stream_of_what_they_see_and_nothing_else(
    world: World, who: str
) -> None:
    sees = SEES.get(who, MINE)
    order = [*(where for where in OBJECTS if where not in sees), *(where for where in OBJECTS if where in sees)]
    address = f"http://{world.gyre.address}"
    async with (
        httpx2.AsyncClient(base_url=address, trust_env=False, headers=world.credentials[who]) as client,
        httpx2.AsyncClient(base_url=address, trust_env=False, headers=world.credentials["admin"]) as all_seeing,
        connected(world.gyre, client) as socket,
        opened(client) as stream,
        connected(world.gyre, all_seeing) as beside,
    ):
        for number, where in enumerate(order):
            kind, name = OBJECTS[where]
            spec = {"path": f"./{who}-{number}", "interval": "10m"}
            world.gyre.cluster.has(kind, thing(name, where[1], spec=spec))
        everything = sorted([_where(await hear(beside)) for _ in order])
        over_socket = sorted([_where(await hear(socket)) for _ in sees])
        over_stream = sorted([_where(await stream.hear()) for _ in sees])
        assert await say(socket, type="ping") == {"type": "pong"}
    assert everything == sorted(_named(where) for where in OBJECTS)
    assert over_socket == over_stream == sorted(_named(where) for where in sees)


def _where(message: Message) -> tuple[str, str]:
    return message["resourceType"], message["namespace"]


def _named(where: Where) -> tuple[str, str]:
    return OBJECTS[where][0].plural, where[1]


@pytest.mark.parametrize("who", PEOPLE)
async def test_whoever_is_signed_in_may_listen_to_what_they_see(world: World, who: str) -> None:
    answer = await world.call(who, "HEAD /api/events/stream")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")


async def test_a_session_makes_a_token_of_its_own_and_ends_and_a_token_does_neither(world: World) -> None:
    client = await world.gyre.signed_in("passing-by", Role.MEMBER)
    made = await client.post("/api/tokens", json={"name": "ci"})
    assert (made.status_code, made.json()["token"]["username"]) == (201, "passing-by")
    assert (await client.post("/api/auth/logout")).json() == {"success": True}
    assert refusal(await client.get("/api/me")) == (401, "UNAUTHENTICATED")
    await client.aclose()
    before = _without_use(await kept(world.gyre.people))
    assert refusal(await world.call("token", "POST /api/tokens", {"name": "more"})) == (403, "FORBIDDEN")
    assert refusal(await world.call("token", "POST /api/auth/logout")) == (403, "FORBIDDEN")
    assert _without_use(await kept(world.gyre.people)) == before


OF_AN_ADMINISTRATOR: Mapping[str, int | str] = {
    "POST /api/auth/login": "UNAUTHENTICATED",
    "POST /api/auth/password": "VALIDATION_FAILED",
    "GET /api/auth/oidc/{provider}/login": "PROVIDER_NOT_FOUND",
    "GET /api/auth/oidc/{provider}/callback": "PROVIDER_NOT_FOUND",
    "POST /api/users": 201,
    "POST /api/rbac/policies": 201,
    "POST /api/rbac/bindings": 201,
    "DELETE /api/rbac/policies/{policy_id}": "CONFLICT",
    "POST /api/clusters": "VALIDATION_FAILED",
    "PUT /api/clusters/{cluster_id}": "CONFLICT",
    "DELETE /api/clusters/{cluster_id}": "CONFLICT",
    "GET /api/docs": TABLE["GET /api/docs"][0],
    "GET /api/ws": "UPGRADE_REQUIRED",
}
"""What is not 200: the policy is still given, the kubeconfig is none, and `default` is the operator's."""


async def test_an_administrator_is_refused_nothing_for_who_they_are(world: World) -> None:
    """Last, since it ends what the others ask about. Objects are written in test_rules, clusters in test_clusters."""
    routes = [route for route in TABLE if TAKES.get(route, Action.VIEW) is Action.VIEW]
    told = {}
    for route in sorted(routes, key=lambda route: (route.startswith("DELETE"), "{user_id}" in route)):
        answer = await world.call("admin", route)
        told[route] = answer.status_code if answer.is_success else refusal(answer)[1]
    assert told == {route: OF_AN_ADMINISTRATOR.get(route, 200) for route in routes}

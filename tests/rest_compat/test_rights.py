"""Every route for everyone who can ask, with exact answers and proof that what is refused did not happen."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from starlette.routing import Route, WebSocketRoute

from gyre.people.policies import PolicyDraft
from gyre.terms.people import Role
from rest_compat.contract import Who, said_of
from rest_compat.routes import ENDPOINTS
from tests.rest_compat.conftest import Gyre, open_gyre, refusal
from tests.rest_compat.sockets import closed
from tests.support.clients import asking
from tests.support.cluster import KUSTOMIZATIONS, thing
from tests.support.people import PASSWORD, rule, scope
from tests.support.world import EVERYONE, PRIVATE, everyone, fill, kept, spare

pytestmark = pytest.mark.anyio

OPEN = {
    "/api/health",
    "/livez",
    "/readyz",
    "/metrics",
    "/api/openapi.json",
    "/api/docs",
    "/api/ws",
    "/api/auth/login",
    "/api/auth/providers",
    "/api/auth/oidc/{provider}/login",
    "/api/auth/oidc/{provider}/callback",
}
"""Routes that ask nobody who they are."""

SELF = {"/api/me", "/api/auth/password", "/api/auth/logout"}
"""Routes about oneself."""

ACTIONS = ("reconcile", "suspend", "resume")
ALLOWED = {
    "editor": set(ACTIONS),
    "admin": set(ACTIONS),
    "may-edit": set(ACTIONS),
    "may-all": set(ACTIONS),
    "by-glob": set(ACTIONS),
    "may-reconcile": {"reconcile"},
    "may-suspend": {"suspend", "resume"},
}
BLIND = {"none", "elsewhere", "other-kind", "other-cluster"}
STRANGERS = {"anonymous", "disabled"}
BODIES: dict[str, Any] = {
    "POST /api/users": {"username": "newuser", "password": PASSWORD, "role": "editor"},
    "PUT /api/users/{user_id}": {"role": "admin"},
    "POST /api/rbac/policies": {
        "name": "developer-policy",
        "rules": [
            {
                "resources": ["kustomizations", "helmreleases"],
                "namespaces": ["default", "staging"],
                "actions": ["view", "edit"],
            }
        ],
    },
    "PUT /api/rbac/policies/{policy_id}": {"description": "other"},
    "POST /api/clusters": {"name": "production", "kubeconfig": "...", "context": "default"},
    "PUT /api/clusters/{cluster_id}": {"impersonate": True},
    "POST /api/auth/password": {"old": "not this one at all", "new": "another winter's tale"},
    "POST /api/tokens": {"name": "more"},
    "POST /api/auth/login": {"username": "nobody", "password": "wrong"},
}


@dataclass(frozen=True, slots=True)
class World:
    gyre: Gyre
    ids: dict[str, str]
    cookies: dict[str, str]

    async def ask(self, who: str, method: str, path: str, body: object = None) -> httpx2.Response:
        said = {"cookie": f"gyre_session={self.cookies[who]}"} if self.cookies[who] else {}
        if self.cookies[who].startswith("gyre_"):
            said = {"authorization": f"Bearer {self.cookies[who]}"}
        self.gyre.http.cookies.clear()
        return await self.gyre.http.request(method, path, json=body, headers=said)

    async def call(self, who: str, method: str, path: str, manifest: object = None) -> httpx2.Response:
        """A route with names and ids that exist."""
        names = {"resource_type": "kustomizations", "namespace": "shop", "name": "apps", "cluster_id": "default"}
        known = {f"{what}_id": number for what, number in self.ids.items()}
        body = manifest or BODIES.get(f"{method} {path}")
        if path == "/api/rbac/bindings" and method == "POST":
            body = {"userId": self.ids["user"], "policyId": self.ids["policy"], "cluster": "default"}
        return await self.ask(who, method, path.format(**names, **known), body)


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with open_gyre(tmp_path_factory.mktemp("rights")) as gyre:
        fill(gyre.cluster)
        ids, cookies = await spare(gyre.people), await everyone(gyre.people)
        narrowed = await gyre.people.token("admin", scope("kustomizations", "shop", "view", "default"))
        world = World(gyre, ids, {**cookies, "narrowed": narrowed.secret})
        await world.ask("narrowed", "GET", "/api/me")  # its use is written but now
        yield world


ROUTES = [
    (next(iter(set(route.methods or ()) - {"HEAD"})), route.path) for route in ENDPOINTS if isinstance(route, Route)
]
ASKING = [each for each in ROUTES if each[1] not in OPEN | SELF]
OF_WHO_VIEWS = {
    *(path for _, path in ROUTES if path.startswith("/api/flux") and not path.endswith(("/deletion", "/unmasked"))),
    "/api/clusters",
    "/api/clusters/{cluster_id}",
    "/api/events",
    "/api/overview",
}
COLLECTION, ONE = "/api/flux/{resource_type}", "/api/flux/{resource_type}/{namespace}/{name}"
APPS = {
    "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
    "kind": "Kustomization",
    "metadata": {"namespace": "shop", "name": "apps", "resourceVersion": "1"},
    "spec": {"interval": "1m"},
}
ADMINISTRATION = [
    (method, path)
    for method, path in ROUTES
    if path.startswith(("/api/users", "/api/rbac", "/api/audit"))
    or (path.startswith("/api/clusters") and method != "GET")
]


@pytest.mark.parametrize(("method", "path"), ASKING)
@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("anonymous", (401, "UNAUTHENTICATED")),
        ("disabled", (401, "UNAUTHENTICATED")),
        ("must-change", (403, "PASSWORD_CHANGE_REQUIRED")),
    ],
)
async def test_every_route_asks_first_who_it_is(
    world: World, who: str, expected: tuple[int, str], method: str, path: str
) -> None:
    before = await kept(world.gyre.people)
    answer = await world.call(who, method, path)
    assert refusal(answer) == expected
    assert await kept(world.gyre.people) == before
    assert world.gyre.cluster.writes == []


def test_whom_each_route_answers_is_said_by_the_route_itself() -> None:
    said = {(route.path, said_of(route.endpoint).who) for route in ENDPOINTS if isinstance(route, Route)}
    assert {path for path, who in said if who is Who.EVERYONE} == OPEN
    assert {path for path, who in said if who is Who.ONESELF} == SELF
    assert [said_of(route.endpoint).who for route in ENDPOINTS if isinstance(route, WebSocketRoute)] == [Who.SIGNED_IN]


@pytest.mark.parametrize(
    ("who", "expected", "method", "path"),
    [("anonymous", (401, "UNAUTHENTICATED"), *route) for route in ROUTES if route[1] not in OPEN]
    + [("must-change", (403, "PASSWORD_CHANGE_REQUIRED"), *route) for route in ASKING],
)
async def test_who_it_is_is_asked_before_anything_of_the_request_is_read(
    world: World, who: str, expected: tuple[int, str], method: str, path: str
) -> None:
    place = re.sub(r"\{\w+\}", "no", path)
    said = {"cookie": f"gyre_session={world.cookies[who]}"} if world.cookies[who] else {}
    world.gyre.http.cookies.clear()
    answer = await world.gyre.http.request(
        method,
        f"{place}?cluster=a&cluster=b&limit=x&since=%00&dryRun=yes&unknown=1",
        content=None if method == "GET" else b"{",
        headers={"content-type": "application/json", **said},
    )
    assert refusal(answer) == expected


@pytest.mark.parametrize(("method", "path"), [each for each in ROUTES if each[0] != "GET"])
async def test_a_write_with_an_unknown_parameter_in_its_query_is_not_done(world: World, method: str, path: str) -> None:
    before = await kept(world.gyre.people)
    answer = await world.call("admin", method, f"{path}?colour=red", BODIES.get(f"{method} {path}"))
    assert refusal(answer) == (400, "VALIDATION_FAILED")
    assert answer.json()["error"]["details"] == {"path": ["colour"]}
    assert await kept(world.gyre.people) == before
    assert world.gyre.cluster.writes == []


@pytest.mark.parametrize(("method", "path"), [each for each in ASKING if each[1] != "/api/events/stream"])
async def test_an_administrators_token_that_only_views_one_namespace_does_nothing_else(
    world: World, method: str, path: str
) -> None:
    before = await kept(world.gyre.people)
    writes = path in (COLLECTION, ONE) and method in ("POST", "PUT", "PATCH")
    answer = await world.call("narrowed", method, path, {"resource": APPS} if writes else None)
    if method == "GET" and path in OF_WHO_VIEWS:
        assert answer.status_code == 200
        assert "hidden-namespace" not in answer.text
    else:
        assert refusal(answer) == (403, "FORBIDDEN")
    assert await kept(world.gyre.people) == before
    assert world.gyre.cluster.writes == []


@pytest.mark.parametrize(("method", "path"), ADMINISTRATION)
@pytest.mark.parametrize("who", ["none", "viewer", "editor", "may-all"])
async def test_only_an_administrator_administers(world: World, who: str, method: str, path: str) -> None:
    before = await kept(world.gyre.people)
    answer = await world.call(who, method, path)
    assert refusal(answer) == (403, "FORBIDDEN")
    assert [word for word in PRIVATE if word in answer.text] == []
    assert await kept(world.gyre.people) == before


@pytest.mark.parametrize("who", [name for name in EVERYONE if name not in STRANGERS | {"must-change"}])
async def test_each_person_gets_exactly_this_of_an_object(world: World, who: str) -> None:
    one = "/api/flux/kustomizations/shop/apps"
    blind = (404, "CLUSTER_NOT_FOUND" if who in ("none", "other-cluster") else "RESOURCE_NOT_FOUND")
    seen = await world.ask(who, "GET", one)
    if who in BLIND:
        assert refusal(seen) == blind
    else:
        assert (seen.status_code, seen.json()["resource"]["metadata"]["namespace"]) == (200, "shop")
    for action in ACTIONS:
        before = len(world.gyre.cluster.writes)
        answer = await world.ask(who, "POST", f"{one}/{action}")
        if action in ALLOWED.get(who, ()):
            assert (answer.status_code, answer.json()["success"]) == (200, True)
            assert len(world.gyre.cluster.writes) == before + 1
        else:
            assert refusal(answer) == (blind if who in BLIND else (403, "FORBIDDEN"))
            assert len(world.gyre.cluster.writes) == before


async def test_a_list_holds_what_one_namespace_has_and_nothing_else(world: World) -> None:
    listed = (await world.ask("may-view", "GET", "/api/flux/kustomizations")).json()
    assert [each["metadata"]["namespace"] for each in listed["resources"]] == ["shop"]
    assert listed["total"] == 1
    paged = (await world.ask("may-view", "GET", "/api/flux/kustomizations?limit=1&page=1")).json()
    assert paged["pagination"] == {"page": 1, "limit": 1, "total": 1, "totalPages": 1}
    for path in ("/api/flux/helmreleases", "/api/flux/kustomizations?namespace=hidden-namespace"):
        answer = await world.ask("may-view", "GET", path)
        assert (answer.status_code, answer.json()["resources"], answer.json()["total"]) == (200, [], 0)
        assert "hidden-namespace" not in answer.text


async def test_a_socket_tells_of_one_namespace_and_follows_the_rights(world: World) -> None:
    gyre = world.gyre
    client = await gyre.signed_in("mia", Role.MEMBER)
    await gyre.people.give("mia", rule("kustomizations", "shop", "view"), name="of-mia", cluster="default")
    policies = (await world.ask("admin", "GET", "/api/rbac/policies?q=of-mia")).json()["policies"]

    def touch(*namespaces: str) -> None:
        for namespace in namespaces:
            gyre.cluster.has(KUSTOMIZATIONS, thing("apps", namespace, spec={"path": f"./{gyre.cluster.version}"}))

    async with gyre.socket(client) as socket:
        assert json.loads(await socket.recv())["type"] == "connected"
        touch("prod", "hidden-namespace", "shop")
        told = json.loads(await socket.recv())
        assert (told["type"], told["namespace"], told["name"]) == ("modified", "shop", "apps")
        changed = {"rules": [{"resources": ["*"], "namespaces": ["prod"], "actions": ["view"]}]}
        path = f"/api/rbac/policies/{policies[0]['id']}"
        assert (await world.ask("admin", "PUT", path, changed)).status_code == 200
        assert json.loads(await socket.recv())["type"] == "resync"
        touch("shop", "hidden-namespace", "prod")
        assert json.loads(await socket.recv())["namespace"] == "prod"
    await client.aclose()


@pytest.mark.parametrize(
    ("who", "end"),
    [
        ("anonymous", (4401, "Sign in first.")),
        ("disabled", (4401, "Sign in first.")),
        ("must-change", (4403, "Change your password first; nothing else is answered before.")),
    ],
)
async def test_who_has_no_right_gets_no_socket_and_is_told_why(world: World, who: str, end: tuple[int, str]) -> None:
    headers = {"cookie": f"gyre_session={world.cookies[who]}"} if world.cookies[who] else {}
    async with asking(headers=headers) as client, world.gyre.socket(client) as socket:
        assert await closed(socket) == end
    assert not world.gyre.services.hub._members


async def test_who_must_change_the_password_finds_out_and_does_it(world: World) -> None:
    people = world.gyre.people
    await people.users.add("newcomer", PASSWORD, role=Role.VIEWER, must_change_password=True)
    client = await world.gyre.signed_in("newcomer")
    assert (await client.get("/api/me")).json()["user"]["mustChangePassword"] is True
    new = {"old": PASSWORD, "new": "another winter's tale"}
    wrong = await client.post("/api/auth/password", json={**new, "old": "not this one at all"})
    assert refusal(wrong) == (400, "VALIDATION_FAILED")
    assert (await client.post("/api/auth/password", json=new)).json() == {"success": True}
    assert (await client.get("/api/me")).json()["user"]["mustChangePassword"] is False
    assert (await client.get("/api/flux/kustomizations")).status_code == 200
    await client.aclose()


async def test_users_are_handled_as_documented(world: World) -> None:
    made = await world.ask("admin", "POST", "/api/users", BODIES["POST /api/users"])
    assert made.status_code == 201
    user = made.json()["user"]
    assert {key: user[key] for key in ("username", "role", "groups", "active", "mustChangePassword", "signedInAt")} == {
        "username": "newuser",
        "role": "editor",
        "groups": [],
        "active": True,
        "mustChangePassword": False,
        "signedInAt": None,
    }
    assert refusal(await world.ask("admin", "POST", "/api/users", BODIES["POST /api/users"])) == (409, "ALREADY_EXISTS")
    path = f"/api/users/{user['id']}"
    changed = await world.ask("admin", "PUT", path, {"role": "admin"})
    assert (changed.status_code, changed.json()["user"]) == (200, {**user, "role": "admin"})
    assert refusal(await world.ask("admin", "PUT", path, {})) == (400, "VALIDATION_FAILED")
    assert refusal(await world.ask("admin", "PUT", path, {"role": "king"})) == (400, "VALIDATION_FAILED")
    listed = (await world.ask("admin", "GET", "/api/users?q=newuser&limit=1")).json()
    assert listed["users"] == [{**user, "role": "admin"}]
    assert listed["pagination"] == {"page": 1, "limit": 1, "total": 1, "totalPages": 1}
    assert (await world.ask("admin", "DELETE", path)).json() == {"success": True}
    assert refusal(await world.ask("admin", "DELETE", path)) == (404, "USER_NOT_FOUND")
    assert refusal(await world.ask("admin", "PUT", "/api/users/x", {"role": "admin"})) == (404, "USER_NOT_FOUND")


async def test_policies_and_bindings_are_handled_as_documented(world: World) -> None:
    made = await world.ask("admin", "POST", "/api/rbac/policies", BODIES["POST /api/rbac/policies"])
    assert made.status_code == 201
    policy = made.json()["policy"]
    assert policy["rules"] == BODIES["POST /api/rbac/policies"]["rules"]
    path = f"/api/rbac/policies/{policy['id']}"
    assert (await world.ask("admin", "GET", path)).json() == {"policy": policy}
    unknown = {"rules": [{"resources": ["kustomisation"], "namespaces": ["a"], "actions": ["view"]}]}
    refused = await world.ask("admin", "PUT", path, unknown)
    assert refusal(refused) == (400, "VALIDATION_FAILED")
    assert "did you mean kustomizations" in refused.json()["error"]["message"]
    wish = {"userId": world.ids["user"], "policyId": policy["id"], "cluster": "default"}
    given = await world.ask("admin", "POST", "/api/rbac/bindings", wish)
    assert given.status_code == 201
    binding = given.json()["binding"]
    assert {key: binding[key] for key in wish} == wish
    assert (binding["policy"], binding["username"], binding["group"]) == ("developer-policy", "spare-person", None)
    for wrong, told in (
        ({}, (409, "ALREADY_EXISTS")),
        ({"cluster": "no-such"}, (404, "CLUSTER_NOT_FOUND")),
        ({"userId": "x"}, (404, "USER_NOT_FOUND")),
        ({"policyId": "x"}, (404, "POLICY_NOT_FOUND")),
        ({"groupId": "x"}, (400, "VALIDATION_FAILED")),
    ):
        assert refusal(await world.ask("admin", "POST", "/api/rbac/bindings", {**wish, **wrong})) == told
    listed = (await world.ask("admin", "GET", f"/api/rbac/bindings?policyId={policy['id']}")).json()
    assert listed == {"bindings": [binding], "total": 1}
    assert refusal(await world.ask("admin", "DELETE", path)) == (409, "CONFLICT")
    assert (await world.ask("admin", "DELETE", f"/api/rbac/bindings/{binding['id']}")).json() == {"success": True}
    assert (await world.ask("admin", "DELETE", path)).json() == {"success": True}
    assert refusal(await world.ask("admin", "GET", path)) == (404, "POLICY_NOT_FOUND")


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/api/users", "GET, HEAD, POST"),
        ("/api/users/x", "DELETE, PUT"),
        ("/api/rbac/policies/x", "DELETE, GET, HEAD, PUT"),
    ],
)
async def test_a_method_that_is_not_taken_is_told_those_that_are(world: World, path: str, allow: str) -> None:
    answer = await world.ask("admin", "PATCH", path, {})
    assert refusal(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == allow


async def test_who_loses_a_policy_sees_nothing_with_the_next_request(world: World) -> None:
    people = world.gyre.people
    client = await world.gyre.signed_in("leaver", Role.MEMBER)
    await people.give("leaver", rule("*", "shop", "view"), name="of-leaver", cluster="default")
    assert (await client.get("/api/flux/kustomizations")).json()["total"] == 1
    policies = (await world.ask("admin", "GET", "/api/rbac/policies?q=of-leaver")).json()["policies"]
    await people.directory.policies.update(policies[0]["id"], PolicyDraft(rules=(rule("*", "nowhere", "view"),)))
    assert (await client.get("/api/flux/kustomizations")).json()["total"] == 0
    assert (await world.ask("admin", "DELETE", f"/api/rbac/policies/{policies[0]['id']}?bindings=true")).is_success
    assert refusal(await client.get("/api/flux/kustomizations")) == (404, "CLUSTER_NOT_FOUND")
    await client.aclose()


@pytest.mark.parametrize("path", sorted(SELF))
@pytest.mark.parametrize("who", ["anonymous", "disabled"])
async def test_what_is_about_oneself_needs_a_session(world: World, who: str, path: str) -> None:
    method = next(method for method, route in ROUTES if route == path)
    assert refusal(await world.call(who, method, path)) == (401, "UNAUTHENTICATED")

"""Every route about an object for everyone who may something with it, on a cluster that takes every kind of write.

Who may nothing with it, and every other route: test_matrix and test_rights.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gyre.terms.people import Role
from rest_compat.routes import ENDPOINTS
from tests.rest_compat.conftest import Served, refusal, served_on
from tests.support.living_cluster import LivingCluster, living_cluster
from tests.support.people import rule, scope
from tests.support.world import ROLES, RULES

pytestmark = pytest.mark.anyio

KIND = "/api/flux/{resource_type}"
ONE = f"{KIND}/{{namespace}}/{{name}}"
READS = {f"GET {KIND}", f"GET {ONE}", f"GET {ONE}/inventory", f"GET {ONE}/events"}
RECONCILE = {f"POST {ONE}/reconcile"}
SUSPEND = {f"POST {ONE}/suspend", f"POST {ONE}/resume"}
CREATE = {f"POST {KIND}"}
EDIT = {f"PUT {ONE}", f"PATCH {ONE}", f"GET {ONE}/unmasked"}
DELETE = {f"GET {ONE}/deletion", f"DELETE {ONE}"}
ALL = READS | RECONCILE | SUSPEND | CREATE | EDIT | DELETE
BY_EDIT = READS | RECONCILE | SUSPEND | CREATE | EDIT
MAY: dict[str, set[str]] = {
    "viewer": READS,
    "editor": ALL,
    "admin": ALL,
    "may-view": READS,
    "may-edit": BY_EDIT,
    "may-create": READS | CREATE,
    "may-delete": READS | DELETE,
    "may-reconcile": READS | RECONCILE,
    "may-suspend": READS | SUSPEND,
    "may-logs": READS,
    "may-restart": READS,
    "may-all": ALL,
    "by-glob": READS | RECONCILE | SUSPEND,
    "token-to-edit": BY_EDIT,
    "token-to-delete": READS | DELETE,
    "token-of-a-viewer": READS,
}
"""What each may of these routes; `edit` gives create, reconcile and suspend, anything gives view (docs/access.md)."""

TOKENS = {
    "token-to-edit": (Role.ADMIN, scope("kustomizations", "shop", "edit")),
    "token-to-delete": (Role.EDITOR, scope("*", "shop", "delete")),
    "token-of-a-viewer": (Role.VIEWER, scope("*", "*", "*")),
}
FROM_GIT = {"interval": "10m", "path": "./", "prune": True, "sourceRef": {"kind": "GitRepository", "name": "fleet"}}


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[LivingCluster]:
    async with living_cluster(tmp_path) as cluster:
        cluster.has("Kustomization", "apps", FROM_GIT)
        yield cluster


@pytest.fixture
async def gyre(cluster: LivingCluster, tmp_path: Path) -> AsyncIterator[Served]:
    async with served_on(cluster.access, tmp_path) as served:
        yield served


async def client_of(gyre: Served, who: str) -> httpx2.AsyncClient:
    """Someone of the world of rights, signed in or with a token."""
    role, given = TOKENS[who] if who in TOKENS else (ROLES.get(who, Role.MEMBER), None)
    client = await gyre.signed_in(who, role)
    if who in RULES:
        await gyre.people.give(who, rule(*RULES[who]))
    if given:
        del client.headers["cookie"]
        client.headers["authorization"] = f"Bearer {(await gyre.people.token(who, given)).secret}"
    return client


def body_for(route: str, cluster: LivingCluster) -> dict[str, Any] | None:
    """What the writes of objects say."""
    if route not in {*CREATE, f"PUT {ONE}", f"PATCH {ONE}"}:
        return None
    name = "new" if route in CREATE else "apps"
    metadata = {"name": name, "namespace": "shop"}
    if route.startswith("PUT"):
        metadata["resourceVersion"] = cluster.get("Kustomization", "apps")["metadata"]["resourceVersion"]
    about = {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": metadata}
    return {"resource": {**about, "spec": FROM_GIT}, "force": True}


def test_every_route_about_an_object_is_here() -> None:
    known = {
        f"{method} {each.path}"
        for each in ENDPOINTS
        if each.path.startswith(KIND)
        for method in (getattr(each, "methods", None) or set()) - {"HEAD"}
    }
    assert known == ALL


@pytest.mark.parametrize("who", MAY)
async def test_each_may_exactly_what_their_rule_says_and_what_is_refused_changes_nothing(
    gyre: Served, cluster: LivingCluster, who: str
) -> None:
    async with await client_of(gyre, who) as client:
        for route in sorted(ALL, key=lambda route: (route.startswith("DELETE"), route)):
            method, path = route.split(" ")
            before = cluster.store.version
            answer = await client.request(
                method,
                path.format(resource_type="ks", namespace="shop", name="apps"),
                json=body_for(route, cluster),
                headers={"content-type": "application/json"},
            )
            if route in MAY[who]:
                assert answer.status_code in (200, 201), (route, answer.text)
                assert (cluster.store.version > before) == (method != "GET"), route
            else:
                assert refusal(answer) == (403, "FORBIDDEN"), route
                assert cluster.store.version == before, route

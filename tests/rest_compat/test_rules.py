"""Every route about an object for everyone who may something with it, on a cluster that takes every kind of write.

Who may nothing with it, and every other route: test_matrix and test_rights. GraphQL's fields: tests/schema.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
import pytest

from gyre.terms.people import Action
from rest_compat.routes import ENDPOINTS
from tests.rest_compat.conftest import Served, refusal, served_on
from tests.support.clients import asking
from tests.support.living_cluster import FROM_GIT, LivingCluster, living_cluster
from tests.support.may import BLIND, MAY, headers_of
from tests.support.services import has_read
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

KIND = "/api/flux/{resource_type}"
ONE = f"{KIND}/{{namespace}}/{{name}}"
TAKES: Mapping[str, Action] = {
    f"GET {KIND}": Action.VIEW,
    f"GET {ONE}": Action.VIEW,
    f"GET {ONE}/inventory": Action.VIEW,
    f"GET {ONE}/events": Action.VIEW,
    f"GET {ONE}/unmasked": Action.EDIT,
    f"GET {ONE}/deletion": Action.DELETE,
    f"POST {KIND}": Action.CREATE,
    f"POST {ONE}/reconcile": Action.RECONCILE,
    f"POST {ONE}/suspend": Action.SUSPEND,
    f"POST {ONE}/resume": Action.SUSPEND,
    f"PUT {ONE}": Action.EDIT,
    f"PATCH {ONE}": Action.EDIT,
    f"DELETE {ONE}": Action.DELETE,
}
"""In this order: what deletes comes last."""


@pytest.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LivingCluster]:
    async with living_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster


@pytest.fixture(scope="module")
async def gyre(cluster: LivingCluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    async with served_on(cluster.access, tmp_path_factory.mktemp("gyre")) as served:
        yield served


def body_for(route: str, name: str, cluster: LivingCluster) -> dict[str, Any] | None:
    """What the writes of objects say."""
    if route not in {f"POST {KIND}", f"PUT {ONE}", f"PATCH {ONE}"}:
        return None
    metadata = {"name": f"new-{name}" if route.startswith("POST") else name, "namespace": "shop"}
    if route.startswith("PUT"):
        metadata["resourceVersion"] = cluster.get("Kustomization", name)["metadata"]["resourceVersion"]
    about = {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization", "metadata": metadata}
    return {"resource": {**about, "spec": FROM_GIT}, "force": True}


async def client_of(gyre: Served, who: str) -> httpx2.AsyncClient:
    headers = await headers_of(gyre.people, who)
    return asking(gyre.address, headers=headers)


async def asked(client: httpx2.AsyncClient, route: str, name: str, body: object) -> httpx2.Response:
    """The route, asked of the Kustomization of this name."""
    method, path = route.split(" ")
    where = path.format(resource_type="ks", namespace="shop", name=name)
    return await client.request(method, where, json=body, headers={"content-type": "application/json"})


def test_every_route_about_an_object_is_here() -> None:
    known = {
        f"{method} {each.path}"
        for each in ENDPOINTS
        if each.path.startswith(KIND)
        for method in (getattr(each, "methods", None) or set()) - {"HEAD"}
    }
    assert known == set(TAKES)


@pytest.mark.parametrize("who", MAY)
async def test_each_may_exactly_what_their_rule_says_and_what_is_refused_changes_nothing(
    gyre: Served, cluster: LivingCluster, who: str
) -> None:
    cluster.has("Kustomization", who, FROM_GIT)
    await until(lambda: has_read(gyre.services, "Kustomization", who))
    async with await client_of(gyre, who) as client:
        for route, action in TAKES.items():
            before = cluster.store.version
            answer = await asked(client, route, who, body_for(route, who, cluster))
            if action in MAY[who]:
                assert answer.status_code in (200, 201), (route, answer.text)
                assert (cluster.store.version > before) == (not route.startswith("GET")), route
            else:
                assert refusal(answer) == (403, "FORBIDDEN"), route
                assert cluster.store.version == before, route


@pytest.mark.parametrize("who", BLIND)
async def test_who_may_not_see_it_is_answered_as_for_what_does_not_exist(
    gyre: Served, cluster: LivingCluster, who: str
) -> None:
    cluster.has("Kustomization", who, FROM_GIT)
    await until(lambda: has_read(gyre.services, "Kustomization", who))
    before = cluster.store.version
    async with await client_of(gyre, who) as client:
        for route in (each for each in TAKES if each != f"GET {KIND}"):
            answer = await asked(client, route, who, body_for(route, who, cluster))
            assert refusal(answer) == (404, BLIND[who]), route
    assert cluster.store.version == before

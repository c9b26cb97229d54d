"""How a Kubernetes API says what it serves, who is asking, and whether it is well."""

import httpx2
import pytest

from tests.contract.api import Api, Credentials, Json, eventually
from tests.contract.kinds import GROUP, VERSION

pytestmark = pytest.mark.anyio

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


async def test_the_server_says_its_version(api: Api) -> None:
    version = (await api.get("/version")).json()
    assert version["major"] == "1"
    assert version["minor"].isdecimal()
    assert version["gitVersion"].startswith(f"v1.{version['minor']}.")


@pytest.mark.parametrize("path", ["/healthz", "/livez", "/readyz"])
async def test_the_server_says_that_it_is_well(api: Api, path: str) -> None:
    answer = await api.get(path, accept="*/*")
    assert (answer.status_code, answer.text) == (200, "ok")


async def test_the_core_group_has_one_version(api: Api) -> None:
    answer = (await api.get("/api")).json()
    assert (answer["kind"], answer["versions"]) == ("APIVersions", ["v1"])


async def test_groups_are_listed_with_their_versions(api: Api) -> None:
    async def listed() -> bool:
        groups = (await api.get("/apis")).json()["groups"]
        return GROUP in {each["name"] for each in groups}

    await eventually(listed, "the group is listed")
    answer = (await api.get("/apis")).json()
    assert (answer["kind"], answer["apiVersion"]) == ("APIGroupList", "v1")
    mine = next(each for each in answer["groups"] if each["name"] == GROUP)
    version = {"groupVersion": VERSION, "version": "v1"}
    assert mine == {"name": GROUP, "versions": [version], "preferredVersion": version}
    assert (await api.get(f"/apis/{GROUP}")).json() == {"kind": "APIGroup", "apiVersion": "v1", **mine}


async def test_the_kinds_of_a_version_are_listed(api: Api) -> None:
    answer = (await api.get(f"/apis/{GROUP}/v1")).json()
    assert (answer["kind"], answer["apiVersion"], answer["groupVersion"]) == ("APIResourceList", "v1", VERSION)
    found = {each["name"]: each for each in answer["resources"]}
    assert {"widgets", "widgets/status", "gadgets"} <= set(found)
    assert "gadgets/status" not in found
    mine = found["widgets"]
    assert (mine["kind"], mine["singularName"], mine["namespaced"]) == ("Widget", "widget", True)
    assert mine["shortNames"] == ["wdg"]
    assert set(mine["verbs"]) == {
        "create",
        "delete",
        "deletecollection",
        "get",
        "list",
        "patch",
        "update",
        "watch",
    }
    assert set(found["widgets/status"]["verbs"]) == {"get", "patch", "update"}


async def test_the_built_in_kinds_are_listed(api: Api) -> None:
    core = {each["name"]: each for each in (await api.get("/api/v1")).json()["resources"]}
    assert {"configmaps", "events", "namespaces", "pods", "pods/log", "secrets", "services"} <= set(core)
    assert (core["namespaces"]["namespaced"], core["pods"]["shortNames"]) == (False, ["po"])
    apps = {each["name"] for each in (await api.get("/apis/apps/v1")).json()["resources"]}
    assert {"deployments", "deployments/status", "replicasets"} <= apps


async def test_all_kinds_can_be_had_at_once(api: Api) -> None:
    async def listed() -> bool:
        return bool(_group((await api.get("/apis", accept=AGGREGATED)).json()))

    await eventually(listed, "the group is in the aggregated list")
    answer = await api.get("/apis", accept=AGGREGATED)
    assert answer.headers["content-type"].replace(" ", "") == AGGREGATED
    body = answer.json()
    assert (body["kind"], body["apiVersion"]) == ("APIGroupDiscoveryList", "apidiscovery.k8s.io/v2")
    (version,) = _group(body)[0]["versions"]
    assert (version["version"], version["freshness"]) == ("v1", "Current")
    mine = next(each for each in version["resources"] if each["resource"] == "widgets")
    assert mine["responseKind"] == {"group": GROUP, "version": "v1", "kind": "Widget"}
    assert (mine["scope"], mine["singularResource"], mine["shortNames"]) == ("Namespaced", "widget", ["wdg"])
    assert [each["subresource"] for each in mine["subresources"]] == ["status"]
    core = (await api.get("/api", accept=AGGREGATED)).json()["items"][0]["versions"][0]
    assert "pods" in {each["resource"] for each in core["resources"]}


def _group(body: Json) -> list[Json]:
    return [each for each in body["items"] if each["metadata"].get("name") == GROUP]


async def test_the_schemas_of_a_version_can_be_had(api: Api) -> None:
    path = f"apis/{GROUP}/v1"

    async def listed() -> bool:
        return path in (await api.get("/openapi/v3")).json()["paths"]

    await eventually(listed, "the version has a document")
    address = (await api.get("/openapi/v3")).json()["paths"][path]["serverRelativeURL"]
    document = (await api.http.get(address)).json()
    assert document["openapi"].startswith("3.")
    kinds = {
        kind["kind"]: schema
        for schema in document["components"]["schemas"].values()
        for kind in schema.get("x-kubernetes-group-version-kind", ())
        if kind["group"] == GROUP
    }
    assert kinds["Widget"]["properties"]["spec"]["properties"]["size"]["type"] == "integer"
    operation = document["paths"][f"/{path}/namespaces/{{namespace}}/widgets/{{name}}"]["patch"]
    assert operation["x-kubernetes-group-version-kind"] == {"group": GROUP, "version": "v1", "kind": "Widget"}
    assert "fieldValidation" in {parameter["name"] for parameter in operation["parameters"]}


async def test_one_may_ask_what_one_may_do(api: Api) -> None:
    body = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {"verb": "delete", "resource": "widgets", "group": GROUP}},
    }
    answer = await api.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body)
    assert (answer.status_code, answer.json()["kind"]) == (201, "SelfSubjectAccessReview")
    assert answer.json()["status"]["allowed"] is True
    assert answer.json()["spec"] == body["spec"]


async def test_one_may_ask_who_one_is(api: Api) -> None:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
    answer = await api.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", body)
    assert answer.status_code == 201
    assert answer.json()["status"]["userInfo"]["username"]
    assert "system:authenticated" in answer.json()["status"]["userInfo"]["groups"]


async def test_who_brings_a_wrong_token_is_not_let_in(credentials: Credentials) -> None:
    headers = {"authorization": "Bearer of-bad-news"}
    async with httpx2.AsyncClient(
        base_url=credentials.server, verify=credentials.stranger, headers=headers, trust_env=False
    ) as http:
        answer = await http.get("/api/v1/namespaces")
    assert answer.status_code == 401
    assert answer.json() == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": "Unauthorized",
        "reason": "Unauthorized",
        "code": 401,
    }

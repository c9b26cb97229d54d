"""The documented REST API, a test for each of its sentences: exact method, path, parameters, body and keys.

Changes as they are told and what is refused stand in their own file; all else is tests/rest_compat's matter.
"""

import pytest

from tests.contract.rest.conftest import ALL, Client, kustomization, made
from tests.support.app import PASSWORD
from tests.support.clients import asking

pytestmark = pytest.mark.anyio

RULE = {
    "resources": ["kustomizations", "helmreleases"],
    "namespaces": ["default", "staging"],
    "actions": ["view", "edit"],
}


async def test_login_answers_success_and_the_user(client: Client) -> None:
    answer = await client.stranger("POST", "/api/auth/login", {"username": "admin", "password": PASSWORD})
    body = answer.json()
    assert (answer.status_code, set(body), body["success"]) == (200, {"success", "user"}, True)
    assert set(body["user"]) == {"id", "username", "role"}
    assert (body["user"]["username"], body["user"]["role"]) == ("admin", "admin")
    assert "gyre_session=" in answer.headers["set-cookie"]


async def test_logout_ends_the_session(client: Client) -> None:
    async with asking(client.app.address, timeout=30) as other:
        await other.post("/api/auth/login", json={"username": "admin", "password": PASSWORD})
        assert (await other.get("/api/users")).status_code == 200
        answer = await other.post("/api/auth/logout")
        assert (answer.status_code, answer.json()) == (200, {"success": True})
        assert (await other.get("/api/users")).status_code == 401


async def test_an_api_token_signs_in_as_the_session_does(client: Client) -> None:
    secret = (await client.ask("POST", "/api/tokens", {"name": "contract"})).json()["secret"]
    async with asking(client.app.address, timeout=30) as script:
        answer = await script.get(ALL, headers={"authorization": f"Bearer {secret}"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")


@pytest.mark.parametrize(
    "kind", ["kustomizations", "helmreleases", "gitrepositories", "helmrepositories", "ocirepositories", "alerts"]
)
async def test_a_list_answers_resources_and_their_total(client: Client, kind: str) -> None:
    answer = await client.ask("GET", f"/api/flux/{kind}?cluster=default")
    body = answer.json()
    assert answer.status_code == 200
    assert {"resources", "total"} <= set(body)
    assert "pagination" not in body
    assert len(body["resources"]) == body["total"] > 0


@pytest.mark.parametrize("kind", ["Kustomization", "kustomization", "ks", "KUSTOMIZATIONS"])
async def test_a_kind_is_found_by_its_other_names_in_any_case(client: Client, kind: str) -> None:
    names = [await client.ask("GET", f"/api/flux/{each}?namespace=flux-system") for each in (kind, "kustomizations")]
    one, other = ([each["metadata"]["name"] for each in answer.json()["resources"]] for answer in names)
    assert one == other != []


async def test_a_list_is_filtered_by_namespace(client: Client) -> None:
    body = (await client.ask("GET", f"{ALL}?namespace=flux-system&cluster=default")).json()
    assert {each["metadata"]["namespace"] for each in body["resources"]} == {"flux-system"}
    assert body["total"] < (await client.ask("GET", ALL)).json()["total"]


async def test_a_list_is_of_the_cluster_that_is_named(client: Client) -> None:
    answer = await client.ask("GET", f"{ALL}?cluster=nowhere")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "CLUSTER_NOT_FOUND")


async def test_a_page_answers_its_resources_and_the_pagination(client: Client) -> None:
    total = (await client.ask("GET", ALL)).json()["total"]
    body = (await client.ask("GET", f"{ALL}?page=1&limit=5")).json()
    assert body["pagination"] == {"page": 1, "limit": 5, "total": total, "totalPages": -(-total // 5)}
    assert len(body["resources"]) == 5
    twenty = (await client.ask("GET", f"{ALL}?page=1")).json()["pagination"]
    assert twenty["limit"] == 20


async def test_a_page_past_the_end_is_empty(client: Client) -> None:
    body = (await client.ask("GET", f"{ALL}?page=1000&limit=20")).json()
    assert (body["resources"], body["pagination"]["page"]) == ([], 1000)


@pytest.mark.parametrize("limit", ["0", "501", "x"])
async def test_a_limit_is_1_to_500(client: Client, limit: str) -> None:
    assert (await client.ask("GET", f"{ALL}?limit={limit}")).status_code == 400
    assert (await client.ask("GET", f"{ALL}?limit=500")).status_code == 200


async def test_one_resource_is_answered_whole(client: Client) -> None:
    answer = await client.ask("GET", f"{ALL}/flux-system/tenants?cluster=default")
    body = answer.json()
    assert (answer.status_code, set(body)) == (200, {"resource"})
    resource = body["resource"]
    assert (resource["kind"], resource["metadata"]["name"]) == ("Kustomization", "tenants")
    assert {"spec", "status"} <= set(resource)
    assert "managedFields" not in resource["metadata"]


async def test_create_answers_201_and_the_resource(client: Client) -> None:
    answer = await client.ask("POST", ALL, {"cluster": "default", "resource": kustomization("created")})
    assert (answer.status_code, answer.json()["resource"]["metadata"]["name"]) == (201, "created")
    seen = await client.ask("GET", f"{ALL}/flux-system/created?cluster=default")
    assert seen.json()["resource"]["metadata"]["uid"] == answer.json()["resource"]["metadata"]["uid"]


async def test_create_of_what_exists_is_409(client: Client) -> None:
    await made(client, "twice")
    answer = await client.ask("POST", ALL, {"cluster": "default", "resource": kustomization("twice")})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "ALREADY_EXISTS")


async def test_what_the_api_server_refuses_is_422_with_its_fields(client: Client) -> None:
    wrong = kustomization("wrong", interval="often")
    answer = await client.ask("POST", ALL, {"cluster": "default", "resource": wrong})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "REJECTED_BY_CLUSTER")
    assert "spec.interval" in [cause["field"] for cause in error["details"]["causes"]]


async def test_update_answers_the_resource_as_it_is_now(client: Client) -> None:
    await made(client, "updated")
    for _ in range(20):  # its controller writes, too: who is told CONFLICT reads it again
        resource = (await client.ask("GET", f"{ALL}/flux-system/updated")).json()["resource"]
        resource["spec"]["interval"] = "7m"
        answer = await client.ask("PUT", f"{ALL}/flux-system/updated", {"cluster": "default", "resource": resource})
        if answer.status_code != 409:
            break
    assert (answer.status_code, answer.json()["resource"]["spec"]["interval"]) == (200, "7m")


async def test_update_without_the_version_it_was_read_with_is_409(client: Client) -> None:
    await made(client, "unversioned")
    body = {"cluster": "default", "resource": kustomization("unversioned", interval="7m")}
    answer = await client.ask("PUT", f"{ALL}/flux-system/unversioned", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "CONFLICT")
    now = (await client.ask("GET", f"{ALL}/flux-system/unversioned")).json()["resource"]
    assert now["spec"]["interval"] == "10m"


@pytest.mark.parametrize("where", [("kind", "HelmRelease"), ("name", "other"), ("namespace", "other")])
async def test_a_body_that_differs_from_its_path_is_400(client: Client, where: tuple[str, str]) -> None:
    field, value = where
    resource = kustomization("tenants")
    (resource if field == "kind" else resource["metadata"])[field] = value
    answer = await client.ask("PUT", f"{ALL}/flux-system/tenants", {"cluster": "default", "resource": resource})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_FAILED")


async def test_delete_answers_success_and_it_is_gone(client: Client) -> None:
    await made(client, "deleted")
    answer = await client.ask("DELETE", f"{ALL}/flux-system/deleted?cluster=default")
    assert (answer.status_code, answer.json()["success"]) == (200, True)
    await client.eventually(f"{ALL}/flux-system/deleted", lambda seen: seen.status_code == 404)


async def test_suspend_and_resume_answer_success(client: Client) -> None:
    await made(client, "paused")
    for action, suspended in (("resume", False), ("suspend", True)):
        answer = await client.ask("POST", f"{ALL}/flux-system/paused/{action}")
        assert (answer.status_code, answer.json()["success"]) == (200, True)
        seen = (await client.ask("GET", f"{ALL}/flux-system/paused")).json()["resource"]
        assert seen["spec"].get("suspend", False) is suspended


async def test_reconcile_answers_success_and_asks_the_controller(client: Client) -> None:
    answer = await client.ask("POST", f"{ALL}/flux-system/tenants/reconcile")
    assert (answer.status_code, answer.json()["success"]) == (200, True)
    annotations = answer.json()["resource"]["metadata"]["annotations"]
    assert "reconcile.fluxcd.io/requestedAt" in annotations


async def test_clusters_are_listed(client: Client) -> None:
    answer = await client.ask("GET", "/api/clusters")
    (default, *_) = answer.json()["clusters"]
    assert (answer.status_code, default["name"], default["connected"]) == (200, "default", True)


async def test_a_cluster_is_added_and_removed(client: Client) -> None:
    wanted = {"name": "production", "kubeconfig": client.kubeconfig, "context": "gyre-demo"}
    added = await client.ask("POST", "/api/clusters", wanted)
    assert (added.status_code, added.json()["cluster"]["name"]) == (201, "production")
    assert "kubeconfig" not in added.text
    removed = await client.ask("DELETE", f"/api/clusters/{added.json()['cluster']['id']}")
    assert (removed.status_code, removed.json()) == (200, {"success": True})
    names = [each["name"] for each in (await client.ask("GET", "/api/clusters")).json()["clusters"]]
    assert "production" not in names


async def test_users_are_listed_created_updated_and_deleted(client: Client) -> None:
    new = {"username": "newuser", "password": "a winter's tale of mine", "role": "editor"}
    created = await client.ask("POST", "/api/users", new)
    user = created.json()["user"]
    assert (created.status_code, user["username"], user["role"]) == (201, "newuser", "editor")
    assert "password" not in user
    listed = (await client.ask("GET", "/api/users")).json()["users"]
    assert "newuser" in [each["username"] for each in listed]
    updated = await client.ask("PUT", f"/api/users/{user['id']}", {"role": "admin"})
    assert (updated.status_code, updated.json()["user"]["role"]) == (200, "admin")
    deleted = await client.ask("DELETE", f"/api/users/{user['id']}")
    assert (deleted.status_code, deleted.json()) == (200, {"success": True})
    assert (await client.ask("DELETE", f"/api/users/{user['id']}")).status_code == 404


async def test_policies_are_created_listed_and_given(client: Client) -> None:
    created = await client.ask("POST", "/api/rbac/policies", {"name": "developer-policy", "rules": [RULE]})
    policy = created.json()["policy"]
    assert (created.status_code, policy["name"], policy["rules"]) == (201, "developer-policy", [RULE])
    assert policy in (await client.ask("GET", "/api/rbac/policies")).json()["policies"]
    person = {"username": "given", "password": "a winter's tale of mine", "role": "viewer"}
    user = (await client.ask("POST", "/api/users", person)).json()["user"]
    wanted = {"userId": user["id"], "policyId": policy["id"], "cluster": "default"}
    bound = await client.ask("POST", "/api/rbac/bindings", wanted)
    assert bound.status_code == 201
    assert {key: bound.json()["binding"][key] for key in wanted} == wanted


async def test_health_is_answered_without_a_sign_in(client: Client) -> None:
    answer = await client.stranger("GET", "/api/health")
    body = answer.json()
    assert (answer.status_code, set(body)) == (200, {"status", "version", "clusters"})
    assert body["status"] == "healthy"
    assert {"name": "default", "connected": True} in body["clusters"]

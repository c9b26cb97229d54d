"""What a Kubernetes API lets clients change: create, update, patch, dry runs, and what stays as it is."""

import pytest

from tests.contract.api import JSON_PATCH, MERGE, STRATEGIC, Api, causes
from tests.contract.kinds import GROUP, VERSION, config_map, deployment, widget

pytestmark = pytest.mark.anyio


async def test_a_created_object_has_an_identity_of_its_own(api: Api, widgets: str, namespace: str) -> None:
    answer = await api.post(widgets, widget("one"))
    assert answer.status_code == 201
    metadata = answer.json()["metadata"]
    assert (metadata["name"], metadata["namespace"], metadata["generation"]) == ("one", namespace, 1)
    assert metadata["uid"]
    assert metadata["creationTimestamp"].endswith("Z")
    assert metadata["resourceVersion"].isdecimal()
    assert (await api.get(f"{widgets}/one")).json() == answer.json()


async def test_the_server_gives_a_name_where_only_its_beginning_is_given(api: Api, widgets: str) -> None:
    body = widget("ignored")
    body["metadata"] = {"generateName": "widget-"}
    names = {(await api.post(widgets, body)).json()["metadata"]["name"] for _ in range(2)}
    assert len(names) == 2
    assert all(name.startswith("widget-") and len(name) == len("widget-") + 5 for name in names)


async def test_creating_a_second_object_of_a_name_is_refused(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    answer = await api.post(widgets, widget("one"))
    assert answer.status_code == 409
    status = answer.json()
    assert (status["kind"], status["apiVersion"], status["status"]) == ("Status", "v1", "Failure")
    assert (status["reason"], status["code"]) == ("AlreadyExists", 409)
    assert status["message"] == f'widgets.{GROUP} "one" already exists'
    assert status["details"] == {"name": "one", "group": GROUP, "kind": "widgets"}


async def test_creating_in_a_namespace_that_is_not_there_is_refused(api: Api, widgets: str) -> None:
    answer = await api.post(f"/apis/{GROUP}/v1/namespaces/nowhere-at-all/widgets", widget("one"))
    assert (answer.status_code, answer.json()["reason"]) == (404, "NotFound")
    assert answer.json()["message"] == 'namespaces "nowhere-at-all" not found'


async def test_the_namespace_of_the_object_must_be_that_of_the_path(api: Api, widgets: str) -> None:
    answer = await api.post(widgets, widget("one", metadata={"namespace": "default"}))
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")
    assert answer.json()["message"] == (
        "the namespace of the provided object does not match the namespace sent on the request"
    )


async def test_creating_drops_a_status_where_that_is_a_subresource(api: Api, widgets: str) -> None:
    answer = await api.post(widgets, widget("one") | {"status": {"phase": "Done"}})
    assert "status" not in answer.json()


@pytest.mark.parametrize("name", ["Upper", "under_score", "-dash", "dot.", "a" * 254])
async def test_a_name_must_be_a_subdomain(api: Api, widgets: str, name: str) -> None:
    answer = await api.post(widgets, widget(name))
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
    assert ("metadata.name", "FieldValueInvalid") in causes(answer.json())


async def test_a_name_must_be_given(api: Api, widgets: str) -> None:
    body = widget("")
    del body["metadata"]["name"]
    answer = await api.post(widgets, body)
    assert answer.status_code == 422
    assert ("metadata.name", "FieldValueRequired") in causes(answer.json())


@pytest.mark.parametrize(
    ("labels", "wrong"),
    [
        ({"team": "not a value"}, "metadata.labels"),
        ({"bad key": "value"}, "metadata.labels"),
        ({"team": "x" * 64}, "metadata.labels"),
    ],
)
async def test_labels_must_be_well_formed(api: Api, widgets: str, labels: dict[str, str], wrong: str) -> None:
    answer = await api.post(widgets, widget("one", labels=labels))
    assert (answer.status_code, causes(answer.json())) == (422, {(wrong, "FieldValueInvalid")})
    assert (await api.get(f"{widgets}/one")).status_code == 404


async def test_metadata_of_the_wrong_type_is_no_request(api: Api, widgets: str) -> None:
    answer = await api.post(widgets, widget("one", metadata={"labels": {"size": 3}}))
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")


async def test_a_body_that_is_no_json_is_no_request(api: Api, widgets: str) -> None:
    answer = await api.http.post(widgets, content=b"{", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")


async def test_a_body_in_a_form_nobody_reads_is_refused(api: Api, widgets: str) -> None:
    answer = await api.http.post(widgets, content=b"x", headers={"content-type": "text/csv"})
    assert (answer.status_code, answer.json()["reason"]) == (415, "UnsupportedMediaType")


async def test_a_body_of_another_version_is_no_request(api: Api, widgets: str) -> None:
    answer = await api.post(widgets, widget("one") | {"apiVersion": "example.com/v1"})
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")
    assert answer.json()["message"] == (
        f"the API version in the data (example.com/v1) does not match the expected API version ({VERSION})"
    )


async def test_a_body_of_another_kind_is_invalid(api: Api, widgets: str) -> None:
    answer = await api.post(widgets, widget("one") | {"kind": "Other"})
    assert (answer.status_code, causes(answer.json())) == (422, {("kind", "FieldValueInvalid")})
    assert answer.json()["details"]["causes"][0]["message"] == 'Invalid value: "Other": must be Widget'


async def test_an_update_replaces_the_object_and_raises_its_generation(api: Api, widgets: str) -> None:
    made = (await api.post(widgets, widget("one", color="red"))).json()
    wanted = {**made, "spec": {"size": 4}}
    answer = await api.put(f"{widgets}/one", wanted)
    assert answer.status_code == 200
    assert answer.json()["spec"] == {"size": 4, "replicas": 1}
    assert answer.json()["metadata"]["generation"] == 2
    assert answer.json()["metadata"]["uid"] == made["metadata"]["uid"]
    assert int(answer.json()["metadata"]["resourceVersion"]) > int(made["metadata"]["resourceVersion"])


async def test_an_update_of_what_changed_meanwhile_is_a_conflict(api: Api, widgets: str) -> None:
    made = (await api.post(widgets, widget("one"))).json()
    await api.patch(f"{widgets}/one", {"spec": {"size": 5}})
    answer = await api.put(f"{widgets}/one", {**made, "spec": {"size": 6}})
    assert (answer.status_code, answer.json()["reason"]) == (409, "Conflict")
    assert answer.json()["message"] == (
        f'Operation cannot be fulfilled on widgets.{GROUP} "one": the object has been modified; '
        "please apply your changes to the latest version and try again"
    )
    assert (await api.get(f"{widgets}/one")).json()["spec"]["size"] == 5


async def test_an_update_of_a_custom_object_must_say_which_version_it_changes(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    answer = await api.put(f"{widgets}/one", widget("one"))
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
    assert answer.json()["details"]["causes"] == [
        {
            "reason": "FieldValueInvalid",
            "message": "Invalid value: 0: must be specified for an update",
            "field": "metadata.resourceVersion",
        }
    ]


async def test_an_update_of_a_built_in_object_may_leave_the_version_out(api: Api, config_maps: str) -> None:
    await api.post(config_maps, config_map("one", key="old"))
    answer = await api.put(f"{config_maps}/one", config_map("one", key="new"))
    assert (answer.status_code, answer.json()["data"]) == (200, {"key": "new"})


async def test_an_update_must_name_the_object_of_the_path(api: Api, config_maps: str) -> None:
    await api.post(config_maps, config_map("one"))
    answer = await api.put(f"{config_maps}/one", config_map("two"))
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")
    assert answer.json()["message"] == "the name of the object (two) does not match the name on the URL (one)"


async def test_an_update_of_another_uid_is_a_conflict(api: Api, config_maps: str) -> None:
    await api.post(config_maps, config_map("one"))
    answer = await api.put(f"{config_maps}/one", config_map("one", metadata={"uid": "another"}))
    assert (answer.status_code, answer.json()["reason"]) == (409, "Conflict")
    assert "Precondition failed: UID in precondition: another, UID in object meta: " in answer.json()["message"]


async def test_an_update_of_what_is_not_there_is_not_found(api: Api, config_maps: str) -> None:
    answer = await api.put(f"{config_maps}/none", config_map("none"))
    assert (answer.status_code, answer.json()["message"]) == (404, 'configmaps "none" not found')


async def test_a_merge_patch_changes_and_removes_only_what_it_names(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one", color="red", settings={"a": "1", "b": "2"}))
    answer = await api.patch(f"{widgets}/one", {"spec": {"color": None, "settings": {"b": "3", "c": "4"}}})
    assert answer.status_code == 200
    assert answer.json()["spec"] == {"size": 3, "replicas": 1, "settings": {"a": "1", "b": "3", "c": "4"}}


async def test_a_merge_patch_makes_annotations_where_there_were_none(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    answer = await api.patch(f"{widgets}/one", {"metadata": {"annotations": {"example.com/why": "because"}}})
    assert answer.json()["metadata"]["annotations"] == {"example.com/why": "because"}
    assert answer.json()["metadata"]["generation"] == 1


async def test_a_patch_that_changes_nothing_makes_no_new_version(api: Api, widgets: str) -> None:
    made = (await api.post(widgets, widget("one"))).json()
    answer = await api.patch(f"{widgets}/one", {"spec": {"size": 3}})
    assert answer.json()["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]


async def test_a_patch_may_insist_on_a_version(api: Api, widgets: str) -> None:
    made = (await api.post(widgets, widget("one"))).json()
    await api.patch(f"{widgets}/one", {"spec": {"size": 5}})
    stale = {"metadata": {"resourceVersion": made["metadata"]["resourceVersion"]}, "spec": {"size": 6}}
    answer = await api.patch(f"{widgets}/one", stale)
    assert (answer.status_code, answer.json()["reason"]) == (409, "Conflict")
    assert (await api.get(f"{widgets}/one")).json()["spec"]["size"] == 5


async def test_a_json_patch_is_done_whole(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one", tags=["a", "b"], color="red"))
    operations = [
        {"op": "test", "path": "/spec/color", "value": "red"},
        {"op": "replace", "path": "/spec/size", "value": 7},
        {"op": "remove", "path": "/spec/color"},
        {"op": "add", "path": "/spec/tags/-", "value": "c"},
        {"op": "add", "path": "/metadata/labels", "value": {"app.example.com/name": "x"}},
        {"op": "copy", "from": "/spec/tags/0", "path": "/spec/title"},
        {"op": "replace", "path": "/spec/title", "value": "title"},
        {"op": "add", "path": "/metadata/labels/app.example.com~1name", "value": "y"},
    ]
    answer = await api.patch(f"{widgets}/one", operations, JSON_PATCH)
    assert answer.status_code == 200
    assert answer.json()["spec"] == {"size": 7, "replicas": 1, "tags": ["a", "b", "c"], "title": "title"}
    assert answer.json()["metadata"]["labels"] == {"app.example.com/name": "y"}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/spec/size", "value": 9},
        {"op": "remove", "path": "/spec/nothing"},
        {"op": "replace", "path": "/spec/nothing/inside", "value": 1},
    ],
)
async def test_a_json_patch_that_fails_changes_nothing(api: Api, widgets: str, operation: dict[str, object]) -> None:
    await api.post(widgets, widget("one"))
    first = {"op": "replace", "path": "/spec/size", "value": 7}
    answer = await api.patch(f"{widgets}/one", [first, operation], JSON_PATCH)
    assert (answer.status_code, answer.json()["reason"]) == (422, "Invalid")
    assert answer.json()["message"] == "the server rejected our request due to an error in our request"
    assert (await api.get(f"{widgets}/one")).json()["spec"]["size"] == 3


async def test_a_merge_patch_sent_as_json_patch_is_no_request(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    answer = await api.patch(f"{widgets}/one", {"spec": {"size": 7}}, JSON_PATCH)
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")


async def test_a_list_sent_as_merge_patch_is_no_request(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    answer = await api.patch(f"{widgets}/one", [{"op": "remove", "path": "/spec/size"}], MERGE)
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")


async def test_a_strategic_patch_merges_lists_by_their_key(api: Api, namespace: str) -> None:
    deployments = f"/apis/apps/v1/namespaces/{namespace}/deployments"
    assert (await api.post(deployments, deployment("web"))).status_code == 201
    containers = [{"name": "web", "image": "web:2"}, {"name": "new", "image": "new:1"}]
    patch = {"spec": {"template": {"spec": {"containers": [*containers, {"name": "side", "$patch": "delete"}]}}}}
    answer = await api.patch(f"{deployments}/web", patch, STRATEGIC)
    assert answer.status_code == 200
    now = {each["name"]: each["image"] for each in answer.json()["spec"]["template"]["spec"]["containers"]}
    assert now == {"web": "web:2", "new": "new:1"}
    assert answer.json()["metadata"]["generation"] == 2


async def test_custom_objects_take_no_strategic_patch(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    answer = await api.patch(f"{widgets}/one", {"spec": {"size": 7}}, STRATEGIC)
    assert (answer.status_code, answer.json()["reason"]) == (415, "UnsupportedMediaType")
    assert (await api.get(f"{widgets}/one")).json()["spec"]["size"] == 3


async def test_the_status_is_written_apart_from_the_rest(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    both = {"spec": {"size": 9}, "status": {"phase": "Done"}, "metadata": {"labels": {"a": "b"}}}
    answer = await api.patch(f"{widgets}/one/status", both)
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["spec"]["size"]) == ({"phase": "Done"}, 3)
    assert answer.json()["metadata"]["generation"] == 1
    assert "labels" not in answer.json()["metadata"]
    answer = await api.patch(f"{widgets}/one", {"spec": {"size": 9}, "status": {"phase": "Undone"}})
    assert (answer.json()["status"], answer.json()["spec"]["size"]) == ({"phase": "Done"}, 9)
    assert answer.json()["metadata"]["generation"] == 2


async def test_the_status_is_replaced_by_an_update_of_it(api: Api, widgets: str) -> None:
    made = (await api.post(widgets, widget("one"))).json()
    answer = await api.put(f"{widgets}/one/status", {**made, "status": {"observedGeneration": 1}})
    assert (answer.status_code, answer.json()["status"]) == (200, {"observedGeneration": 1})
    assert (await api.get(f"{widgets}/one/status")).json() == answer.json()


async def test_a_kind_without_the_status_subresource_writes_it_like_the_rest(api: Api, namespace: str) -> None:
    gadgets = f"/apis/{GROUP}/v1/namespaces/{namespace}/gadgets"
    body = {"apiVersion": VERSION, "kind": "Gadget", "metadata": {"name": "one"}, "spec": {"size": 1}}
    made = (await api.post(gadgets, body | {"status": {"phase": "New"}})).json()
    assert (made["status"], made["metadata"]["generation"]) == ({"phase": "New"}, 1)
    answer = await api.patch(f"{gadgets}/one", {"status": {"phase": "Done"}})
    assert (answer.json()["status"], answer.json()["metadata"]["generation"]) == ({"phase": "Done"}, 2)
    assert (await api.patch(f"{gadgets}/one/status", {"status": {}})).status_code == 404


async def test_the_number_of_replicas_is_written_in_a_form_all_workloads_share(api: Api, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/web"
    await api.post(path.removesuffix("/web"), deployment("web"))
    scale = (await api.get(f"{path}/scale")).json()
    assert (scale["kind"], scale["apiVersion"]) == ("Scale", "autoscaling/v1")
    assert (scale["spec"], scale["status"]["selector"]) == ({"replicas": 1}, "app=web")
    answer = await api.patch(f"{path}/scale", {"spec": {"replicas": 4}})
    assert (answer.status_code, answer.json()["spec"]) == (200, {"replicas": 4})
    live = (await api.get(path)).json()
    assert (live["spec"]["replicas"], live["metadata"]["generation"]) == (4, 2)
    stale = await api.put(f"{path}/scale", {**scale, "spec": {"replicas": 9}})
    assert (stale.status_code, stale.json()["reason"]) == (409, "Conflict")
    wrong = await api.patch(f"{path}/scale", {"spec": {"replicas": -1}})
    assert (wrong.status_code, causes(wrong.json())) == (422, {("spec.replicas", "FieldValueInvalid")})
    assert (await api.get(path)).json()["spec"]["replicas"] == 4


async def test_built_in_objects_may_come_in_protobuf(api: Api, config_maps: str) -> None:
    def field(number: int, content: bytes) -> bytes:
        return bytes((number << 3 | 2, len(content))) + content

    entry = field(1, b"key") + field(2, b"value")
    metadata = field(1, field(1, b"one") + field(11, field(1, b"team") + field(2, b"a")))
    types = field(1, field(1, b"v1") + field(2, b"ConfigMap"))
    body = b"k8s\0" + types + field(2, metadata + field(2, entry))
    headers = {"content-type": "application/vnd.kubernetes.protobuf", "accept": "application/json"}
    answer = await api.http.post(config_maps, content=body, headers=headers)
    assert (answer.status_code, answer.json()["data"]) == (201, {"key": "value"})
    assert (answer.json()["metadata"]["name"], answer.json()["metadata"]["labels"]) == ("one", {"team": "a"})
    cut = await api.http.post(config_maps, content=body[:-3], headers=headers)
    assert (cut.status_code, cut.json()["reason"]) == (400, "BadRequest")


async def test_a_dry_run_answers_as_if_and_stores_nothing(api: Api, widgets: str) -> None:
    answer = await api.post(widgets, widget("none"), dryRun="All")
    assert (answer.status_code, answer.json()["spec"]["replicas"]) == (201, 1)
    assert (await api.get(f"{widgets}/none")).status_code == 404
    made = (await api.post(widgets, widget("one"))).json()
    answer = await api.patch(f"{widgets}/one", {"spec": {"size": 7}}, dryRun="All")
    assert (answer.status_code, answer.json()["spec"]["size"]) == (200, 7)
    assert answer.json()["metadata"]["generation"] == 2
    assert (await api.delete(f"{widgets}/one", dryRun="All")).status_code == 200
    assert (await api.get(f"{widgets}/one")).json() == made


async def test_a_dry_run_is_refused_as_the_write_would_be(api: Api, widgets: str) -> None:
    assert (await api.post(widgets, widget("one", size=99), dryRun="All")).status_code == 422


async def test_what_the_server_keeps_cannot_be_written(api: Api, widgets: str) -> None:
    made = (await api.post(widgets, widget("one", metadata={"uid": "mine", "generation": 9}))).json()
    assert (made["metadata"]["generation"], made["metadata"]["uid"] == "mine") == (1, False)
    changed = {"metadata": {"creationTimestamp": "2020-01-01T00:00:00Z", "generation": 9}}
    answer = await api.patch(f"{widgets}/one", changed)
    assert answer.json()["metadata"]["creationTimestamp"] == made["metadata"]["creationTimestamp"]
    assert answer.json()["metadata"]["generation"] == 1

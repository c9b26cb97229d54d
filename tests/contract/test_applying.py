"""Server-side apply: who owns which fields, who may change them, and what goes when nobody wants it any more."""

import json

import httpx2
import pytest

from tests.contract.api import Api, Json, causes
from tests.contract.kinds import config_map, deployment, widget

pytestmark = pytest.mark.anyio

APPLY = "application/apply-patch+yaml"


async def apply(api: Api, path: str, body: Json, who: str = "alice", **query: object) -> httpx2.Response:
    return await api.patch(path, body, APPLY, fieldManager=who, **query)


def entries(answer: httpx2.Response) -> dict[tuple[str, str], Json]:
    managed = answer.json()["metadata"].get("managedFields", [])
    return {(each["manager"], each["operation"]): each["fieldsV1"] for each in managed}


async def test_applying_makes_what_is_not_there(api: Api, widgets: str) -> None:
    answer = await apply(api, f"{widgets}/one", widget("one", color="red"))
    assert (answer.status_code, answer.json()["spec"]) == (201, {"size": 3, "color": "red", "replicas": 1})
    owned = entries(answer)[("alice", "Apply")]
    assert owned["f:spec"].keys() - {"."} == {"f:size", "f:color"}
    again = await apply(api, f"{widgets}/one", widget("one", color="red"))
    assert (again.status_code, again.json()["metadata"]["resourceVersion"]) == (
        200,
        answer.json()["metadata"]["resourceVersion"],
    )


async def test_what_its_owner_applies_no_more_goes(api: Api, widgets: str) -> None:
    await apply(api, f"{widgets}/one", widget("one", color="red", settings={"a": "1", "b": "2"}))
    answer = await apply(api, f"{widgets}/one", widget("one", settings={"b": "2"}))
    assert answer.json()["spec"] == {"size": 3, "replicas": 1, "settings": {"b": "2"}}


async def test_what_another_owns_stays(api: Api, widgets: str) -> None:
    await apply(api, f"{widgets}/one", widget("one", settings={"a": "1"}))
    both = await apply(api, f"{widgets}/one", widget("one", settings={"b": "2"}), "bob")
    assert both.json()["spec"]["settings"] == {"a": "1", "b": "2"}
    answer = await apply(api, f"{widgets}/one", widget("one"))
    assert answer.json()["spec"] == {"size": 3, "replicas": 1, "settings": {"b": "2"}}


async def test_changing_what_another_owns_is_a_conflict_unless_forced(api: Api, widgets: str) -> None:
    await apply(api, f"{widgets}/one", widget("one", color="red"))
    answer = await apply(api, f"{widgets}/one", widget("one", color="blue"), "bob")
    assert (answer.status_code, answer.json()["reason"]) == (409, "Conflict")
    assert answer.json()["message"] == 'Apply failed with 1 conflict: conflict with "alice": .spec.color'
    assert causes(answer.json()) == {(".spec.color", "FieldManagerConflict")}
    assert (await api.get(f"{widgets}/one")).json()["spec"]["color"] == "red"
    forced = await apply(api, f"{widgets}/one", widget("one", color="blue"), "bob", force=True)
    assert (forced.status_code, forced.json()["spec"]["color"]) == (200, "blue")
    assert "f:color" not in entries(forced)[("alice", "Apply")]["f:spec"]
    later = await apply(api, f"{widgets}/one", widget("one", size=4, color="red"))
    assert {field for field, _ in causes(later.json())} == {".spec.color", ".spec.size"}


async def test_a_plain_write_takes_what_it_changes(api: Api, widgets: str) -> None:
    await apply(api, f"{widgets}/one", widget("one", color="red"))
    written = await api.patch(f"{widgets}/one", {"spec": {"color": "green"}}, fieldManager="editor")
    assert entries(written)[("editor", "Update")] == {"f:spec": {"f:color": {}}}
    assert "f:color" not in entries(written)[("alice", "Apply")]["f:spec"]
    answer = await apply(api, f"{widgets}/one", widget("one", color="red"))
    assert answer.json()["message"].startswith('Apply failed with 1 conflict: conflict with "editor"')


async def test_list_items_are_owned_one_by_one_where_they_have_keys(api: Api, namespace: str) -> None:
    path = f"/apis/apps/v1/namespaces/{namespace}/deployments/web"
    await apply(api, path, deployment("web"))
    other = deployment("web")
    containers = other["spec"]["template"]["spec"]["containers"]
    containers[:] = [{"name": "extra", "image": "extra:1"}]
    both = await apply(api, path, other, "bob")
    assert both.status_code == 200
    assert [each["name"] for each in both.json()["spec"]["template"]["spec"]["containers"]] == ["web", "side", "extra"]
    mine = deployment("web", "web:2")
    del mine["spec"]["template"]["spec"]["containers"][1]
    answer = await apply(api, path, mine)
    assert answer.status_code == 200, answer.text
    images = {each["name"]: each["image"] for each in answer.json()["spec"]["template"]["spec"]["containers"]}
    assert images == {"web": "web:2", "extra": "extra:1"}


async def test_what_was_written_before_belongs_to_its_writer(api: Api, config_maps: str) -> None:
    await api.post(config_maps, config_map("one", a="1"), fieldManager="maker")
    answer = await apply(api, f"{config_maps}/one", config_map("one", a="2"))
    assert answer.json()["message"] == 'Apply failed with 1 conflict: conflict with "maker" using v1: .data.a'
    agreed = await apply(api, f"{config_maps}/one", config_map("one", a="1", b="2"))
    assert (agreed.status_code, agreed.json()["data"]) == (200, {"a": "1", "b": "2"})


async def test_applying_yaml_and_dry_runs(api: Api, config_maps: str) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: b}\n"
    answer = await api.http.patch(
        f"{config_maps}/one",
        content=text.encode(),
        headers={"content-type": APPLY},
        params={"fieldManager": "alice", "dryRun": "All"},
    )
    assert (answer.status_code, answer.json()["data"]) == (201, {"a": "b"})
    assert (await api.get(f"{config_maps}/one")).status_code == 404


async def test_who_applies_must_say_who_it_is_and_nobody_else_may_force(api: Api, widgets: str) -> None:
    nameless = await api.patch(f"{widgets}/one", widget("one"), APPLY)
    assert (nameless.status_code, causes(nameless.json())) == (422, {("fieldManager", "FieldValueRequired")})
    await api.post(widgets, widget("one"))
    forcing = await api.patch(f"{widgets}/one", {"spec": {"size": 4}}, force=True)
    assert (forcing.status_code, causes(forcing.json())) == (422, {("force", "FieldValueForbidden")})


async def test_what_is_applied_keeps_to_the_schema(api: Api, widgets: str) -> None:
    answer = await apply(api, f"{widgets}/one", widget("one", size=99))
    assert (answer.status_code, causes(answer.json())) == (422, {("spec.size", "FieldValueInvalid")})
    broken = await api.http.patch(
        f"{widgets}/one", content=b"{", headers={"content-type": APPLY}, params={"fieldManager": "alice"}
    )
    assert (broken.status_code, broken.json()["reason"]) == (400, "BadRequest")
    assert json.loads((await api.get(widgets)).content)["items"] == []

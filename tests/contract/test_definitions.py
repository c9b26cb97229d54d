"""What a Kubernetes API makes of CustomResourceDefinitions: schemas that fill in, drop and refuse, and served kinds."""

import json
from typing import Any

import pytest

from tests.contract.api import JSON_PATCH, Api, causes, eventually
from tests.contract.conftest import DEFINITIONS
from tests.contract.kinds import GROUP, VERSION, definition, widget

pytestmark = pytest.mark.anyio


async def test_missing_fields_get_their_defaults(api: Api, widgets: str) -> None:
    made = (await api.post(widgets, widget("one", parts=[{"name": "a"}, {"name": "b", "kind": "own"}]))).json()
    assert made["spec"]["replicas"] == 1
    assert made["spec"]["parts"] == [{"name": "a", "kind": "plain"}, {"name": "b", "kind": "own"}]


async def test_null_counts_as_missing(api: Api, widgets: str) -> None:
    made = (await api.post(widgets, widget("one", replicas=None, title=None))).json()
    assert made["spec"] == {"size": 3, "replicas": 1}


async def test_unknown_fields_are_dropped_with_a_warning(api: Api, widgets: str) -> None:
    body = widget("one", mystery=1, parts=[{"name": "a", "deep": {"er": 1}}], metadata={"wrong": "x"})
    answer = await api.post(widgets, body)
    assert answer.status_code == 201
    assert answer.json()["spec"] == {"size": 3, "replicas": 1, "parts": [{"name": "a", "kind": "plain"}]}
    assert "wrong" not in answer.json()["metadata"]
    for path in ("metadata.wrong", "spec.mystery", "spec.parts[0].deep"):
        assert f'unknown field \\"{path}\\"' in answer.headers["warning"]


async def test_unknown_fields_are_refused_when_asked(api: Api, widgets: str) -> None:
    answer = await api.post(widgets, widget("one", mystery=1), fieldValidation="Strict")
    assert (answer.status_code, answer.json()["reason"]) == (400, "BadRequest")
    assert answer.json()["message"] == (
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.mystery"'
    )
    assert (await api.get(f"{widgets}/one")).status_code == 404


async def test_unknown_fields_go_without_a_word_when_asked(api: Api, widgets: str) -> None:
    answer = await api.post(widgets, widget("one", mystery=1), fieldValidation="Ignore")
    assert (answer.status_code, "warning" in answer.headers) == (201, False)


async def test_a_patch_to_an_unknown_field_changes_nothing(api: Api, widgets: str) -> None:
    made = (await api.post(widgets, widget("one"))).json()
    answer = await api.patch(f"{widgets}/one", {"spec": {"mystery": 1}})
    assert (answer.status_code, answer.json()) == (200, made)
    assert 'unknown field \\"spec.mystery\\"' in answer.headers["warning"]
    strictly = await api.patch(f"{widgets}/one", {"spec": {"mystery": 1}}, fieldValidation="Strict")
    assert (strictly.status_code, causes(strictly.json())) == (422, {("patch", "FieldValueInvalid")})


async def test_fields_given_twice_are_told(api: Api, widgets: str) -> None:
    text = json.dumps(widget("x", size=1)).replace('"size": 1', '"size": 1, "size": 2')
    headers = {"content-type": "application/json"}
    warned = await api.http.post(widgets, content=text.encode(), headers=headers)
    assert (warned.status_code, warned.json()["spec"]["size"]) == (201, 2)
    assert 'duplicate field \\"spec.size\\"' in warned.headers["warning"]
    strict = {"fieldValidation": "Strict"}
    refused = await api.http.post(widgets, content=text.encode(), headers=headers, params=strict)
    assert refused.status_code == 400
    assert 'strict decoding error: duplicate field "spec.size"' in refused.json()["message"]


async def test_free_fields_are_kept(api: Api, widgets: str) -> None:
    values = {"any": {"thing": [1, None, {"x": True}]}}
    made = (await api.post(widgets, widget("one", values=values, settings={"a": "b"}))).json()
    assert (made["spec"]["values"], made["spec"]["settings"]) == (values, {"a": "b"})


@pytest.mark.parametrize(
    ("spec", "cause", "message"),
    [
        (
            {"size": "x"},
            ("spec.size", "FieldValueTypeInvalid"),
            'Invalid value: "string": spec.size in body must be of type integer: "string"',
        ),
        ({"size": None}, ("spec.size", "FieldValueRequired"), "Required value"),
        (
            {"size": 0},
            ("spec.size", "FieldValueInvalid"),
            "Invalid value: 0: spec.size in body should be greater than or equal to 1",
        ),
        (
            {"size": 11},
            ("spec.size", "FieldValueInvalid"),
            "Invalid value: 11: spec.size in body should be less than or equal to 10",
        ),
        (
            {"color": "pink"},
            ("spec.color", "FieldValueNotSupported"),
            'Unsupported value: "pink": supported values: "blue", "green", "red"',
        ),
        (
            {"interval": "5"},
            ("spec.interval", "FieldValueInvalid"),
            "Invalid value: \"5\": spec.interval in body should match '^[0-9]+(s|m|h)$'",
        ),
        (
            {"title": "t"},
            ("spec.title", "FieldValueInvalid"),
            'Invalid value: "t": spec.title in body should be at least 2 chars long',
        ),
        ({"title": "much too long"}, ("spec.title", "FieldValueTooLong"), "Too long: may not be more than 8 bytes"),
        ({"tags": ["a", "b", "c", "d"]}, ("spec.tags", "FieldValueTooMany"), "Too many: 4: must have at most 3 items"),
        (
            {"tags": "a"},
            ("spec.tags", "FieldValueTypeInvalid"),
            'Invalid value: "string": spec.tags in body must be of type array: "string"',
        ),
        (
            {"suspend": "true"},
            ("spec.suspend", "FieldValueTypeInvalid"),
            'Invalid value: "string": spec.suspend in body must be of type boolean: "string"',
        ),
        (
            {"values": 3},
            ("spec.values", "FieldValueTypeInvalid"),
            'Invalid value: "integer": spec.values in body must be of type object: "integer"',
        ),
        (
            {"settings": {"a": 1}},
            ("spec.settings.a", "FieldValueTypeInvalid"),
            'Invalid value: "integer": spec.settings.a in body must be of type string: "integer"',
        ),
        ({"parts": [{"count": 1}]}, ("spec.parts[0].name", "FieldValueRequired"), "Required value"),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_what_breaks_the_schema_is_refused_at_its_path(
    api: Api, widgets: str, spec: dict[str, Any], cause: tuple[str, str], message: str
) -> None:
    answer = await api.post(widgets, widget("one", **spec))
    assert answer.status_code == 422
    status = answer.json()
    field, reason = cause
    assert status["details"] == {
        "name": "one",
        "group": GROUP,
        "kind": "Widget",
        "causes": [{"reason": reason, "message": message, "field": field}],
    }
    assert status["message"] == f'Widget.{GROUP} "one" is invalid: {field}: {message}'
    assert (await api.get(f"{widgets}/one")).status_code == 404


async def test_every_fault_is_named_at_once(api: Api, widgets: str) -> None:
    answer = await api.post(widgets, widget("one", size=0, color="pink"))
    assert causes(answer.json()) == {("spec.size", "FieldValueInvalid"), ("spec.color", "FieldValueNotSupported")}
    assert answer.json()["message"].startswith(f'Widget.{GROUP} "one" is invalid: [spec.')


async def test_a_patch_must_keep_to_the_schema_too(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    for body, kind in (
        ({"spec": {"size": 99}}, "application/merge-patch+json"),
        ([{"op": "replace", "path": "/spec/size", "value": 99}], JSON_PATCH),
    ):
        answer = await api.patch(f"{widgets}/one", body, kind)
        assert (answer.status_code, causes(answer.json())) == (422, {("spec.size", "FieldValueInvalid")})
    assert (await api.get(f"{widgets}/one")).json()["spec"]["size"] == 3


async def test_a_status_must_keep_to_the_schema(api: Api, widgets: str) -> None:
    await api.post(widgets, widget("one"))
    answer = await api.patch(f"{widgets}/one/status", {"status": {"conditions": [{"type": "Ready"}]}})
    assert (answer.status_code, causes(answer.json())) == (
        422,
        {("status.conditions[0].status", "FieldValueRequired")},
    )


async def test_a_definition_makes_its_kind_served_and_takes_it_away(api: Api, namespace: str) -> None:
    path = f"{DEFINITIONS}/gizmos.{GROUP}"
    made = await api.post(DEFINITIONS, definition("gizmos", "Gizmo", short="gz"))
    assert made.status_code == 201
    assert made.json()["spec"]["names"]["singular"] == "gizmo"
    gizmos = f"/apis/{GROUP}/v1/namespaces/{namespace}/gizmos"

    async def answers(code: int) -> bool:
        return (await api.get(gizmos)).status_code == code

    await eventually(lambda: answers(200), "gizmos are served")
    conditions = {each["type"]: each["status"] for each in (await api.get(path)).json()["status"]["conditions"]}
    assert (conditions["NamesAccepted"], conditions["Established"]) == ("True", "True")
    body = {"apiVersion": VERSION, "kind": "Gizmo", "metadata": {"name": "one"}, "spec": {"size": 1}}
    assert (await api.post(gizmos, body)).status_code == 201
    table = (await api.get(gizmos, accept="application/json;as=Table;v=v1;g=meta.k8s.io")).json()
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Age"]
    assert (await api.delete(path)).status_code == 200
    await eventually(lambda: answers(404), "gizmos are served no more")


async def test_a_definition_must_be_named_by_its_plural_and_group(api: Api, namespace: str) -> None:
    body = definition("gizmos", "Gizmo")
    body["metadata"]["name"] = "gizmos.example.com"
    answer = await api.post(DEFINITIONS, body)
    assert answer.status_code == 422
    assert ("metadata.name", "FieldValueInvalid") in causes(answer.json())


async def test_a_definition_must_have_a_schema(api: Api, namespace: str) -> None:
    answer = await api.post(DEFINITIONS, definition("gizmos", "Gizmo", schema={}))
    assert answer.status_code == 422
    assert ("spec.versions[0].schema.openAPIV3Schema", "FieldValueRequired") in causes(answer.json())

"""Every kind's own fields, on manifests as they should be and on manifests of any shape."""

import typing
from collections.abc import AsyncIterator
from copy import deepcopy
from types import UnionType
from typing import Any, Union

import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type

from gyre.flux.kinds import KINDS, FluxKind
from gyre.terms.naming import Kind
from schema.build import SCHEMA
from schema.types.declare import own_fields
from schema.types.registry import type_of
from tests.support.cluster import WIDGETS, LittleCluster, open_cluster, thing
from tests.support.graphql import DEFAULT, Gyre, Signed, gyre_on
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

ODD: dict[str, object] = {
    "null": None,
    "text": "text",
    "number": 7,
    "large": 2**40,
    "negative": -1.5,
    "true": True,
    "list": ["a", 1, None, {"x": 1}],
    "empty": [],
    "mapping": {"a": {"b": [1]}},
    "nothing": {},
}


@pytest.fixture(scope="module")
async def cluster() -> AsyncIterator[LittleCluster]:
    async with open_cluster(*(known.kind for known in KINDS), WIDGETS) as cluster:
        for known in KINDS:
            shown = type_of(known.kind.group, known.kind.name)
            for name, odd in ODD.items():
                cluster.has(known.kind, thing(f"outer-{name}", conditions=(), **_outer(shown, odd)))
                cluster.has(known.kind, thing(f"inner-{name}", conditions=(), **_inner(shown, odd)))
        cluster.has(WIDGETS, thing("round", spec={"teeth": 7}))
        yield cluster


@pytest.fixture(scope="module")
async def gyre(cluster: LittleCluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gyre]:
    folder = tmp_path_factory.mktemp("gyre")
    async with gyre_on({DEFAULT: cluster.access(folder)}, folder) as gyre:
        yield gyre


@pytest.fixture(scope="module")
async def ada(gyre: Gyre) -> Signed:
    return await gyre.signed_in("ada")


def _put(document: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    for step in path[:-1]:
        inner = document.setdefault(step, {})
        if not isinstance(inner, dict):
            return
        document = inner
    document.setdefault(path[-1], deepcopy(value))


def _outer(shown: type, odd: object) -> dict[str, Any]:
    """This value at every path that the type reads, the shortest last so that none hides another."""
    document: dict[str, Any] = {}
    for path in sorted(own_fields(shown).values(), key=len, reverse=True):
        _put(document, path, odd)
    return {key: value if isinstance(value, dict) else {} for key, value in document.items()}


def _inner(shown: type, odd: object) -> dict[str, Any]:
    """Every nested thing well formed, with this value in each of its leaves."""
    document: dict[str, Any] = {}
    hints = typing.get_type_hints(shown)
    for name, path in own_fields(shown).items():
        _put(document, path, _filled(hints[name], odd))
    return document


def _filled(hint: Any, odd: object) -> object:
    if typing.get_origin(hint) in (Union, UnionType):
        return _filled(typing.get_args(hint)[0], odd)
    if typing.get_origin(hint) is list:
        return [_filled(typing.get_args(hint)[0], odd)]
    return _inner(hint, odd) if isinstance(hint, type) and hasattr(hint, "__strawberry_definition__") else odd


def _everything(type_: Any, levels: int = 3) -> str:
    """A selection of every field."""
    inner = get_named_type(type_)
    if not isinstance(inner, GraphQLObjectType | GraphQLInterfaceType):
        return ""
    if not levels:
        return "{ __typename }"
    return (
        "{ " + " ".join(f"{name} {_everything(field.type, levels - 1)}" for name, field in inner.fields.items()) + " }"
    )


async def _read(ada: Signed, kind: Kind, name: str, selection: str) -> dict[str, Any]:
    asked = "resource(kind: $kind, namespace: $namespace, name: $name)"
    query = f"query($kind: String!, $namespace: String!, $name: String!) {{ {asked} {{ __typename {selection} }} }}"
    return (await ada.data(query, kind=str(kind), namespace="prod", name=name))["resource"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("known", KINDS, ids=lambda known: known.kind.name)
async def test_every_field_of_a_manifest_of_any_shape_can_be_read(ada: Signed, known: FluxKind) -> None:
    kind = known.kind
    selection = f"... on {kind.name} {_everything(SCHEMA._schema.type_map[kind.name])}"
    for name in ODD:
        for shape in ("outer", "inner"):
            found = await _read(ada, kind, f"{shape}-{name}", selection)
            assert found["__typename"] == kind.name


async def test_a_kind_that_nobody_knows_is_shown_generically(gyre: Gyre, ada: Signed) -> None:
    found = await _read(ada, WIDGETS, "round", "kind apiVersion status spec allowed")
    assert found["__typename"] == "GenericResource"
    assert (found["kind"], found["apiVersion"], found["spec"]) == ("Widget", "example.com/v1", {"teeth": 7})
    assert found["allowed"] == ["VIEW", "CREATE", "EDIT", "DELETE"]


async def test_a_helm_release_tells_its_chart_values_and_history(
    cluster: LittleCluster, gyre: Gyre, ada: Signed
) -> None:
    release = next(known.kind for known in KINDS if known.kind.name == "HelmRelease")
    chart = {"spec": {"chart": "web", "version": "1.x", "sourceRef": {"kind": "HelmRepository", "name": "charts"}}}
    history = [{"name": "web", "version": 3, "chartVersion": "1.4.0", "status": "deployed", "appVersion": 2}]
    document = thing("web", spec={"interval": "5m", "chart": chart, "values": {"replicas": 2, "password": "hunter2"}})
    document["status"] |= {"history": history, "failures": 1}
    cluster.has(release, document)
    await until(lambda: gyre.seen("HelmRelease", "web", "prod"))
    found = await _read(
        ada,
        release,
        "web",
        """... on HelmRelease { interval failures values chart { chart version sourceRef { kind name namespace } }
        history { version chartVersion appVersion status } }""",
    )
    assert found["chart"] == {
        "chart": "web",
        "version": "1.x",
        "sourceRef": {"kind": "HelmRepository", "name": "charts", "namespace": None},
    }
    assert found["history"] == [{"version": 3, "chartVersion": "1.4.0", "appVersion": "2", "status": "deployed"}]
    assert (found["interval"], found["failures"], found["values"]["replicas"]) == ("5m", 1, 2)
    assert found["values"]["password"] != "hunter2"

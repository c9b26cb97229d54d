"""Whatever is asked that the schema allows: an answer, never a failure of the server's own."""

import asyncio
import json
import logging
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok
from schemathesis.graphql import nodes, scalar

from gyre.terms.people import Role
from tests.schema.test_actions import GIT
from tests.support.graphql import DEFAULT, gyre_on
from tests.support.living_cluster import FROM_GIT, living_cluster

SDL = Path(__file__).parents[2] / "schema" / "schema.graphql"
REAL = {"kind": "Kustomization", "namespace": "shop", "name": "apps", "cluster": "default"}
NAMED = re.compile(r'\b(kind|namespace|name|cluster): "(?:[^"\\]|\\.)*"')
EXAMPLES = 15

for text_scalar in ("DateTime", "Position"):
    scalar(text_scalar, st.one_of(st.text(max_size=40), st.just("2030-01-01T00:00:00Z")).map(nodes.String))
scalar("JSON", st.just(nodes.String("anything")))

_SCHEMA = schemathesis.graphql.from_path(str(SDL))
OPERATIONS = [found.ok() for found in _SCHEMA.get_all_operations() if isinstance(found, Ok)]


def really(document: str, operation: str) -> str:
    """The same about an object that is there; what deletes has one of its own, so that the others keep theirs."""
    real = REAL | {"name": "doomed"} if operation == "Mutation.deleteResource" else REAL
    return NAMED.sub(lambda found: f'{found[1]}: "{real[found[1]]}"', document)


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A client with a session; the server has a thread of its own, since hypothesis does not wait."""
    folder, ready, done, told = tmp_path_factory.mktemp("fuzz"), threading.Event(), threading.Event(), list[str]()

    async def serve() -> None:
        async with living_cluster(folder) as cluster:
            cluster.has("GitRepository", "fleet", GIT)
            for name in ("apps", "doomed"):
                cluster.has("Kustomization", name, FROM_GIT)
            async with gyre_on({DEFAULT: cluster.access}, folder) as gyre:
                ada = await gyre.signed_in("ada", Role.ADMIN)
                told.extend((gyre.address, ada.cookie))
                ready.set()
                await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(60)
    address, cookie = told
    with httpx2.Client(base_url=f"http://{address}", headers={"cookie": cookie}, trust_env=False, timeout=20) as client:
        yield client
    done.set()
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_nothing_that_the_schema_allows_breaks_the_server(
    asking: httpx2.Client, operation: Any, caplog: pytest.LogCaptureFixture
) -> None:
    cookie = {"cookie": "gyre_session=none"} if operation.label == "Mutation.logout" else {}

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(case=operation.as_strategy(), real=st.booleans())
    def fuzz(case: Any, real: bool) -> None:  # hypothesis gives it
        document = really(case.body, operation.label) if real else case.body
        body = json.dumps({"query": document}).encode()
        answer = asking.post("/graphql", content=body, headers={"content-type": "application/json", **cookie})
        assert answer.status_code == 200, document
        codes = {error["extensions"]["code"] for error in answer.json().get("errors", ())}
        assert "INTERNAL" not in codes, document

    with caplog.at_level(logging.ERROR):
        fuzz()
    assert caplog.records == []


def test_the_whole_of_every_object_can_be_read(asking: httpx2.Client) -> None:
    document = 'query($kind: String!, $name: String!) { resource(kind: $kind, namespace: "shop", name: $name) {%s} }'
    fields = """__typename yaml manifest spec statusFields allowed annotations { key value } conditions { type }
        source { name status } dependsOn { name } dependents { name } inventory { name status } labels { key }"""
    for kind, name in (("Kustomization", "apps"), ("GitRepository", "fleet")):
        body = {"query": document % fields, "variables": {"kind": kind, "name": name}}
        told = asking.post("/graphql", json=body).json()
        assert "errors" not in told
        assert told["data"]["resource"]["__typename"] == kind

"""What is not as it should be: each kind of bad request with its exact status and code."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gyre import errors
from gyre.errors import GyreError
from schema.errors import CODES
from schema.limits import DEEPEST, LONGEST_DOCUMENT, MOST_ALIASES, MOST_TOKENS
from schema.requests import LARGEST_BODY
from tests.support.cluster import KUSTOMIZATIONS, open_cluster
from tests.support.graphql import DEFAULT, Gyre, Signed, gyre_on

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def gyre(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gyre]:
    folder = tmp_path_factory.mktemp("gyre")
    async with open_cluster(KUSTOMIZATIONS) as cluster, gyre_on({DEFAULT: cluster.access(folder)}, folder) as gyre:
        yield gyre


@pytest.fixture(scope="module")
async def ada(gyre: Gyre) -> Signed:
    return await gyre.signed_in("ada")


GRAPHQL = "application/graphql-response+json"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "BAD_REQUEST"),
        (b"{", 400, "BAD_REQUEST"),
        (b"null", 400, "BAD_REQUEST"),
        (b"[]", 400, "BAD_REQUEST"),
        (b'[{"query": "{ viewer { id } }"}]', 400, "BAD_REQUEST"),
        (b"{}", 400, "BAD_REQUEST"),
        (b'{"query": 7}', 400, "BAD_REQUEST"),
        (b'{"query": "{ viewer { id } }", "variables": {"a": ' + b"[" * 1025 + b"]" * 1025 + b"}}", 400, "BAD_REQUEST"),
        (b'{"query": "  "}', 400, "BAD_REQUEST"),
        (b'{"query": "{ viewer { id } }", "variables": []}', 400, "BAD_REQUEST"),
        (b'{"query": "{ viewer { id } }", "operationName": 7}', 400, "BAD_REQUEST"),
        (b'{"query": "{ viewer { id } }", "variables": {"a": "\xff"}}', 400, "BAD_REQUEST"),
        (b'{"query": "{ viewer { id } }", "x": "' + b"y" * LARGEST_BODY + b'"}', 413, "TOO_LARGE"),
    ],
)
async def test_a_body_that_is_no_request(gyre: Gyre, ada: Signed, body: bytes, status: int, code: str) -> None:
    answer = await ada.post(body)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (status, code)


RESOURCE = 'query($kind: String!, $name: String!) { resource(kind: $kind, namespace: "prod", name: $name) { id } }'
ROWS = """query($f: ResourceFilter, $n: Int!, $a: String, $o: Int) {
    resources(filter: $f, first: $n, after: $a, offset: $o) { totalCount } }"""


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED"),
        ("\0", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("{ viewer }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("{ resources(first: true) { totalCount } }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...A } fragment A on Query { ...A }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query A { viewer { id } } query B { viewer { id } }", {}, "VALIDATION_FAILED"),
        ("subscription { overviewChanges { total } }", {}, "BAD_REQUEST"),
        (ROWS, {}, "VALIDATION_FAILED"),
        (ROWS, {"n": "ten"}, "VALIDATION_FAILED"),
        (ROWS, {"n": 2**40}, "VALIDATION_FAILED"),
        (ROWS, {"n": -1}, "VALIDATION_FAILED"),
        (ROWS, {"n": 1_001}, "VALIDATION_FAILED"),
        (ROWS, {"n": 1, "o": -1}, "VALIDATION_FAILED"),
        (ROWS, {"n": 1, "a": "what?"}, "VALIDATION_FAILED"),
        (ROWS, {"n": 1, "a": "é"}, "VALIDATION_FAILED"),
        (ROWS, {"n": 1, "a": "W10"}, "VALIDATION_FAILED"),
        (ROWS, {"n": 1, "f": {"statuses": ["GREAT"]}}, "VALIDATION_FAILED"),
        (ROWS, {"n": 1, "f": {"text": "x" * 1_000_000}}, "VALIDATION_FAILED"),
        (ROWS, {"n": 1, "f": {"namespaces": ["x"] * 101}}, "VALIDATION_FAILED"),
        (ROWS, {"n": 1, "f": {"kinds": ["toString"]}}, "UNKNOWN_KIND"),
        (ROWS, {"n": 1, "f": {"kinds": ["\0"]}}, "UNKNOWN_KIND"),
        (ROWS, {"n": 1, "f": {"clusters": ["\0"]}}, "CLUSTER_NOT_FOUND"),
        (RESOURCE, {"kind": "__proto__", "name": "a"}, "UNKNOWN_KIND"),
        (RESOURCE, {"kind": "x" * 1_000_000, "name": "a"}, "UNKNOWN_KIND"),
        (RESOURCE, {"kind": "ks", "name": "\0"}, "VALIDATION_FAILED"),
        (RESOURCE, {"kind": "ks", "name": "x" * 1_000_000}, "VALIDATION_FAILED"),
        (RESOURCE, {"kind": "ks", "name": {}}, "VALIDATION_FAILED"),
        ('{ resources(notBefore: "what?") { totalCount } }', {}, "VALIDATION_FAILED"),
        ("{ resources(notBefore: 7) { totalCount } }", {}, "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ a: viewer { id }" + "".join(f" a{n}: viewer {{ id }}" for n in range(MOST_ALIASES)) + "}",
            {},
            "LIMIT_EXCEEDED",
        ),
        ("{ viewer { id } " + "viewer { id } " * MOST_TOKENS + "}", {}, "LIMIT_EXCEEDED"),
        ("{ viewer { id } } #" + "x" * LONGEST_DOCUMENT, {}, "LIMIT_EXCEEDED"),
        ("{" * 900, {}, "GRAPHQL_PARSE_FAILED"),
        ("{ a" * 1_500 + "}" * 1_500, {}, "GRAPHQL_PARSE_FAILED"),
        (
            "{ resources(first: 1000) { nodes { allowed " + " ".join(f"a{n}: allowed" for n in range(49)) + "} } }",
            {},
            "LIMIT_EXCEEDED",
        ),
        (
            "{ a: __schema { types { name } } b: __schema { types { name } } c: __schema { types { name } } }",
            {},
            "LIMIT_EXCEEDED",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else None,
)
async def test_an_operation_that_cannot_be_meant(
    gyre: Gyre, ada: Signed, query: str, variables: dict[str, object], code: str
) -> None:
    answer = await ada.post({"query": query, "variables": variables})
    told = answer.json()
    assert told.get("data") is None
    assert {error["extensions"]["code"] for error in told["errors"]} == {code}
    assert answer.status_code == (400 if code == "BAD_REQUEST" else 200)


async def test_a_client_of_the_new_media_type_gets_it_and_its_statuses(gyre: Gyre, ada: Signed) -> None:
    good = await ada.post({"query": "{ viewer { username } }"}, accept=GRAPHQL)
    bad = await ada.post({"query": "{ nope }"}, accept=GRAPHQL)
    assert (good.status_code, good.headers["content-type"]) == (200, GRAPHQL)
    assert (bad.status_code, bad.headers["content-type"]) == (400, GRAPHQL)


async def test_other_methods_and_media_types_are_refused(gyre: Gyre, ada: Signed) -> None:
    url, cookie = f"http://{gyre.address}/graphql", {"cookie": ada.cookie}
    put = await gyre.http.put(url, content=b"{}", headers={**cookie, "content-type": "application/json"})
    assert (put.status_code, put.headers["allow"]) == (405, "GET, POST")
    got = await gyre.http.get(url, params={"query": "{ viewer { id } }"}, headers=cookie)
    assert (got.status_code, got.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")
    text = await ada.post(
        b'{"query": "{ viewer { id } }"}', **{"content-type": "text/plain", "origin": f"http://{gyre.address}"}
    )
    assert (text.status_code, text.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_too_deep_is_refused_and_just_deep_enough_is_not(gyre: Gyre, ada: Signed) -> None:
    # The schema itself is five levels deep: only what does not validate goes deeper, and it is told of both.
    answer = await ada.ask("{ a " + "{ a " * DEEPEST + "}" * DEEPEST + "}")
    assert "LIMIT_EXCEEDED" in {error["extensions"]["code"] for error in answer["errors"]}
    assert await ada.data("{ overview { byKind { byStatus { count } } } }") == {"overview": {"byKind": []}}


async def test_the_page_is_said_to_be_missing_where_it_is_not_built(gyre: Gyre, ada: Signed) -> None:
    answer = await gyre.http.get(f"http://{gyre.address}/graphql", headers={"accept": "text/html"})
    assert answer.status_code in (200, 404)
    if answer.status_code == 404:
        assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    else:
        assert "worker-src 'self'" in answer.headers["content-security-policy"]


async def test_a_second_identical_request_is_neither_parsed_nor_validated(gyre: Gyre, ada: Signed) -> None:
    documents = gyre.documents
    query = "query Q($n: Int!) { resources(first: $n) { totalCount } }"
    before = documents.made
    await ada.data(query, n=1)
    await ada.data(query, n=2)
    assert documents.made == before + 1


def domain_codes() -> set[str]:
    return {error.code for error in vars(errors).values() if isinstance(error, type) and issubclass(error, GyreError)}


@pytest.mark.parametrize("code", sorted({*CODES, *domain_codes()}))
def test_every_code_is_documented(code: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "graphql.md").read_text()
    assert f"| `{code}` |" in page

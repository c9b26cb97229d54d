"""Who may read the schema itself: anyone, as they may the OpenAPI document, unless the operator says no."""

from pathlib import Path
from typing import cast

import pytest
from graphql import (
    GraphQLSchema,
    IntrospectionQuery,
    build_client_schema,
    build_schema,
    get_introspection_query,
    lexicographic_sort_schema,
    print_schema,
)

from tests.support.cluster import LittleCluster
from tests.support.graphql import DEFAULT, Gyre, gyre_on
from tests.support.minutes import stopped_minute

pytestmark = pytest.mark.anyio

PUBLISHED = Path(__file__).parents[2] / "schema" / "schema.graphql"


async def test_introspection_can_be_switched_off(cluster: LittleCluster, tmp_path: Path) -> None:
    async with gyre_on({DEFAULT: cluster.access(tmp_path)}, tmp_path, introspection=False) as gyre:
        ada = await gyre.signed_in("ada")
        for who in (ada, gyre.nobody):
            answer = await who.ask("{ __schema { queryType { name } } }")
            assert {error["extensions"]["code"] for error in answer["errors"]} == {"INTROSPECTION_DISABLED"}
            assert "data" not in answer
            assert await who.data("{ __typename }") == {"__typename": "Query"}


async def test_whoever_comes_may_read_the_schema_which_is_the_published_one_and_no_more(gyre: Gyre) -> None:
    told = await gyre.nobody.data(get_introspection_query(specified_by_url=True))
    read = build_client_schema(cast("IntrospectionQuery", told))
    assert _lines(read) == _lines(build_schema(PUBLISHED.read_text()))
    answer = await gyre.nobody.ask("{ __schema { queryType { name } } clusters { name } }")
    assert (answer["data"], answer["errors"][0]["extensions"]["code"]) == (None, "UNAUTHENTICATED")


async def test_who_reads_the_schema_before_signing_in_has_an_addresss_few_requests_for_it(
    cluster: LittleCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped_minute(monkeypatch)
    async with gyre_on({DEFAULT: cluster.access(tmp_path)}, tmp_path, rate_limit_anonymous=2) as gyre:
        body = {"query": "{ __schema { queryType { name } } }"}
        assert [(await gyre.nobody.post(body)).status_code for _ in range(3)] == [200, 200, 429]


def _lines(schema: GraphQLSchema) -> list[str]:
    return print_schema(lexicographic_sort_schema(schema)).splitlines()

from pathlib import Path

import pytest

from tests.support.cluster import LittleCluster
from tests.support.graphql import DEFAULT, gyre_on

pytestmark = pytest.mark.anyio


async def test_introspection_can_be_switched_off(cluster: LittleCluster, tmp_path: Path) -> None:
    async with gyre_on({DEFAULT: cluster.access(tmp_path)}, tmp_path, introspection=False) as gyre:
        ada = await gyre.signed_in("ada")
        answer = await ada.ask("{ __schema { queryType { name } } }")
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"INTROSPECTION_DISABLED"}
        assert await ada.data("{ __typename }") == {"__typename": "Query"}

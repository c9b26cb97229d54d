"""The clusters that people are given something on: kept by id, so that it ends with the cluster, and told by name.

The clusters themselves are gyre.fleet's.
"""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from tortoise.backends.base.client import BaseDBAsyncClient

from models.clusters import StoredCluster

LENGTH_OF_ID: Final = 36
"""Of a UUID as text; no cluster is named like one."""


async def cluster_names(ids: Iterable[str], transaction: BaseDBAsyncClient | None = None) -> Mapping[str, str]:
    """The names of those clusters that were added; `*` and an operator's cluster stand for themselves.

    An id that is none's any more stays one: no cluster has a name like it, so it gives nothing.
    """
    asked = [UUID(each) for each in set(ids) if len(each) == LENGTH_OF_ID]
    if not asked:
        return {}
    rows = StoredCluster.filter(id__in=asked).using_db(transaction)
    return {str(row.id): row.name for row in await rows.only("id", "name")}


async def cluster_ids(transaction: BaseDBAsyncClient) -> Mapping[str, str]:
    """The ids of all added clusters by their names."""
    return {row.name: str(row.id) for row in await StoredCluster.all().using_db(transaction).only("id", "name")}

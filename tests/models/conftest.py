"""Both databases for the tests of the rows."""

from tests.support.databases import settings

__all__ = ["settings"]

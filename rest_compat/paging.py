"""Lists of users, policies and the like: whole or by page, and narrowed by a part of the name.

Lists of Kubernetes objects are rest_compat.lists'.
"""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from gyre.people.paging import LARGEST_PART, LONGEST_TEXT, Wanted
from rest_compat.shapes import Asked, Pagination, Shape

DEFAULT_LIMIT = 20
MOST_LIMIT = 500
MOST_PAGE = 1_000
"""Pages of 20 are then 20,000 entries: no list here is longer."""

Page = Annotated[int, Meta(ge=1, le=MOST_PAGE, description="Which page, from 1.", examples=[1])]
Limit = Annotated[int, Meta(ge=1, le=MOST_LIMIT, description="How many of them a page has.", examples=[20])]
Words = Annotated[str, Meta(description="A part of the name.", extra_json_schema={"maxLength": LONGEST_TEXT})]


class PageQuery(Asked, frozen=True):
    """Without `page` and `limit` the list is whole."""

    q: Words = ""
    page: Page | None = None
    limit: Limit | None = None

    def wanted(self) -> Wanted:
        """What is asked for."""
        if self.page is None and self.limit is None:
            return Wanted(text=self.q, first=LARGEST_PART)
        size = self.limit or DEFAULT_LIMIT
        return Wanted(text=self.q, first=size, offset=((self.page or 1) - 1) * size)

    def pagination(self, total: int) -> Pagination | UnsetType:
        """Which page of how many it is, when it is one."""
        if self.page is None and self.limit is None:
            return UNSET
        size = self.limit or DEFAULT_LIMIT
        return Pagination(page=self.page or 1, limit=size, total=total, total_pages=-(-total // size))


class Listed(Shape, frozen=True, kw_only=True):
    """What each list has beside its entries."""

    total: Annotated[int, Meta(ge=0, description="How many there are in all.", examples=[1])]
    pagination: Pagination | UnsetType = UNSET

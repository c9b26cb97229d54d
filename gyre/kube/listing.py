"""Reads all objects of a kind in pages, as of one moment.

What changes after that moment: see gyre.kube.watching.
"""

from gyre.kube.client import Call, KubeClient, path_of
from gyre.kube.reading import read_page
from gyre.kube.refusals import HistoryExpired
from gyre.kube.told import Replaced, Served

PAGE = 500
PAGE_SECONDS = 60.0


async def list_all(client: KubeClient, served: Served, *, page: int = PAGE) -> Replaced:
    """Every object, page by page; at once where the pages expire before they can be read."""
    try:
        return await _pages(client, served, page)
    except HistoryExpired:
        return await _pages(client, served, 0)


async def _pages(client: KubeClient, served: Served, page: int) -> Replaced:
    path = path_of(served.kind, served.version)
    objects: list[bytes] = []
    more = ""
    while True:
        asked = (("limit", str(page or "")), ("continue", more), ("fieldSelector", served.fields))
        query = [(name, value) for name, value in asked if value]
        read = read_page(client, await client.ask(Call(path=path, query=query, seconds=PAGE_SECONDS)))
        objects += read.objects
        more = read.metadata.continue_
        if not more:
            return Replaced(objects=tuple(objects), resource_version=read.metadata.resource_version)

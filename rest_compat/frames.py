"""One JSON message a change, as the WebSocket of the REST API sends it: made once for all who see the same.

Which changes are seen is resolvers.streams'.
"""

from typing import Final

import orjson

from gyre.events.news import News
from gyre.events.seats import EachChange
from gyre.terms.changes import ChangeType
from resolvers.streams import SeenChange

HEARTBEAT: Final = '{"type":"heartbeat"}'
PONG: Final = '{"type":"pong"}'


class Messages(EachChange[str]):
    """The messages of one view."""

    def __init__(self, view: EachChange[SeenChange]) -> None:
        self._view = view

    async def render(self, news: News) -> str | None:
        """The message, with the object's kept bytes in it."""
        seen = await self._view.render(news)
        return None if seen is None else message(seen)


def message(seen: SeenChange) -> str:
    """`{"type", "cluster", "resourceType", "namespace", "name", "resource", "position"}`.

    What left the view has no `resource`: its object is not the viewer's to see any more.
    """
    told: dict[str, object] = {"type": seen.type.value.lower()}
    if seen.cluster is not None:
        told["cluster"] = seen.cluster
    if seen.row is not None:
        told |= {"resourceType": seen.row.plural, "namespace": seen.row.namespace, "name": seen.row.name}
    told["position"] = seen.position
    text = orjson.dumps(told)
    if seen.change is not None and seen.type is not ChangeType.LEFT:
        text = b"".join((text[:-1], b',"resource":', seen.change.body, b"}"))
    return text.decode()


def welcome(position: str) -> str:
    """The first message: from where on changes are told."""
    return orjson.dumps({"type": "connected", "position": position}).decode()


def complaint(code: str, text: str) -> str:
    """What is answered to a message that cannot be meant."""
    return orjson.dumps({"type": "error", "error": {"code": code, "message": text, "details": {}}}).decode()

"""One JSON message a change, as sockets and event streams get it: made once for all who see the same.

Which changes are seen is behind the resolvers; who gets them is rest_compat.following's.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import orjson

from gyre.errors import GyreError
from gyre.events.news import News
from gyre.events.seats import EachChange
from gyre.terms.changes import ChangeType
from resolvers.events import SeenEventChange
from resolvers.streams import SeenChange

HEARTBEAT: Final = '{"type":"heartbeat"}'
PONG: Final = '{"type":"pong"}'


class Frame(NamedTuple):
    """One message, and the place of whoever has read it: in the order of Events if it is about them."""

    text: str
    position: str
    of_events: bool = False


class Messages(EachChange[Frame]):
    """The messages of one view of objects."""

    def __init__(self, view: EachChange[SeenChange]) -> None:
        self._view = view

    async def render(self, news: News) -> Frame | None:
        """The message, with the object's kept bytes in it."""
        seen = await self._view.render(news)
        return None if seen is None else Frame(message(seen), seen.position)


class EventMessages(EachChange[Frame]):
    """The messages of one view of Events."""

    def __init__(self, view: EachChange[SeenEventChange]) -> None:
        self._view = view

    async def render(self, news: News) -> Frame | None:
        """The message, with the Event's kept bytes in it."""
        seen = await self._view.render(news)
        return None if seen is None else Frame(event_message(seen), seen.position, of_events=True)


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
    if seen.change is None or seen.type is ChangeType.LEFT:
        return orjson.dumps(told).decode()
    return _with(told, b"resource", seen.change.body)


def event_message(seen: SeenEventChange) -> str:
    """`{"type": "event", "change", "cluster", "resourceType", "namespace", "name", "eventPosition", "event"}`.

    Kind, namespace and name are of the object it is about.
    """
    event, change = seen.event, seen.change
    if event is None or change is None:
        told: dict[str, object] = {"type": "resync", "events": True, "eventPosition": seen.position}
        return orjson.dumps(told | ({"cluster": seen.cluster} if seen.cluster else {})).decode()
    told = {
        "type": "event",
        "change": seen.type.value.lower(),
        "cluster": event.cluster,
        "resourceType": event.plural,
        "namespace": event.about.namespace,
        "name": event.about.name,
        "eventPosition": seen.position,
    }
    return orjson.dumps(told).decode() if seen.type is ChangeType.LEFT else _with(told, b"event", change.body)


def of_subscription(name: str | None, text: str) -> str:
    """A message of one named subscription: it begins with its name."""
    return text if name is None else f'{{"id":{orjson.dumps(name).decode()},{text[1:]}'


def state(kind: str, places: Mapping[str, str]) -> str:
    """`connected`, `subscribed`, `resumed`: from which places on changes are told."""
    return orjson.dumps({"type": kind, **places}).decode()


def complaint(error: GyreError) -> str:
    """What is answered to a message that cannot be meant, or when a subscription ends by itself."""
    told = {"type": "error", "error": {"code": error.code, "message": error.message, "details": error.details}}
    return orjson.dumps(told, default=str).decode()


def _with(told: dict[str, object], name: bytes, body: bytes) -> str:
    return b"".join((orjson.dumps(told)[:-1], b',"', name, b'":', body, b"}")).decode()

"""What a client may say over the WebSocket, as types: anything else is refused with the reason.

What is answered is rest_compat.frames'; what comes of it rest_compat.conversation's.
"""

from typing import Annotated

import msgspec

from gyre.errors import Invalid
from gyre.fleet.queries import RowFilter
from rest_compat.filters import labels_of, several, statuses_of
from rest_compat.following import View

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
"""What a client calls a subscription; messages of it begin with this `id`."""

Values = str | list[str]
"""One value, several separated by commas, or a list of them."""


class Subscribe(msgspec.Struct, frozen=True, rename="camel", tag="subscribe", forbid_unknown_fields=True):
    """Follow a view; one of the same `id` is replaced, and so is what the socket began with."""

    id: Name | None = None
    cluster: Values = ""
    resource_type: Values = ""
    namespace: Values = ""
    status: Values = ""
    label: Values = ""
    q: str = ""
    events: bool = False
    after: str | None = None
    events_after: str | None = None

    def view(self) -> View:
        """The view it asks for. Raises Invalid for statuses and labels that are none."""
        asked = RowFilter(
            clusters=_each(self.cluster),
            kinds=_each(self.resource_type),
            namespaces=_each(self.namespace),
            statuses=statuses_of(_each(self.status)),
            labels=labels_of(_each(self.label)),
            text=self.q,
        )
        return View(asked=asked, events=self.events, after=self.after, events_after=self.events_after)


class Unsubscribe(msgspec.Struct, frozen=True, tag="unsubscribe", forbid_unknown_fields=True):
    """Follow this view no more; without `id` the one without a name."""

    id: Name | None = None


class Resume(msgspec.Struct, frozen=True, rename="camel", tag="resume", forbid_unknown_fields=True):
    """Tell again what came after these positions, then go on; without `id` of the view without a name."""

    position: str
    event_position: str | None = None
    id: Name | None = None


class Ping(msgspec.Struct, frozen=True, tag="ping", forbid_unknown_fields=True):
    """Answer with a pong."""


Message = Subscribe | Unsubscribe | Resume | Ping

_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def read(text: str) -> Message:
    """The message in a text."""
    try:
        return _decoder.decode(text)
    except (msgspec.MsgspecError, RecursionError, UnicodeEncodeError) as error:
        raise Invalid(f"The message is not as documented: {str(error) or 'it is nested too deeply'}.") from error


def _each(values: Values) -> tuple[str, ...]:
    return several(values) if isinstance(values, str) else tuple(filter(None, values))

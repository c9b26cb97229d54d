"""How feeds of several processes speak: msgpack on a topic for each subject.

What they do with it: see gyre.events.feed.
"""

import msgspec

from gyre.errors import Invalid
from gyre.terms.changes import Change, EventChange, Numbered, Position
from gyre.terms.naming import ClusterName


class Changed(msgspec.Struct, frozen=True, tag="c", array_like=True):
    """One numbered change."""

    change: Change


class EventChanged(msgspec.Struct, frozen=True, tag="k", array_like=True):
    """One numbered change of a Kubernetes Event."""

    change: EventChange


class Heads(msgspec.Struct, frozen=True, tag="h", array_like=True):
    """How far the sender's own clusters are: an answer to Hello, and the first word of a new epoch."""

    clusters: dict[ClusterName, Position]


class Ended(msgspec.Struct, frozen=True, tag="e", array_like=True):
    """A cluster is not in the fleet any more."""

    cluster: ClusterName
    epoch: str


class Hello(msgspec.Struct, frozen=True, tag="?", array_like=True):
    """Somebody began to listen, or missed something: tell your heads."""


Message = Changed | EventChanged | Heads | Ended | Hello

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def changed(change: Numbered) -> Message:
    """A change as a message."""
    return EventChanged(change) if isinstance(change, EventChange) else Changed(change)


def encode(message: Message) -> bytes:
    """The bytes of a message."""
    return _encoder.encode(message)


def decode(payload: bytes) -> Message:
    """The message in these bytes. Raises Invalid for what another version of Gyre may have sent."""
    try:
        return _decoder.decode(payload)
    except msgspec.DecodeError as error:
        raise Invalid(f"A message on the feed could not be read: {error}") from error

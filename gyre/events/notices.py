"""What processes tell each other about people: that rights changed, that a session ended.

What they decide of it is theirs: gyre.people and gyre.auth tell, the hub and the caches of rights listen.
"""

from collections.abc import AsyncIterator, Collection

import msgspec

from gyre.events.backends import Gap
from gyre.events.bus import Bus

TOPIC = "rights"


class RightsChanged(msgspec.Struct, frozen=True, tag="rights"):
    """These users (None: all) may do other things than before."""

    user_ids: tuple[str, ...] | None


class SessionEnded(msgspec.Struct, frozen=True, tag="ended"):
    """Nobody may use this session any more; the reason is for its owner."""

    session_id: str
    because: str


Notice = RightsChanged | SessionEnded

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Notice] = msgspec.json.Decoder(Notice)


async def tell_rights_changed(bus: Bus, user_ids: Collection[str] | None) -> None:
    """Say that these users' rights (None: everybody's) are other ones now; call it after the commit."""
    ids = None if user_ids is None else tuple(user_ids)
    await bus.publish(TOPIC, _encoder.encode(RightsChanged(ids)))


async def tell_session_ended(bus: Bus, session_id: str, because: str) -> None:
    """Say that a session ended; call it after the commit."""
    await bus.publish(TOPIC, _encoder.encode(SessionEnded(session_id, because)))


async def notices(bus: Bus) -> AsyncIterator[Notice]:
    """Every notice from now on, for ever; where some may be missing, one that says anything may have changed."""
    async with bus.subscribe(TOPIC) as heard:
        async for payload in heard:
            if isinstance(payload, Gap):
                yield RightsChanged(None)
                continue
            try:
                yield _decoder.decode(payload)
            except msgspec.DecodeError:
                yield RightsChanged(None)  # from another version of Gyre: it said something about rights

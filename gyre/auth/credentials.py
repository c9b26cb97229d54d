"""With what a request says who asks: an API token, or else the session's cookie.

Whether it is true is callers' matter. Where a token is given, nothing else counts: what needs no proof of its origin
must not act through a cookie.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from gyre.auth.cookies import session_in

SOCKET_PROTOCOL: Final = "gyre"
TOKEN_PROTOCOL: Final = "gyre.token."  # noqa: S105 # the name of a protocol
"""A browser sets no header on a WebSocket: it offers `gyre` and `gyre.token.<token>`, and only `gyre` is answered."""

_BEARER: Final = "bearer"


@dataclass(frozen=True, slots=True)
class Cookie:
    """The value of the session's cookie."""

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bearer:
    """The text of an API token, or what was sent as one."""

    token: str = field(repr=False)


Credential = Cookie | Bearer | None


def credential_in(
    headers: Iterable[tuple[bytes, bytes]], subprotocols: Sequence[str] = (), *, secure: bool
) -> Credential:
    """What an ASGI scope's headers and subprotocols say."""
    headers = list(headers)
    bearer = bearer_in(headers, subprotocols)
    if bearer is not None:
        return bearer
    cookie = session_in(headers, secure=secure)
    return None if cookie is None else Cookie(cookie)


def bearer_in(headers: Iterable[tuple[bytes, bytes]], subprotocols: Sequence[str] = ()) -> Bearer | None:
    """The API token that was sent. Several at once are none that could be right."""
    said = [value.decode("latin-1") for name, value in headers if name == b"authorization"]
    sent = [each for each in map(bearer_of, said) if each is not None]
    sent += [Bearer(each.removeprefix(TOKEN_PROTOCOL)) for each in subprotocols if each.startswith(TOKEN_PROTOCOL)]
    if not sent:
        return None
    return sent[0] if len({each.token for each in sent}) == 1 else Bearer("")


def bearer_of(authorization: str) -> Bearer | None:
    """The token in the value of an Authorization header; other schemes than Bearer are not Gyre's."""
    scheme, _, token = authorization.strip().partition(" ")
    return Bearer(token.strip()) if scheme.lower() == _BEARER else None

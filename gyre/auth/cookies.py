"""Gyre's two cookies, as they are set, cleared and read: of the session, and of a trip to a sign-in provider.

What is in them is sessions' and oidc's matter.
"""

from collections.abc import Iterable
from typing import Final

SESSION_COOKIE: Final = "gyre_session"
TRIP_COOKIE: Final = "gyre_sign_in"
HOST_ONLY: Final = "__Host-"
"""Over https the names begin with this: a browser then lets no other host of the domain set such a cookie."""


def set_session(value: str, *, seconds: int, secure: bool) -> str:
    """The Set-Cookie header that keeps a session: not for scripts, not sent along by other sites' requests."""
    return _cookie(SESSION_COOKIE, value, seconds=seconds, secure=secure)


def clear_session(*, secure: bool) -> str:
    """The Set-Cookie header that takes it away."""
    return _cookie(SESSION_COOKIE, "", seconds=0, secure=secure)


def session_in(headers: Iterable[tuple[bytes, bytes]], *, secure: bool) -> str | None:
    """The session cookie in an ASGI scope's headers."""
    return _only(SESSION_COOKIE, headers, secure=secure)


def set_trip(value: str, *, seconds: int, secure: bool) -> str:
    """The Set-Cookie header that a browser takes to a sign-in provider and back."""
    return _cookie(TRIP_COOKIE, value, seconds=seconds, secure=secure)


def clear_trip(*, secure: bool) -> str:
    """The Set-Cookie header that takes it away."""
    return _cookie(TRIP_COOKIE, "", seconds=0, secure=secure)


def trip_in(headers: Iterable[tuple[bytes, bytes]], *, secure: bool) -> str | None:
    """The cookie of a trip in an ASGI scope's headers."""
    return _only(TRIP_COOKIE, headers, secure=secure)


def _only(name: str, headers: Iterable[tuple[bytes, bytes]], *, secure: bool) -> str | None:
    """The cookie of this name. Two mean that another site of the domain planted one: neither is believed."""
    named = _named(name, secure=secure)
    found = [
        value
        for header, content in headers
        if header == b"cookie"
        for key, _, value in (part.strip().partition("=") for part in content.decode("latin-1").split(";"))
        if key == named
    ]
    return found[0] if len(found) == 1 and found[0] else None


def _named(name: str, *, secure: bool) -> str:
    return f"{HOST_ONLY}{name}" if secure else name


def _cookie(name: str, value: str, *, seconds: int, secure: bool) -> str:
    start = f"{_named(name, secure=secure)}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax"
    return start + ("; Secure" if secure else "")

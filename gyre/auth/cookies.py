"""The session cookie, as it is set, cleared and read.

What is in it is sessions' matter.
"""

from collections.abc import Iterable

SESSION_COOKIE = "gyre_session"


def set_session(value: str, *, seconds: int, secure: bool) -> str:
    """The Set-Cookie header that keeps a session: not for scripts, not sent along by other sites' requests."""
    return _cookie(f"{SESSION_COOKIE}={value}; Max-Age={seconds}", secure=secure)


def clear_session(*, secure: bool) -> str:
    """The Set-Cookie header that takes it away."""
    return _cookie(f"{SESSION_COOKIE}=; Max-Age=0", secure=secure)


def session_in(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The session cookie in an ASGI scope's headers.

    Two of that name mean that another site of the domain planted one: neither is believed.
    """
    found = [
        value
        for name, header in headers
        if name == b"cookie"
        for key, _, value in (part.strip().partition("=") for part in header.decode("latin-1").split(";"))
        if key == SESSION_COOKIE
    ]
    return found[0] if len(found) == 1 and found[0] else None


def _cookie(start: str, *, secure: bool) -> str:
    return f"{start}; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")

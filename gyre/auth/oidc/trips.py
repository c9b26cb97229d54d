"""A browser's trip to a provider and back: what it carries in a cookie, so that only it can come back from that trip.

Nothing of a trip is kept here; the cookie is sealed, short-lived, and taken away at the return.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec

from gyre.errors import SignInLapsed
from gyre.vault import Undecipherable, Vault

LONGEST_TRIP_SECONDS: Final = 600
LONGEST_RETURN: Final = 2_000
BOUND_TO: Final = "cookie gyre_sign_in"
HOME: Final = "/"


class Trip(msgspec.Struct, frozen=True):
    """One trip. State, nonce and verifier are 256 random bits each."""

    provider: str
    return_to: str
    began: float
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Trips:
    """Begins trips, and recognises who returns from one."""

    vault: Vault

    def begin(self, provider: str, return_to: str | None, now: datetime) -> tuple[Trip, str]:
        """A new trip, and the cookie that the browser carries on it."""
        trip = Trip(
            provider=provider,
            return_to=path_of_gyre(return_to),
            began=now.timestamp(),
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
        )
        sealed = self.vault.encrypt(msgspec.json.encode(trip), bound_to=BOUND_TO)
        return trip, urlsafe_b64encode(sealed).decode().rstrip("=")

    def back_from(self, provider: str, cookie: str | None, state: str | None, now: datetime) -> Trip:
        """The trip that this browser set out on; else SignInLapsed."""
        if not cookie or not state:
            raise _lapsed("no sign-in was begun in this browser, or the provider sent no state back")
        try:
            sealed = urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
            trip = msgspec.json.decode(self.vault.decrypt(sealed, bound_to=BOUND_TO), type=Trip)
        except (Undecipherable, ValueError, msgspec.MsgspecError) as broken:
            raise _lapsed("the cookie of this sign-in is not one that Gyre gave") from broken
        if trip.provider != provider or not secrets.compare_digest(
            trip.state.encode(), state.encode("utf-8", "replace")
        ):
            raise _lapsed("the answer belongs to another sign-in than the one begun in this browser")
        if not 0 <= now.timestamp() - trip.began <= LONGEST_TRIP_SECONDS:
            raise _lapsed("the sign-in was begun too long ago")
        return trip


def path_of_gyre(wanted: str | None) -> str:
    """The path to go on to, when it is one of Gyre's own and nothing else; else the first page."""
    if not wanted or len(wanted) > LONGEST_RETURN or not wanted.startswith(HOME):
        return HOME
    if "\\" in wanted or not wanted.isascii() or not wanted.isprintable() or " " in wanted:
        return HOME  # browsers read `/\host`, and control characters between slashes, as another site's address
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME
    if parts.scheme or parts.netloc or "//" in parts.path or parts.path.startswith(("/sign-in", "/api/")):
        return HOME
    return wanted


def _lapsed(why: str) -> SignInLapsed:
    message = "this sign-in was not begun in this browser, or too long ago; sign in again"
    return SignInLapsed(message, why=why)

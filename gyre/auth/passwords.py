"""Passwords: which are good enough, and their argon2id hashes, made in few threads so that a burst starves nothing.

Whose password it is, and what follows from a right one, is sessions'.
"""

import re
import unicodedata
from functools import cache
from importlib.resources import files

from anyio import CapacityLimiter, to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gyre.errors import Invalid, TooOften
from gyre.settings import SHORTEST_PASSWORD

LONGEST_PASSWORD = 256
THREADS = 2
"""Hashes made at the same time: each holds a core for 30 ms and 19 MiB."""
WAITING = 100
"""Sign-ins that may wait for a thread: some 1.5 s of work. Whoever comes later is told to try again."""
FEWEST_DIFFERENT = 5


class Passwords:
    """Hashes and checks passwords. `verify` takes as long for a user who does not exist."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._threads = CapacityLimiter(THREADS)
        self._nobodys = self._hasher.hash("the password of nobody")

    async def hash(self, password: str) -> str:
        """The hash to keep, with its parameters in it."""
        self._bound()
        return await to_thread.run_sync(self._hasher.hash, password, limiter=self._threads)

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether the password is the hash's. Without a hash the answer is no, after the same work."""
        self._bound()
        right = await to_thread.run_sync(self._matches, password, hashed or self._nobodys, limiter=self._threads)
        return right and hashed is not None

    def outgrown(self, hashed: str) -> bool:
        """Whether a hash was made with weaker parameters than today's and should be made anew."""
        return self._hasher.check_needs_rehash(hashed)

    def _matches(self, password: str, hashed: str) -> bool:
        try:
            return len(password) <= LONGEST_PASSWORD and self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False

    def _bound(self) -> None:
        if self._threads.statistics().tasks_waiting >= WAITING:
            raise TooOften("too many people sign in at this moment; try again", details={"retryAfterSeconds": 2})


def require_good(password: str, *, username: str, field: str = "password") -> None:
    """Invalid with the reason and the input `field` when a new password is short, common or made of the user name."""
    wrong = _weakness(password, username)
    if wrong is not None:
        raise Invalid(wrong, details={"field": "password", "path": [field]})


def _weakness(password: str, username: str) -> str | None:
    if len(password) < SHORTEST_PASSWORD:
        return f"the password needs at least {SHORTEST_PASSWORD} characters"
    if len(password) > LONGEST_PASSWORD:
        return f"the password may have at most {LONGEST_PASSWORD} characters"
    if any("\ud800" <= character <= "\udfff" for character in password):
        return "the password holds half a character; write it anew"
    if len(set(password)) < FEWEST_DIFFERENT:
        return "the password repeats too few characters; choose another"
    core = _core(password)
    if core in _common() or not core:
        return "the password is among the first that are tried; choose another"
    return "the password is made of the user name; choose another" if core == _core(username) else None


_SPELLINGS = str.maketrans("013457@$!", "oieastasi")


def _core(text: str) -> str:
    """The word behind `P@ssw0rd2024!!`: digits and signs at the ends off, usual replacements undone, repeats once."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    word = re.sub(r"[\W_]+", "", bare.translate(_SPELLINGS))
    repeated = re.fullmatch(r"(.+?)\1+", word)
    return repeated[1] if repeated else word


@cache
def _common() -> frozenset[str]:
    text = (files("gyre.auth") / "common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(_core(line) for line in text.splitlines() if line and not line.startswith("#"))

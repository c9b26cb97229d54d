"""Slowing down whoever guesses passwords, without locking the owner out.

Failures count per account and address, per address, and per account; only the first two ever make an owner wait, and
only at the address the guesses come from. In memory: each process counts for itself.
"""

from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from gyre.clock import Clock
from gyre.errors import TooOften

REMEMBERED = 20_000
"""Names and addresses counted at the same time; the longest unused are forgotten first."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many failures for free, then a wait that doubles with each up to the longest; forgotten after quiet."""

    free: int
    longest_seconds: float
    forgotten_after_seconds: float


PAIR = Allowance(free=5, longest_seconds=300, forgotten_after_seconds=3600)
ADDRESS = Allowance(free=50, longest_seconds=30, forgotten_after_seconds=900)
ACCOUNT = Allowance(free=100, longest_seconds=5, forgotten_after_seconds=900)


class Throttle:
    """Counts sign-ins that have not succeeded (yet): an attempt counts from when it begins, so that many at once do."""

    def __init__(self, clock: Clock) -> None:
        self._pairs = _Counts(PAIR, clock)
        self._addresses = _Counts(ADDRESS, clock)
        self._accounts = _Counts(ACCOUNT, clock)

    def begin(self, account: str, address: str, *, known_here: bool) -> None:
        """Count an attempt, or raise TooOften. `known_here`: the account has signed in from this address before."""
        place = _place(address)
        wait = max(self._pairs.wait(f"{account}\0{place}"), self._addresses.wait(place))
        if not known_here:
            wait = max(wait, self._accounts.wait(account))
        if wait > 0:
            seconds = ceil(wait)
            raise TooOften(
                f"too many sign-ins failed; wait {seconds} s and try again", details={"retryAfterSeconds": seconds}
            )
        self._pairs.add(f"{account}\0{place}")
        self._addresses.add(place)
        self._accounts.add(account)

    def succeeded(self, account: str, address: str) -> None:
        """Take the attempt back; what this account failed from here before is forgiven."""
        place = _place(address)
        self._pairs.forget(f"{account}\0{place}")
        self._addresses.take_back(place)
        self._accounts.take_back(account)


@dataclass(slots=True)
class _Count:
    failures: int
    last: float


class _Counts:
    def __init__(self, allowance: Allowance, clock: Clock) -> None:
        self._allowance = allowance
        self._clock = clock
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def wait(self, key: str) -> float:
        count = self._current(key)
        if count is None or count.failures < self._allowance.free:
            return 0
        doubled = 2.0 ** min(count.failures - self._allowance.free, 16)
        return count.last + min(doubled, self._allowance.longest_seconds) - self._clock.monotonic()

    def add(self, key: str) -> None:
        count = self._current(key) or _Count(0, 0)
        count.failures += 1
        count.last = self._clock.monotonic()
        self._counts[key] = count
        self._counts.move_to_end(key)
        if len(self._counts) > REMEMBERED:
            self._counts.popitem(last=False)

    def take_back(self, key: str) -> None:
        count = self._counts.get(key)
        if count is not None:
            count.failures -= 1
            if count.failures <= 0:
                del self._counts[key]

    def forget(self, key: str) -> None:
        self._counts.pop(key, None)

    def _current(self, key: str) -> _Count | None:
        count = self._counts.get(key)
        if count is not None and self._clock.monotonic() - count.last > self._allowance.forgotten_after_seconds:
            del self._counts[key]
            return None
        return count


def _place(address: str) -> str:
    """An IPv6 customer has a whole /64 to guess from, so that is what counts."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)

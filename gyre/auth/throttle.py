"""Slowing down whoever guesses passwords, without locking the owner out.

Failures count per account and address, per address, and per account; only the first two ever make an owner wait, and
only at the address the guesses come from. Where they are counted is told at the start: see gyre.terms.guessing.
"""

from math import ceil

from gyre.errors import TooOften
from gyre.terms.guessing import Allowance, Failures, Guess
from gyre.terms.requests import RequestFacts

PAIR = Allowance(free=5, longest_seconds=300, forgotten_after_seconds=3600)
ADDRESS = Allowance(free=50, longest_seconds=30, forgotten_after_seconds=900)
ACCOUNT = Allowance(free=100, longest_seconds=5, forgotten_after_seconds=900)


class Throttle:
    """Counts sign-ins that have not succeeded (yet): an attempt counts from when it begins, so that many at once do."""

    def __init__(self, failures: Failures) -> None:
        self._failures = failures

    async def begin(self, account: str, facts: RequestFacts, *, known_here: bool) -> None:
        """Count an attempt, or raise TooOften. `known_here`: the account has signed in from this address before."""
        place = facts.place
        wait = await self._failures.begin(
            (
                Guess(_pair(account, place), PAIR),
                Guess(_address(place), ADDRESS),
                Guess(_account(account), ACCOUNT, waits=not known_here),
            )
        )
        if wait > 0:
            seconds = ceil(wait)
            raise TooOften(
                f"too many sign-ins failed; wait {seconds} s and try again", details={"retryAfterSeconds": seconds}
            )

    async def succeeded(self, account: str, facts: RequestFacts) -> None:
        """Take the attempt back; what this account failed from here before is forgiven."""
        place = facts.place
        await self._failures.succeeded(_pair(account, place), (_address(place), _account(account)))


def _pair(account: str, place: str) -> str:
    return f"pair\0{account}\0{place}"


def _address(place: str) -> str:
    return f"address\0{place}"


def _account(account: str) -> str:
    return f"account\0{account}"

"""What the containers of simulated Pods say: lines that follow from the Pod and the time, so nothing is kept.

Which Pods there are is the simulated controllers' doing; how lines reach a client is gyre.demo.api.logs'.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gyre.demo.resources import Manifest

KEPT = 2_000  # older lines are gone, as rotated logs are
TEMPLATES = (
    'level=info msg="request served" method=GET path=/ status=200 duration={small}ms',
    'level=info msg="request served" method=GET path=/api/items status=200 duration={large}ms',
    'level=info msg="request served" method=POST path=/api/orders status=201 duration={large}ms',
    'level=info msg="cache refreshed" entries={large}',
    'level=debug msg="connection from pool" idle={small}',
    'level=warn msg="slow answer" path=/api/search duration={large}0ms',
    'level=error msg="upstream closed the connection" attempt={small}',
)
WEIGHTS = (40, 30, 12, 8, 6, 3, 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One line and when it was written."""

    written: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Container:
    """One running container: what it says depends on the Pod's uid, the container's name and the time."""

    uid: str
    name: str
    image: str
    started: datetime

    @property
    def period(self) -> timedelta:
        """How often it says something."""
        return timedelta(seconds=2 + self._number(-1) % 5)

    def lines(self, since: datetime, until: datetime) -> Iterator[Line]:
        """What was written after `since` up to `until`, without what is rotated away."""
        newest = (until - self.started) // self.period
        first = max(0, newest - KEPT + 1, (since - self.started) // self.period + 1)
        for index in range(first, newest + 1):
            yield Line(self.started + index * self.period, self._text(index))

    def next_after(self, moment: datetime) -> datetime:
        """When the next line comes."""
        return self.started + ((moment - self.started) // self.period + 1) * self.period

    def _text(self, index: int) -> str:
        if index == 0:
            return f'level=info msg="starting" container={self.name} image={self.image}'
        number = self._number(index)
        at, chosen = number % sum(WEIGHTS), 0
        while at >= WEIGHTS[chosen]:
            at -= WEIGHTS[chosen]
            chosen += 1
        return TEMPLATES[chosen].format(small=number % 97 % 9 + 1, large=number % 389 + 10)

    def _number(self, index: int) -> int:
        digest = hashlib.blake2b(f"{self.uid}/{self.name}/{index}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big")


def container_of(pod: Manifest, name: str) -> Container | None:
    """The running container of that name; None when it does not run."""
    for state in (pod.get("status") or {}).get("containerStatuses") or ():
        running = (state.get("state") or {}).get("running")
        if state.get("name") == name and running is not None:
            started = running.get("startedAt") or pod["metadata"]["creationTimestamp"]
            moment = datetime.fromisoformat(started).astimezone(UTC)
            return Container(pod["metadata"]["uid"], name, state.get("image", ""), moment)
    return None

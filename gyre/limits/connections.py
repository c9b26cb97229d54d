"""How many WebSockets and streams one person, or one address of nobody in particular, keeps open in a process.

How many subscriptions run over them is gyre.events.hub's.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from gyre.errors import TooOften
from gyre.limits.metrics import CONNECTIONS_OPEN, CONNECTIONS_REFUSED

OF_A_USER: Final = 100
"""Each open tab has one; a script has one or two."""
OF_AN_ADDRESS: Final = 50
"""Of those who have not said who they are: they can do nothing yet but say so."""
RETRY_SECONDS: Final = 60


class Connections:
    """What is open now."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    @contextmanager
    def one(self, whose: str, *, signed_in: bool) -> Iterator[None]:
        """One more, until its end. Raises TooOften when there are too many already."""
        most = OF_A_USER if signed_in else OF_AN_ADDRESS
        if self._open[whose] >= most:
            CONNECTIONS_REFUSED.labels("user" if signed_in else "address").inc()
            message = f"{most} open connections are the most; close some."
            raise TooOften(message, details={"retryAfterSeconds": RETRY_SECONDS})
        self._open[whose] += 1
        CONNECTIONS_OPEN.inc()
        try:
            yield
        finally:
            CONNECTIONS_OPEN.dec()
            self._open[whose] -= 1
            if not self._open[whose]:
                del self._open[whose]

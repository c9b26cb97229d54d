"""How the clusters stand, as news: which there are, how well each is known, and how many objects each has.

What they are is asked of the fleet by whoever renders; here it is only said that it may have changed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gyre.events.news import News, Resync, Told
from gyre.events.numbering import Listener, Numbering
from gyre.terms.naming import ClusterName


class Standing:
    """Told by who watches and registers clusters. It has no numbers of its own: its places are those of objects."""

    def __init__(self, objects: Numbering) -> None:
        self._objects = objects
        self._listeners: list[Listener] = []

    def stirred(self, cluster: ClusterName) -> None:
        """Something about this cluster is other than before."""
        news = Resync((cluster,), self.cursor())
        for listener in self._listeners:
            listener(news)

    def cursor(self) -> str:
        """The place of whoever has seen everything up to now."""
        return self._objects.cursor()

    def since(self, cursor: str) -> tuple[News, ...]:  # noqa: ARG002 # whoever listens here gets how things are now
        """Nothing is missed by who gets how things are."""
        return ()

    @contextmanager
    def listen(self, listener: Listener) -> Iterator[None]:
        """Call this whenever something may be other than before, until the end."""
        self._listeners.append(listener)
        try:
            with self._objects.listen(_of_counts(listener)):
                yield
        finally:
            self._listeners.remove(listener)


def _of_counts(listener: Listener) -> Callable[[News], None]:
    """Pass on what changes how many objects there are, which most changes do not."""

    def tell(news: News) -> None:
        if not isinstance(news, Told) or news.change.old is None or news.change.new is None:
            listener(news)

    return tell

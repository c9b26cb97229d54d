"""Whether Gyre and what it stands on work: for load balancers, monitors and the documented health check.

Asked without sign-in, so nothing here tells more than names of clusters and whether they answer.
"""

from dataclasses import dataclass
from typing import Final, Literal

from gyre import __version__
from gyre.access.sight import Sight
from gyre.terms.naming import ClusterName
from gyre.terms.people import Action, Grant, Rule
from resolvers.context import Services

DATABASE_SILENT_SECONDS: Final = 15.0
"""The database is asked every five seconds; three failures in a row are no accident."""

_EVERYTHING = Rule(policy="health", resources=("*",), namespaces=("*",), actions=(Action.VIEW.value,))
ALL_SEEING: Final = Sight((Grant(cluster="*", rule=_EVERYTHING),), None)
"""For the names of clusters alone: the health check names them to anyone, as it is documented."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A cluster, and whether it answers."""

    name: ClusterName
    connected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How Gyre is. `problems` name what it cannot do now; without them it is ready for requests."""

    version: str
    clusters: tuple[Connected, ...]
    problems: tuple[str, ...]

    @property
    def status(self) -> Literal["healthy", "degraded", "unhealthy"]:
        """`healthy`; `degraded` when a cluster is away; `unhealthy` when nobody can sign in."""
        if self.problems:
            return "unhealthy"
        return "healthy" if all(cluster.connected for cluster in self.clusters) else "degraded"


def health(services: Services) -> Health:
    """How Gyre is now, without asking anyone."""
    clusters = tuple(
        Connected(name=cluster.name, connected=cluster.connected) for cluster in services.fleet.clusters(ALL_SEEING)
    )
    return Health(version=__version__, clusters=clusters, problems=tuple(_problems(services)))


def _problems(services: Services) -> list[str]:
    silent = services.sessions.database_silent_seconds
    return ["the database does not answer"] if silent > DATABASE_SILENT_SECONDS else []

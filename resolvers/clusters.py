"""The clusters there are: who sees which is decided for everyone, adding and removing is for administrators alone.

How they are kept is gyre.fleet.registry's. Nothing here ever answers what opens a cluster.
"""

from dataclasses import dataclass

from gyre.access.administering import may_administer
from gyre.access.sight import Sight
from gyre.audit import differences
from gyre.errors import Invalid
from gyre.events.seats import Latest
from gyre.fleet.health import ClusterHealth, KindHealth
from gyre.fleet.registry import ClusterDraft, Outcome, Registered, Source, no_such
from gyre.terms.changes import Subject
from resolvers.administration import administering
from resolvers.context import Context, Services
from resolvers.streams import Live


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedCluster:
    """A cluster with the kinds it serves, and how its Events are known.

    `registered` is for administrators; of it, everyone knows `id`, `source` and whether people are impersonated.
    """

    id: str
    source: Source
    impersonate: bool
    health: ClusterHealth
    kinds: tuple[KindHealth, ...]
    events: KindHealth
    registered: Registered | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """All clusters that are seen, as of one position."""

    clusters: tuple[WatchedCluster, ...]
    position: str


class ClustersView(Latest[Clusters]):
    """The clusters as everyone with this sight sees them; administrators also see how they are registered."""

    def __init__(self, services: Services, sight: Sight, *, administers: bool) -> None:
        self._services = services
        self._sight = sight
        self._administers = administers

    async def render(self) -> Clusters:
        """The clusters as of now."""
        return self.now()

    def now(self) -> Clusters:
        """The clusters as of now."""
        fleet = self._services.fleet
        known = {one.name: one for one in self._services.registry.all}
        seen = [health for health in fleet.clusters(self._sight) if health.name in known]
        position = self._services.feed.cursor()
        return Clusters(clusters=tuple(self._watched(one, known[one.name]) for one in seen), position=position)

    def _watched(self, health: ClusterHealth, known: Registered) -> WatchedCluster:
        fleet = self._services.fleet
        return WatchedCluster(
            id=known.id,
            source=known.source,
            impersonate=known.impersonate,
            health=health,
            kinds=fleet.kinds(health.name, self._sight),
            events=fleet.events.state(health.name, self._sight),
            registered=known if self._administers else None,
        )


def clusters(context: Context) -> tuple[WatchedCluster, ...]:
    """The clusters on which the caller might see something."""
    return _view(context).now().clusters


def changes(context: Context) -> Live[Clusters]:
    """The clusters, at once and whenever one of them is known or registered otherwise."""
    key = ("clusters", context.sight.scope, bool(may_administer(context.signed_in())))
    return Live(context=context, view=_view(context), key=key, subject=Subject.CLUSTERS)


def cluster(context: Context, *, name: str | None = None, cluster_id: str | None = None) -> WatchedCluster:
    """One cluster by its name or its id; NoSuchCluster also for one on which the caller can see nothing."""
    for one in clusters(context):
        if (one.health.name if cluster_id is None else one.id) == (name if cluster_id is None else cluster_id):
            return one
    raise no_such(cluster_id or name or "")


def by_either(context: Context, name_or_id: str) -> WatchedCluster:
    """One cluster by its name or its id, which no name looks like."""
    for one in clusters(context):
        if name_or_id in (one.id, one.health.name):
            return one
    raise no_such(name_or_id)


async def add(context: Context, name: str, draft: ClusterDraft) -> WatchedCluster:
    """Watch one more cluster, once it was tried."""
    told = {"cluster": name[:253], "chosen": draft.context, "impersonate": bool(draft.impersonate)}
    async with administering(context, "cluster-add", **told) as found:
        if draft.kubeconfig is None:
            raise Invalid("Send the kubeconfig.", details={"path": ["kubeconfig"]})
        by = context.signed_in().username
        made = await context.services.registry.add(name, draft, by=by)
        found |= {"clusterId": made.id, "after": _audited(made)}
        found.changes = differences(None, _audited(made))
    return cluster(context, cluster_id=made.id)


async def update(context: Context, name_or_id: str, draft: ClusterDraft) -> WatchedCluster:
    """Reach a cluster in another way, or in the name of others, once that was tried."""
    async with administering(context, "cluster-update", cluster=name_or_id[:253]) as found:
        registry = context.services.registry
        known = registry.find(name_or_id)
        before = _audited(known)
        found |= {"clusterId": known.id, "before": before}
        changed = await registry.update(known, draft)
        found |= {"after": _audited(changed), "kubeconfig": "replaced" if draft.kubeconfig else "kept"}
        found.changes = differences(before, _audited(changed))
    return cluster(context, cluster_id=changed.id)


async def remove(context: Context, name_or_id: str) -> Registered:
    """Watch a cluster no more."""
    async with administering(context, "cluster-remove", cluster=name_or_id[:253]) as found:
        registry = context.services.registry
        known = registry.find(name_or_id)
        found |= {"clusterId": known.id, "before": _audited(known)}
        await registry.remove(known)
        found.changes = differences(_audited(known), None)
    return known


async def test(context: Context, name_or_id: str | None, draft: ClusterDraft) -> Outcome:
    """Try a cluster as it is registered, or a kubeconfig that nothing is kept of."""
    told = {"cluster": name_or_id[:253] if name_or_id else None, "chosen": draft.context}
    async with administering(context, "cluster-test", **told) as found:
        registry = context.services.registry
        known = registry.find(name_or_id) if name_or_id is not None else None
        if draft.kubeconfig is not None:
            outcome = await registry.test_upload(draft)
        elif known is not None:
            outcome = await registry.test(known)
        else:
            raise Invalid("Say which cluster is to be tested, or send a kubeconfig.")
        found |= {"worked": outcome.worked, "code": outcome.code, "said": outcome.message}
    return outcome


def _view(context: Context) -> ClustersView:
    administers = bool(may_administer(context.signed_in()))
    return ClustersView(context.services, context.sight, administers=administers)


def _audited(known: Registered) -> dict[str, object]:
    """What a change is about; nothing of it opens anything."""
    return {
        "name": known.name,
        "server": known.server,
        "context": known.context,
        "impersonate": known.impersonate,
    }

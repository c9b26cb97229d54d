"""The clusters there are: who sees which is decided for everyone, adding and removing is for administrators alone.

How they are kept is gyre.fleet.registry's. Nothing here ever answers what opens a cluster.
"""

from dataclasses import dataclass

from gyre.access.administering import may_administer
from gyre.errors import Invalid
from gyre.fleet.health import ClusterHealth, KindHealth
from gyre.fleet.registry import ClusterDraft, Outcome, Registered, Source, no_such
from resolvers.administration import administering
from resolvers.context import Context


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


def clusters(context: Context) -> tuple[WatchedCluster, ...]:
    """The clusters on which the caller might see something."""
    services, sight = context.services, context.sight
    known = {one.name: one for one in services.registry.all}
    return tuple(
        _watched(context, health, known[health.name])
        for health in services.fleet.clusters(sight)
        if health.name in known
    )


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
    return cluster(context, cluster_id=made.id)


async def update(context: Context, name_or_id: str, draft: ClusterDraft) -> WatchedCluster:
    """Reach a cluster in another way, or in the name of others, once that was tried."""
    async with administering(context, "cluster-update", cluster=name_or_id[:253]) as found:
        registry = context.services.registry
        known = registry.find(name_or_id)
        found |= {"clusterId": known.id, "before": _audited(known)}
        changed = await registry.update(known, draft)
        found |= {"after": _audited(changed), "kubeconfig": "replaced" if draft.kubeconfig else "kept"}
    return cluster(context, cluster_id=changed.id)


async def remove(context: Context, name_or_id: str) -> Registered:
    """Watch a cluster no more."""
    async with administering(context, "cluster-remove", cluster=name_or_id[:253]) as found:
        registry = context.services.registry
        known = registry.find(name_or_id)
        found |= {"clusterId": known.id, "before": _audited(known)}
        await registry.remove(known)
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


def _watched(context: Context, health: ClusterHealth, known: Registered) -> WatchedCluster:
    fleet, sight = context.services.fleet, context.sight
    return WatchedCluster(
        id=known.id,
        source=known.source,
        impersonate=known.impersonate,
        health=health,
        kinds=fleet.kinds(health.name, sight),
        events=fleet.events.state(health.name, sight),
        registered=known if may_administer(context.signed_in()) else None,
    )


def _audited(known: Registered) -> dict[str, object]:
    """What a change is about; nothing of it opens anything."""
    return {
        "name": known.name,
        "server": known.server,
        "context": known.context,
        "impersonate": known.impersonate,
    }

"""Acts on one object: permit, audit, patch, take the answer in.

What a patch says is gyre.flux.patches', how it is written gyre.kube.writing's; who may is decided by gyre.access.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from gyre import audit
from gyre.access.decide import decide
from gyre.access.sight import sight_of
from gyre.audit import Deed, Found, differences
from gyre.clock import Clock
from gyre.errors import GyreError, NoSuchResource, NotAllowed
from gyre.events.feed import Feed
from gyre.fleet.cache import Held
from gyre.fleet.fleet import Fleet
from gyre.flux.intake import take
from gyre.flux.patches import Patch
from gyre.kube import writing
from gyre.terms.naming import Ref
from gyre.terms.people import Action, Allowed, Principal
from gyre.terms.requests import RequestFacts
from gyre.terms.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, from where."""

    principal: Principal
    facts: RequestFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """An object after a write; `position` is the one from which on every read shows it, None for a dry run."""

    row: Row
    position: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is done: the word for the audit, the right it takes, and details that are not secret."""

    word: str
    needs: Action
    on: Ref
    dry_run: bool = False
    details: Mapping[str, object] = field(default_factory=dict)


class Desk:
    """Where acts are done; one for the process."""

    def __init__(self, fleet: Fleet, feed: Feed, clock: Clock) -> None:
        self.fleet = fleet
        self.feed = feed
        self.clock = clock

    async def permit(self, actor: Actor, act: Act) -> tuple[Allowed, Held]:
        """The permission for an act, and the object as last seen.

        Raises NoSuchResource for what may not be seen or does not exist, NotAllowed, with the reason, for what may
        be seen only; both are audited with their true reason.
        """
        await self._check_seen(actor, act)
        held = self.fleet.find(act.on)
        if held is None:
            raise await self._refused(actor, act, "there is no such object", no_such(act.on))
        return await self._decide(actor, act), held

    async def permit_new(self, actor: Actor, act: Act) -> Allowed:
        """The permission for an act on an object that need not be there; refused as `permit` refuses."""
        await self._check_seen(actor, act)
        return await self._decide(actor, act)

    async def _check_seen(self, actor: Actor, act: Act) -> None:
        ref = act.on
        if not sight_of(actor.principal).sees(ref.cluster, ref.kind.plural, ref.namespace):
            verdict = decide(actor.principal, act.needs, ref.cluster, ref.kind.plural, ref.namespace)
            because = "may not see it" if verdict else verdict.because
            raise await self._refused(actor, act, because, no_such(ref))

    async def _decide(self, actor: Actor, act: Act) -> Allowed:
        ref = act.on
        verdict = decide(actor.principal, act.needs, ref.cluster, ref.kind.plural, ref.namespace)
        if not verdict:
            error = NotAllowed(f"You may not {act.word} {ref.kind.name} {ref.name}: {verdict.because}.")
            raise await self._refused(actor, act, verdict.because, error)
        return verdict

    async def write(self, actor: Actor, act: Act, allowed: Allowed, patch: Patch) -> Acted:
        """Patch the object, between an audit entry before and one after; take in what the cluster answers."""
        version = self.fleet.version_of(act.on.cluster, act.on.kind) or ""
        before = self.fleet.find(act.on)
        async with self.recorded(actor, act) as found:
            raw = await writing.patch(self.fleet.writer(allowed), allowed, act.on, version, patch, dry_run=act.dry_run)
            taken = take(act.on.cluster, act.on.kind, version, raw)
            found.changes = differences(before.body if before else None, taken.body)
        if act.dry_run:
            return Acted(row=taken.row, position=None)
        merged = await self.fleet.merge(act.on.cluster, act.on.kind, version, raw)
        return Acted(row=merged.row, position=merged.position)

    def recorded(self, actor: Actor, act: Act) -> AbstractAsyncContextManager[Found]:
        """What happens inside has its intent in the audit before, and its outcome after, also when it fails."""
        return audit.recorded(_deed(actor, act), clock=self.clock)

    async def note(self, actor: Actor, act: Act) -> None:
        """Record what is about to be shown and changes nothing; when that fails, it is not shown."""
        await audit.noted(_deed(actor, act), clock=self.clock)

    async def _refused(self, actor: Actor, act: Act, because: str, told: GyreError) -> GyreError:
        await audit.refused(_deed(actor, act), clock=self.clock, reason=because, told=told)
        return told


def no_such(ref: Ref) -> NoSuchResource:
    """What is said of an object that does not exist, and of one that may not be seen."""
    return NoSuchResource(
        f"There is no {ref.kind.name} {ref.name!r} in namespace {ref.namespace!r} of cluster {ref.cluster!r}.",
        details={"cluster": ref.cluster, "kind": ref.kind.name, "namespace": ref.namespace, "name": ref.name},
    )


def _deed(actor: Actor, act: Act) -> Deed:
    details = {**act.details, **({"dryRun": True} if act.dry_run else {})}
    return Deed(action=act.word, who=actor.principal, facts=actor.facts, on=act.on, details=details)

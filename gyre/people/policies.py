"""Policies: rules under a name, every word of them checked before they are kept.

What a rule allows is gyre.access's; who has a policy is bindings'.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from gyre.access.rules import rule_of
from gyre.auth.given import rules_of
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.errors import AlreadyExists, Conflict, Invalid, NoSuchPolicy
from gyre.people.paging import Part, Wanted, part_of
from gyre.people.words import description_in, id_in, name_in
from gyre.terms.people import Rule
from models.asking import asking_the_database
from models.rights import Binding, Policy, Rules

MOST_POLICIES: Final = 1_000
MOST_RULES: Final = 50
"""Rules of one policy: each is matched for every bucket of rows its owners look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """A rule as someone wrote it."""

    resources: tuple[str, ...]
    namespaces: tuple[str, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDraft:
    """A policy as someone wrote it; in a change None leaves a part as it is."""

    name: str | None = None
    description: str | None = None
    rules: tuple[RuleDraft, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPolicy:
    """A policy as it is kept."""

    id: str
    name: str
    description: str
    rules: tuple[Rule, ...]
    created_at: datetime
    changed_at: datetime


class Policies:
    """All policies of this Gyre."""

    def __init__(self, *, version: PeopleVersion, clock: Clock) -> None:
        self._version = version
        self._clock = clock

    async def some(self, wanted: Wanted) -> Part[NamedPolicy]:
        """Those asked for, by name."""
        with asking_the_database():
            rows = Policy.filter(name__icontains=wanted.text) if wanted.text else Policy.all()
            found, total = await part_of(rows.order_by("name"), wanted)
        return Part(tuple(map(_named, found)), total)

    async def one(self, policy_id: str) -> NamedPolicy:
        """The policy of this id, or NoSuchPolicy."""
        with asking_the_database():
            return _named(await policy_row(policy_id))

    async def create(self, draft: PolicyDraft) -> NamedPolicy:
        """A new policy, or Invalid, or AlreadyExists."""
        name = name_in(draft.name or "", "a policy")
        rules, description = _checked(name, draft.rules or ()), description_in(draft.description or "")
        now = self._clock.now()
        async with self._version.changing() as transaction:
            await _require_free(name, None, transaction)
            if await Policy.all().using_db(transaction).count() >= MOST_POLICIES:
                raise Conflict(f"there are {MOST_POLICIES} policies, which is the most")
            policy = Policy(id=uuid4(), name=name, description=description, rules=rules, created_at=now, changed_at=now)
            await policy.save(using_db=transaction, force_create=True)
        return _named(policy)

    async def update(self, policy_id: str, draft: PolicyDraft) -> NamedPolicy:
        """Change a policy; it acts at once on everyone who has it."""
        async with self._version.changing() as transaction:
            policy = await policy_row(policy_id, transaction)
            if draft.name is not None:
                policy.name = name_in(draft.name, "a policy")
                await _require_free(policy.name, policy.id, transaction)
            if draft.description is not None:
                policy.description = description_in(draft.description)
            if draft.rules is not None:
                policy.rules = _checked(policy.name, draft.rules)
            policy.changed_at = self._clock.now()
            await policy.save(using_db=transaction)
        return _named(policy)

    async def delete(self, policy_id: str, *, even_if_bound: bool = False) -> NamedPolicy:
        """Delete a policy; Conflict while somebody has it, unless their bindings are to end with it."""
        async with self._version.changing() as transaction:
            policy = await policy_row(policy_id, transaction)
            bound = await Binding.filter(policy_id=policy.id).using_db(transaction).count()
            if bound and not even_if_bound:
                raise Conflict(
                    f"policy {policy.name!r} is given {bound} {'time' if bound == 1 else 'times'}; end its bindings "
                    "first, or have them end with it",
                    details={"bindings": bound},
                )
            await policy.delete(using_db=transaction)
        return _named(policy)


async def policy_row(policy_id: str, transaction: BaseDBAsyncClient | None = None) -> Policy:
    """The row of this id, or NoSuchPolicy."""
    policy = await Policy.filter(id=id_in(policy_id)).using_db(transaction).first()
    if policy is None:
        raise NoSuchPolicy(f"there is no policy {policy_id[:64]!r}", details={"path": ["policyId"]})
    return policy


def _checked(policy: str, drafts: Sequence[RuleDraft]) -> Rules:
    if not drafts:
        raise Invalid("a policy needs at least one rule", details={"field": "rules", "path": ["rules"]})
    if len(drafts) > MOST_RULES:
        raise Invalid(f"a policy has at most {MOST_RULES} rules", details={"field": "rules", "path": ["rules"]})
    return [_kept(_rule(policy, place, draft)) for place, draft in enumerate(drafts)]


def _rule(policy: str, place: int, draft: RuleDraft) -> Rule:
    try:
        return rule_of(policy, resources=draft.resources, namespaces=draft.namespaces, actions=draft.actions)
    except Invalid as wrong:
        field = str(wrong.details.get("field", ""))
        raise Invalid(wrong.message, details={"field": field, "path": ["rules", str(place), field]}) from wrong


def _kept(rule: Rule) -> dict[str, list[str]]:
    def listed(names: Iterable[str]) -> list[str]:
        return list(dict.fromkeys(names))

    return {
        "resources": listed(rule.resources),
        "namespaces": listed(rule.namespaces),
        "actions": listed(rule.actions),
    }


async def _require_free(name: str, but: UUID | None, transaction: BaseDBAsyncClient) -> None:
    taken = await Policy.filter(name__iexact=name).using_db(transaction).first()
    if taken is not None and taken.id != but:
        where = {"field": "name", "path": ["name"]}
        raise AlreadyExists(f"there is a policy {taken.name} already", details=where)


def _named(policy: Policy) -> NamedPolicy:
    return NamedPolicy(
        id=str(policy.id),
        name=policy.name,
        description=policy.description,
        rules=rules_of(policy),
        created_at=policy.created_at,
        changed_at=policy.changed_at,
    )

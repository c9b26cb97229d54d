"""What users were given, read from the rows: their groups, and the grants of their own bindings and their groups'.

What a grant allows is gyre.access's; rules were checked when they were written.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from tortoise.expressions import Q

from gyre.auth.places import cluster_names
from gyre.terms.naming import ClusterName
from gyre.terms.people import Grant, Principal, Rule
from models.identities import ClaimedGroup
from models.people import User
from models.rights import Binding, Group, Membership, Policy

AT_ONCE = 400
"""Users asked for in one query: SQLite takes a bounded number of parameters."""


@dataclass(frozen=True, slots=True)
class Given:
    """The groups of one user by name, and all grants; both in one fixed order, so that equal rights are equal."""

    groups: tuple[str, ...] = ()
    grants: tuple[Grant, ...] = ()


NOTHING = Given()


async def given_to(users: Iterable[UUID]) -> Mapping[UUID, Given]:
    """What each of these users has. Who has nothing is left out."""
    asked = list(dict.fromkeys(users))
    found: dict[UUID, Given] = {}
    for start in range(0, len(asked), AT_ONCE):
        found |= await _given(asked[start : start + AT_ONCE])
    return found


def principal_from(user: User, given: Given, session_id: UUID | None = None) -> Principal:
    """The principal of a user's row; without a session it is only asked about."""
    return Principal(
        user_id=str(user.id),
        username=user.username,
        role=user.role,
        grants=given.grants,
        groups=given.groups,
        session_id=str(session_id) if session_id else "",
        must_change_password=user.must_change_password,
    )


def rules_of(policy: Policy) -> tuple[Rule, ...]:
    """The rules of a policy's row."""
    return tuple(
        Rule(
            policy=policy.name,
            resources=tuple(rule["resources"]),
            namespaces=tuple(rule["namespaces"]),
            actions=tuple(rule["actions"]),
        )
        for rule in policy.rules
    )


async def _given(users: list[UUID]) -> dict[UUID, Given]:
    groups = await _groups_of(users)
    in_them = {group for own in groups.values() for group in own}
    bindings = await Binding.filter(Q(user_id__in=users) | Q(group_id__in=list(in_them))).select_related("policy")
    names = await cluster_names({binding.cluster for binding in bindings})
    ordered = sorted(bindings, key=lambda binding: (binding.policy.name, binding.cluster))
    of_each: defaultdict[UUID, list[Grant]] = defaultdict(list)
    for binding in ordered:
        holder = binding.user_id or binding.group_id
        if holder is not None:
            of_each[holder] += _grants(binding, names)
    found = {}
    for user in {*groups, *(user for user in users if user in of_each)}:
        own = groups.get(user, {})
        grants = [grant for holder in (user, *own) for grant in of_each.get(holder, ())]
        unique = dict.fromkeys(sorted(grants, key=lambda grant: (grant.rule.policy, grant.cluster)))
        found[user] = Given(groups=tuple(sorted(own.values())), grants=tuple(unique))
    return found


async def _groups_of(users: list[UUID]) -> dict[UUID, dict[UUID, str]]:
    """The groups each is in, by their ids: those they were put in here, and those a provider says they are in."""
    groups: defaultdict[UUID, dict[UUID, str]] = defaultdict(dict)
    for membership in await Membership.filter(user_id__in=users).select_related("group"):
        groups[membership.user_id][membership.group_id] = membership.group.name
    claimed = await ClaimedGroup.filter(identity__user_id__in=users).select_related("identity")
    if claimed:
        named = {group.name: group.id for group in await Group.all().only("id", "name")}
        for each in claimed:
            if each.name in named:
                groups[each.identity.user_id][named[each.name]] = each.name
    return groups


def _grants(binding: Binding, names: Mapping[str, str]) -> list[Grant]:
    cluster = ClusterName(names.get(binding.cluster, binding.cluster))
    return [Grant(cluster=cluster, rule=rule) for rule in rules_of(binding.policy)]

"""Bindings: which user or group has which policy, on which cluster.

What follows from it is gyre.access's.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from gyre.auth.places import cluster_ids, cluster_names
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.errors import AlreadyExists, Conflict, Invalid, NoSuchBinding, NoSuchCluster
from gyre.people.groups import group_row
from gyre.people.paging import Part, Wanted, part_of
from gyre.people.policies import policy_row
from gyre.people.rows import user_row
from gyre.people.words import id_in, near
from models.asking import asking_the_database
from models.rights import Binding

MOST_BINDINGS: Final = 20_000
EVERYWHERE: Final = "*"
WITH_NAMES: Final = ("policy", "user", "group")


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingDraft:
    """A policy for a user or a group, on one cluster (by name or id) or on `*`."""

    policy_id: str
    cluster: str
    user_id: str | None = None
    group_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedBinding:
    """A binding as it is kept, with the names of what it binds; either the user or the group is None."""

    id: str
    policy_id: str
    policy: str
    user_id: str | None
    username: str | None
    group_id: str | None
    group: str | None
    cluster: str
    created_at: datetime


class Bindings:
    """All bindings of this Gyre."""

    def __init__(self, *, version: PeopleVersion, clock: Clock) -> None:
        self._version = version
        self._clock = clock

    async def some(
        self, wanted: Wanted, *, policy_id: str | None = None, user_id: str | None = None, group_id: str | None = None
    ) -> Part[NamedBinding]:
        """Those of this policy, user or group, by policy; a user's are their own, not those of their groups."""
        asked = {"policy_id": policy_id, "user_id": user_id, "group_id": group_id}
        only = {field: id_in(text) for field, text in asked.items() if text is not None}
        if None in only.values():
            return Part((), 0)
        rows = Binding.filter(**only)
        if wanted.text:
            rows = rows.filter(policy__name__icontains=wanted.text)
        with asking_the_database():
            ordered = rows.select_related(*WITH_NAMES).order_by("policy__name", "created_at", "id")
            found, total = await part_of(ordered, wanted)
            names = await cluster_names(binding.cluster for binding in found)
        return Part(tuple(_named(binding, names) for binding in found), total)

    async def create(self, draft: BindingDraft, *, clusters: Collection[str]) -> NamedBinding:
        """Give a policy; `clusters` are the operator's own. Raises what names the part that does not exist.

        It is kept by the cluster's id, and so ends with it: another of the same name has it not.
        """
        if (draft.user_id is None) == (draft.group_id is None):
            raise Invalid("a binding is for a user or for a group: give one of the two", details={"path": ["userId"]})
        async with self._version.changing() as transaction:
            binding = await self._made(draft, clusters, transaction)
            same = Binding.filter(policy_id=binding.policy_id, user_id=binding.user_id, group_id=binding.group_id)
            if await same.filter(cluster=binding.cluster).using_db(transaction).exists():
                raise AlreadyExists("this policy is given there already")
            if await Binding.all().using_db(transaction).count() >= MOST_BINDINGS:
                raise Conflict(f"there are {MOST_BINDINGS} bindings, which is the most; give policies to groups")
            await binding.save(using_db=transaction, force_create=True)
            kept = await Binding.get(id=binding.id, using_db=transaction).select_related(*WITH_NAMES)
            names = await cluster_names([kept.cluster], transaction)
        return _named(kept, names)

    async def delete(self, binding_id: str) -> NamedBinding:
        """End a binding, at once."""
        async with self._version.changing() as transaction:
            rows = Binding.filter(id=id_in(binding_id)).using_db(transaction)
            binding = await rows.select_related(*WITH_NAMES).first()
            if binding is None:
                raise NoSuchBinding(f"there is no binding {binding_id[:64]!r}")
            names = await cluster_names([binding.cluster], transaction)
            await binding.delete(using_db=transaction)
        return _named(binding, names)

    async def _made(self, draft: BindingDraft, clusters: Collection[str], transaction: BaseDBAsyncClient) -> Binding:
        policy = await policy_row(draft.policy_id, transaction)
        user_id, group_id = None, None
        if draft.group_id is not None:
            group_id = (await group_row(draft.group_id, transaction)).id
        elif draft.user_id is not None:
            user_id = (await user_row(draft.user_id, transaction, path="userId")).id
        return Binding(
            id=uuid4(),
            policy_id=policy.id,
            user_id=user_id,
            group_id=group_id,
            cluster=await _cluster_id(draft.cluster, clusters, transaction),
            created_at=self._clock.now(),
        )


async def _cluster_id(named: str, operators: Collection[str], transaction: BaseDBAsyncClient) -> str:
    """The id of an added cluster; an operator's cluster and `*` are their own."""
    if named == EVERYWHERE or named in operators:
        return named
    added = await cluster_ids(transaction)
    if named in added:
        return added[named]
    if named in added.values():
        return named
    hint = near(named, [*operators, *added]) or " `*` stands for all."
    raise NoSuchCluster(f"There is no cluster {named[:253]!r} here.{hint}", details={"path": ["cluster"]})


def _named(binding: Binding, names: Mapping[str, str]) -> NamedBinding:
    return NamedBinding(
        id=str(binding.id),
        policy_id=str(binding.policy_id),
        policy=binding.policy.name,
        user_id=str(binding.user_id) if binding.user_id else None,
        username=binding.user.username if binding.user else None,
        group_id=str(binding.group_id) if binding.group_id else None,
        group=binding.group.name if binding.group else None,
        cluster=names.get(binding.cluster, binding.cluster),
        created_at=binding.created_at,
    )

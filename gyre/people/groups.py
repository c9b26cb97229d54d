"""Groups of users, and who is in them.

What a group is given is bindings'.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient

from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.errors import AlreadyExists, Conflict, NoSuchGroup
from gyre.people.paging import Part, Wanted, part_of
from gyre.people.rows import user_row
from gyre.people.words import description_in, id_in, name_in
from models.asking import asking_the_database
from models.rights import Group, Membership

MOST_GROUPS: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """A group as someone wrote it; in a change None leaves a part as it is. Members are ids of users."""

    name: str | None = None
    description: str | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Member:
    """A user in a group."""

    id: str
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedGroup:
    """A group as it is kept, its members by name."""

    id: str
    name: str
    description: str
    members: tuple[Member, ...]
    created_at: datetime
    changed_at: datetime


class Groups:
    """All groups of this Gyre."""

    def __init__(self, *, version: PeopleVersion, clock: Clock) -> None:
        self._version = version
        self._clock = clock

    async def some(self, wanted: Wanted) -> Part[NamedGroup]:
        """Those asked for, by name."""
        with asking_the_database():
            rows = Group.filter(name__icontains=wanted.text) if wanted.text else Group.all()
            found, total = await part_of(rows.order_by("name"), wanted)
            return Part(tuple(await _named(found)), total)

    async def one(self, group_id: str) -> NamedGroup:
        """The group of this id, or NoSuchGroup."""
        with asking_the_database():
            (named,) = await _named([await group_row(group_id)])
        return named

    async def create(self, draft: GroupDraft) -> NamedGroup:
        """A new group, or Invalid, AlreadyExists, NoSuchUser."""
        name, description = name_in(draft.name or "", "a group"), description_in(draft.description or "")
        now = self._clock.now()
        async with self._version.changing() as transaction:
            await _require_free(name, None, transaction)
            if await Group.all().using_db(transaction).count() >= MOST_GROUPS:
                raise Conflict(f"there are {MOST_GROUPS} groups, which is the most")
            group = Group(id=uuid4(), name=name, description=description, created_at=now, changed_at=now)
            await group.save(using_db=transaction, force_create=True)
            await _enter(group, draft.add, transaction)
            (named,) = await _named([group], transaction)
        return named

    async def update(self, group_id: str, draft: GroupDraft) -> NamedGroup:
        """Change a group, or who is in it; it acts at once on everyone concerned."""
        async with self._version.changing() as transaction:
            group = await group_row(group_id, transaction)
            if draft.name is not None:
                group.name = name_in(draft.name, "a group")
                await _require_free(group.name, group.id, transaction)
            if draft.description is not None:
                group.description = description_in(draft.description)
            group.changed_at = self._clock.now()
            await group.save(using_db=transaction)
            leaving = [(await user_row(each, transaction, path="members")).id for each in draft.remove]
            await Membership.filter(group_id=group.id, user_id__in=leaving).using_db(transaction).delete()
            await _enter(group, draft.add, transaction)
            (named,) = await _named([group], transaction)
        return named

    async def delete(self, group_id: str) -> NamedGroup:
        """Delete a group; what it was given ends with it."""
        async with self._version.changing() as transaction:
            group = await group_row(group_id, transaction)
            (named,) = await _named([group], transaction)
            await group.delete(using_db=transaction)
        return named


async def group_row(group_id: str, transaction: BaseDBAsyncClient | None = None) -> Group:
    """The row of this id, or NoSuchGroup."""
    group = await Group.filter(id=id_in(group_id)).using_db(transaction).first()
    if group is None:
        raise NoSuchGroup(f"there is no group {group_id[:64]!r}", details={"path": ["groupId"]})
    return group


async def _enter(group: Group, users: Iterable[str], transaction: BaseDBAsyncClient) -> None:
    for user_id in dict.fromkeys([(await user_row(each, transaction, path="members")).id for each in users]):
        if not await Membership.filter(group_id=group.id, user_id=user_id).using_db(transaction).exists():
            await Membership.create(using_db=transaction, id=uuid4(), group_id=group.id, user_id=user_id)


async def _require_free(name: str, but: UUID | None, transaction: BaseDBAsyncClient) -> None:
    taken = await Group.filter(name__iexact=name).using_db(transaction).first()
    if taken is not None and taken.id != but:
        where = {"field": "name", "path": ["name"]}
        raise AlreadyExists(f"there is a group {taken.name} already", details=where)


async def _named(groups: Sequence[Group], transaction: BaseDBAsyncClient | None = None) -> list[NamedGroup]:
    """These groups with their members, asked for in one query."""
    rows = Membership.filter(group_id__in=[group.id for group in groups]).using_db(transaction)
    members: defaultdict[UUID, list[Member]] = defaultdict(list)
    for row in await rows.select_related("user").order_by("user__username"):
        members[row.group_id].append(Member(str(row.user_id), row.user.username))
    return [
        NamedGroup(
            id=str(group.id),
            name=group.name,
            description=group.description,
            members=tuple(members[group.id]),
            created_at=group.created_at,
            changed_at=group.changed_at,
        )
        for group in groups
    ]

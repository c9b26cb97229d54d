"""API tokens as their owners handle them: made, listed, revoked.

Whose token a request carries is gyre.auth's; may the caller do this? is asked before, by resolvers.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.queryset import QuerySet

from gyre.access.rules import NAMES_IN_A_RULE, rule_of
from gyre.auth.places import cluster_ids, cluster_names
from gyre.auth.token_text import digest, hint, new_token
from gyre.auth.tokens import clusters_in
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.errors import AlreadyExists, Conflict, Invalid, NoSuchCluster, NoSuchToken
from gyre.people.rows import user_row
from gyre.people.words import id_in, name_in, near
from models.asking import asking_the_database, storable
from models.tokens import ApiToken, Scope

MOST_TOKENS: Final = 100
"""Of one user that are not revoked: a script that makes one for each call is told so."""
MOST_RULES: Final = 20
LONGEST_DAYS: Final = 3_650
USUAL_DAYS: Final = 90
EVERYWHERE: Final = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeDraft:
    """One rule of a scope as someone wrote it."""

    resources: tuple[str, ...]
    namespaces: tuple[str, ...]
    actions: tuple[str, ...]
    clusters: tuple[str, ...] = (EVERYWHERE,)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDraft:
    """A token to be made; a scope of None is all its owner may do, at each moment."""

    name: str
    days: int = USUAL_DAYS
    scope: tuple[ScopeDraft, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedToken:
    """A token as lists show it: nothing that opens anything. `used_at` is right to an hour."""

    id: str
    user_id: str
    username: str
    name: str
    hint: str
    scope: tuple[ScopeDraft, ...] | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    used_from: str
    expired: bool


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token just made. `secret` is its text: it is nowhere kept, and told this once."""

    token: NamedToken
    secret: str


class Tokens:
    """All API tokens of this Gyre."""

    def __init__(self, *, version: PeopleVersion, clock: Clock) -> None:
        self._version = version
        self._clock = clock

    async def of(self, user_id: str) -> list[NamedToken]:
        """A user's tokens that nobody revoked, the newest first; those that expired lately are among them."""
        with asking_the_database():
            rows = ApiToken.filter(user_id=id_in(user_id), revoked_at=None).select_related("user")
            found = await rows.order_by("-created_at", "name").limit(MOST_TOKENS)
            names = await cluster_names(clusters_in(row.scope for row in found))
        return [self._named(row, names) for row in found]

    async def find(self, token_id: str) -> NamedToken | None:
        """The token of this id that nobody revoked."""
        with asking_the_database():
            row = await _open(token_id, ApiToken.all())
            names = await cluster_names(clusters_in([row.scope])) if row else {}
        return self._named(row, names) if row else None

    async def create(self, user_id: str, draft: TokenDraft, *, clusters: Collection[str] | None) -> NewToken:
        """A token for this user; `clusters` are those there are, None when that is not known."""
        name, scope = name_in(draft.name, "a token"), _checked(draft.scope, clusters)
        if not 1 <= draft.days <= LONGEST_DAYS:
            message = f"a token lives for 1 to {LONGEST_DAYS} days"
            raise Invalid(message, details={"field": "expiresInDays", "path": ["expiresInDays"]})
        secret, now = new_token(), self._clock.now()
        async with self._version.changing() as transaction:
            user = await user_row(user_id, transaction)
            await _require_room(user.id, name, transaction)
            ids = await cluster_ids(transaction)
            row = ApiToken(
                id=uuid4(),
                user=user,
                name=name,
                hint=hint(secret),
                digest=digest(secret),
                scope=_by_id(scope, ids),
                created_at=now,
                expires_at=now + timedelta(days=draft.days),
            )
            await row.save(using_db=transaction, force_create=True)
        return NewToken(self._named(row, {number: name for name, number in ids.items()}), secret)

    async def revoke(self, token_id: str, because: str) -> NamedToken:
        """End a token, everywhere, at once: also what is open through it."""
        async with self._version.changing() as transaction:
            row = await _open(token_id, ApiToken.all().using_db(transaction))
            if row is None:
                raise NoSuchToken(f"there is no API token {token_id[:64]!r}")
            row.revoked_at, row.revoked_because = self._clock.now(), storable(because, 100)
            await row.save(using_db=transaction, update_fields=["revoked_at", "revoked_because"])
            names = await cluster_names(clusters_in([row.scope]), transaction)
        return self._named(row, names)

    def _named(self, row: ApiToken, clusters: Mapping[str, str]) -> NamedToken:
        return NamedToken(
            id=str(row.id),
            user_id=str(row.user_id),
            username=row.user.username,
            name=row.name,
            hint=row.hint,
            scope=None if row.scope is None else tuple(_draft(rule, clusters) for rule in row.scope),
            created_at=row.created_at,
            expires_at=row.expires_at,
            used_at=row.used_at,
            used_from=row.used_from,
            expired=self._clock.now() >= row.expires_at,
        )


async def _open(token_id: str, among: QuerySet[ApiToken]) -> ApiToken | None:
    return await among.filter(id=id_in(token_id), revoked_at=None).select_related("user").first()


async def _require_room(user_id: UUID, name: str, transaction: BaseDBAsyncClient) -> None:
    own = ApiToken.filter(user_id=user_id, revoked_at=None).using_db(transaction)
    if await own.filter(name__iexact=name).exists():
        where = {"field": "name", "path": ["name"]}
        raise AlreadyExists(f"there is a token {name} already; revoke it, or choose another name", details=where)
    if await own.count() >= MOST_TOKENS:
        raise Conflict(f"there are {MOST_TOKENS} tokens, which is the most of one user; revoke some")


def _checked(drafts: Sequence[ScopeDraft] | None, clusters: Collection[str] | None) -> Scope | None:
    if drafts is None:
        return None
    if not 1 <= len(drafts) <= MOST_RULES:
        message = f"a scope has 1 to {MOST_RULES} rules; leave it out for all that you may do"
        raise Invalid(message, details={"field": "scope", "path": ["scope"]})
    return [_rule(place, draft, clusters) for place, draft in enumerate(drafts)]


def _rule(place: int, draft: ScopeDraft, clusters: Collection[str] | None) -> dict[str, list[str]]:
    try:
        rule = rule_of("token", resources=draft.resources, namespaces=draft.namespaces, actions=draft.actions)
    except Invalid as wrong:
        field = str(wrong.details.get("field", ""))
        raise Invalid(wrong.message, details={"field": field, "path": ["scope", str(place), field]}) from wrong
    return {
        "clusters": _clusters(place, draft.clusters, clusters),
        "resources": list(rule.resources),
        "namespaces": list(rule.namespaces),
        "actions": list(rule.actions),
    }


def _clusters(place: int, names: Sequence[str], known: Collection[str] | None) -> list[str]:
    where = {"field": "clusters", "path": ["scope", str(place), "clusters"]}
    if not 1 <= len(names) <= NAMES_IN_A_RULE:
        raise Invalid(f"a rule takes 1 to {NAMES_IN_A_RULE} clusters; * stands for all", details=where)
    for name in names:
        if name == EVERYWHERE:
            continue
        if known is None:
            name_in(name, "a cluster")
        elif name not in known:
            hint_ = near(name, known) or " `*` stands for all."
            raise NoSuchCluster(f"There is no cluster {name[:253]!r} here.{hint_}", details=where)
    return list(dict.fromkeys(names))


def _by_id(scope: Scope | None, ids: Mapping[str, str]) -> Scope | None:
    """The scope as it is kept: a cluster of the same name that comes later is not in it."""
    if scope is None:
        return None
    return [{**rule, "clusters": [ids.get(name, name) for name in rule["clusters"]]} for rule in scope]


def _draft(rule: dict[str, list[str]], clusters: Mapping[str, str]) -> ScopeDraft:
    return ScopeDraft(
        resources=tuple(rule["resources"]),
        namespaces=tuple(rule["namespaces"]),
        actions=tuple(rule["actions"]),
        clusters=tuple(clusters.get(cluster, cluster) for cluster in rule["clusters"]),
    )

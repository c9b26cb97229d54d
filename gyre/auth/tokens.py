"""API tokens as they are used: whose it is that comes with one, and since when it is none any more.

Making, listing and revoking them is gyre.people's; what a scope leaves of its owner's rights is gyre.access's.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, NoReturn
from uuid import UUID

from tortoise.exceptions import IntegrityError

from gyre.audit import Deed, noted, refused
from gyre.audit.lately import Lately
from gyre.auth.believed import Believed, remember
from gyre.auth.given import AT_ONCE, NOTHING, given_to, principal_from
from gyre.auth.places import cluster_names
from gyre.auth.token_text import digest, hint, is_well_formed
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.errors import NotSignedIn, Unavailable
from gyre.terms.naming import ClusterName
from gyre.terms.people import Grant, Principal, Rule
from gyre.terms.requests import RequestFacts
from models.asking import asking_the_database, storable
from models.tokens import ApiToken, Scope, TokenUse

USED_EVERY: Final = timedelta(hours=1)
"""The use of a token is written, and stands in the audit, at most so often for each address."""
KEPT_AFTER_END: Final = timedelta(days=30)
USE: Final = "token-use"
POLICY: Final = "token"
"""What a rule of a scope is called where rules are told."""
ALL: Final = "*"

UNKNOWN: Final = ("TOKEN_UNKNOWN", "There is no such API token; make another one.")
MALFORMED: Final = (
    "TOKEN_MALFORMED",
    "This is no API token of Gyre: one begins with gyre_ and ends with its checksum.",
)
REVOKED: Final = ("TOKEN_REVOKED", "The API token has been revoked, or its owner may not sign in any more.")
EXPIRED: Final = ("TOKEN_EXPIRED", "The API token has expired; make another one.")


@dataclass(frozen=True, slots=True)
class _Held:
    principal: Principal
    expires_at: datetime


class ApiTokens:
    """All of one process's knowledge of tokens."""

    def __init__(self, version: PeopleVersion, clock: Clock) -> None:
        self._version = version
        self._clock = clock
        self._believed: Believed[_Held] = Believed(version, clock, _read)
        self._ids: OrderedDict[str, UUID] = OrderedDict()
        self._lately = Lately(USED_EVERY.total_seconds())

    async def principal_of(self, token: str, facts: RequestFacts) -> Principal:
        """Whose token it is. Raises NotSignedIn, whose details say why to who holds it."""
        if not is_well_formed(token):
            await self._refuse(MALFORMED, "", "", facts)
        token_id = await self._id_of(digest(token))
        if token_id is None:
            await self._refuse(UNKNOWN, "", hint(token), facts)
        held = await self._believed.of(token_id)
        if held is None or self._clock.now() >= held.expires_at:
            self._believed.forget(token_id)
            await self._refuse(await self._why_over(token_id), str(token_id), hint(token), facts)
        await self._use(token_id, held.principal, facts)
        return held.principal

    async def next_of(self, principal: Principal) -> Principal | None:
        """Wait until this principal is not what it was: its successor with other rights, or None when it is over."""
        token_id = UUID(principal.token_id)
        while True:
            generation = self._version.generation
            held = await self._believed.of(token_id)
            now = self._clock.now()
            if held is None or now >= held.expires_at:
                return None
            if held.principal != principal:
                return held.principal
            seconds = max(1.0, (held.expires_at - now).total_seconds())
            await self._version.changed_since(generation, within_seconds=seconds)

    async def clean(self) -> None:
        """Forget the rows of what is long over."""
        before = self._clock.now() - KEPT_AFTER_END
        with asking_the_database():
            await ApiToken.filter(expires_at__lt=before).delete()
            await ApiToken.filter(revoked_at__lt=before).delete()
            await TokenUse.filter(used_at__lt=before).delete()

    async def _id_of(self, kept: str) -> UUID | None:
        known = self._ids.get(kept)
        if known is not None:
            return known
        with asking_the_database():
            row = await ApiToken.get_or_none(digest=kept).only("id")
        if row is None:
            return None
        remember(self._ids, kept, row.id)
        return row.id

    async def _why_over(self, token_id: UUID) -> tuple[str, str]:
        with asking_the_database():
            row = await ApiToken.get_or_none(id=token_id)
        if row is None or row.revoked_at is not None or self._clock.now() < row.expires_at:
            return REVOKED
        return EXPIRED

    async def _refuse(self, why: tuple[str, str], token_id: str, shown: str, facts: RequestFacts) -> NoReturn:
        reason, message = why
        error = NotSignedIn(message, details={"reason": reason})
        error.in_audit = True  # at most hourly, below: a script that goes on trying must not fill it
        if not self._lately.told((f"{reason} {token_id}", facts.place), self._clock.monotonic()):
            details = {"tokenId": token_id, "hint": shown} if shown else {}
            with suppress(Unavailable):  # who comes without a right is refused all the same
                deed = Deed(action=USE, who=None, facts=facts, details=details)
                await refused(deed, clock=self._clock, reason=message)
        raise error

    async def _use(self, token_id: UUID, principal: Principal, facts: RequestFacts) -> None:
        """Write down that it was used, once an hour among all processes."""
        address = storable(facts.address, 64)
        use = (str(token_id), address)
        if self._lately.told(use, self._clock.monotonic()):
            return
        try:
            if await self._is_ours_to_tell(token_id, address):
                deed = Deed(action=USE, who=principal, facts=facts, details={"tokenId": str(token_id)})
                await noted(deed, clock=self._clock)
        except Unavailable:
            self._lately.forget(use)  # what was asked may still be answered from memory

    async def _is_ours_to_tell(self, token_id: UUID, address: str) -> bool:
        now = self._clock.now()
        with asking_the_database():
            here = TokenUse.filter(token_id=token_id, address=address)
            if not await here.filter(used_at__lte=now - USED_EVERY).update(used_at=now):
                try:
                    await TokenUse.create(token_id=token_id, address=address, used_at=now)
                except IntegrityError:
                    return False  # another process told it within the hour, or the token has just gone
            await ApiToken.filter(id=token_id).update(used_at=now, used_from=address)
        return True


def grants_of(scope: Scope, names: Mapping[str, str]) -> tuple[Grant, ...] | None:
    """The scope as rights are compared with it; None when it leaves everything. `names` are those of clusters by id."""
    grants = [
        Grant(
            cluster=ALL if cluster == ALL else ClusterName(names.get(cluster, cluster)),
            rule=Rule(
                policy=POLICY,
                resources=tuple(rule["resources"]),
                namespaces=tuple(rule["namespaces"]),
                actions=tuple(rule["actions"]),
            ),
        )
        for rule in scope
        for cluster in rule["clusters"]
    ]
    return None if any(_is_all(grant) for grant in grants) else tuple(grants)


def clusters_in(scopes: Iterable[Scope | None]) -> Iterator[str]:
    """Every cluster that these scopes name, as it is kept."""
    return (cluster for scope in scopes for rule in scope or () for cluster in rule["clusters"])


def _is_all(grant: Grant) -> bool:
    rule = grant.rule
    return grant.cluster == ALL and all(ALL in names for names in (rule.resources, rule.namespaces, rule.actions))


async def _read(ids: list[UUID]) -> Mapping[UUID, _Held]:
    """Those of these tokens that nobody revoked and whose owners are not disabled."""
    rows: list[ApiToken] = []
    with asking_the_database():
        for start in range(0, len(ids), AT_ONCE):
            some = ApiToken.filter(id__in=ids[start : start + AT_ONCE], revoked_at=None, user__active=True)
            rows += await some.select_related("user")
        given = await given_to(row.user_id for row in rows)
        names = await cluster_names(clusters_in(row.scope for row in rows))
    found = {}
    for row in rows:
        owner = principal_from(row.user, given.get(row.user_id, NOTHING))
        scope = None if row.scope is None else grants_of(row.scope, names)
        found[row.id] = _Held(replace(owner, token_id=str(row.id), scope=scope), row.expires_at)
    return found

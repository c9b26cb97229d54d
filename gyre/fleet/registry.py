"""Which clusters there are beside those that the operator gives: kept in the database, their credentials sealed.

Every process that shares the database watches the same ones. What a kubeconfig may hold is gyre.kube.uploaded's; who
may add and remove clusters is asked by resolvers.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Final
from uuid import UUID, uuid4

import msgspec

from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.errors import (
    AlreadyExists,
    ClusterUnreachable,
    Conflict,
    GyreError,
    Invalid,
    NoSuchCluster,
    TooOften,
    Unavailable,
)
from gyre.events.tasks import owned_tasks
from gyre.fleet.fleet import Fleet
from gyre.fleet.uploads import name_of_cluster, read_kubeconfig
from gyre.flux.kinds import GROUPS
from gyre.kube.access import Access, Credentials
from gyre.kube.checking import CHECK_SECONDS, check
from gyre.kube.client import open_client
from gyre.kube.uploaded import FromUpload, load
from gyre.settings import Settings
from gyre.terms.naming import ClusterName
from gyre.vault import Undecipherable, Vault
from models.asking import asking_the_database, storable
from models.clusters import StoredCluster
from models.rights import Binding

MOST_CLUSTERS: Final = 500
"""Each costs a watch for every kind it serves."""

MOST_TRIED_AT_ONCE: Final = 8
"""Each may take CHECK_SECONDS, and people wait for it."""

AGAIN_SECONDS: Final = 5.0
"""A database that was away is asked again after this long."""

LONGEST_OUTCOME: Final = 2_000
WORKED: Final = ""

log = logging.getLogger(__name__)


class Source(Enum):
    """Who a cluster comes from: the operator, through the environment, or an administrator, while Gyre ran."""

    OPERATOR = "operator"
    ADDED = "added"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a test; `code` is empty when it worked."""

    at: datetime
    code: str
    message: str

    @property
    def worked(self) -> bool:
        """Whether the cluster can be watched."""
        return self.code == WORKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A cluster as it is registered, without what opens it. The id of an operator's cluster is its name."""

    id: str
    name: ClusterName
    source: Source
    server: str = ""
    context: str = ""
    impersonate: bool = False
    added_by: str = ""
    added_at: datetime | None = None
    changed_at: datetime | None = None
    test: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterDraft:
    """A cluster as someone wants it; in a change None leaves a part as it is."""

    kubeconfig: str | None = field(default=None, repr=False)
    context: str | None = None
    impersonate: bool | None = None


@dataclass(frozen=True, slots=True)
class _Lost:
    """The way to a cluster whose credentials nobody can open: it is told, and stops no other."""

    why: str

    async def read(self) -> Credentials:
        """Never works."""
        raise ClusterUnreachable(
            f"the stored credentials can't be opened: {self.why}. Give GYRE_SECRET_KEYS the key they were encrypted "
            "with, or upload the kubeconfig again"
        )


@dataclass(frozen=True, slots=True)
class _Running:
    known: Registered
    revision: int


class Registry:
    """All clusters of this Gyre; made by `open_registry`."""

    def __init__(
        self,
        fleet: Fleet,
        operators: Mapping[ClusterName, Access],
        *,
        settings: Settings,
        vault: Vault,
        version: PeopleVersion,
        clock: Clock,
    ) -> None:
        self._fleet = fleet
        self._operators = operators
        self._vault = vault
        self._version = version
        self._clock = clock
        self._local = settings.allow_local_clusters
        self._prefix = settings.impersonate_prefix
        self._own = {
            name: Registered(id=name, name=name, source=Source.OPERATOR, impersonate=settings.impersonate)
            for name in operators
        }
        self._added: dict[str, _Running] = {}
        self._catching_up = asyncio.Lock()
        self._trying = 0

    @property
    def all(self) -> tuple[Registered, ...]:
        """Every cluster, the operator's first."""
        operators = (replace(one, server=self._fleet.server(one.name)) for one in self._own.values())
        return (*operators, *(running.known for running in self._added.values()))

    def find(self, name_or_id: str) -> Registered:
        """The cluster of this name or id, or NoSuchCluster."""
        for one in self.all:
            if name_or_id in (one.id, one.name):
                return one
        raise no_such(name_or_id)

    @property
    def operators(self) -> tuple[ClusterName, ...]:
        """The names of the clusters that the operator gives."""
        return tuple(self._operators)

    async def add(self, name: str, draft: ClusterDraft, *, by: str) -> Registered:
        """Watch one more cluster, once it was tried. Invalid, AlreadyExists, or what `test` raises."""
        new = name_of_cluster(name)
        access = self._accepted(draft)
        await self._require_free(new)
        outcome = await self.tried(access, new)
        now = self._clock.now()
        row = StoredCluster(id=uuid4(), name=new, revision=1, added_by=storable(by, 64), added_at=now, changed_at=now)
        row.impersonate = bool(draft.impersonate)
        self._fill(row, access, outcome)
        async with self._version.changing() as transaction:
            if await StoredCluster.filter(name__iexact=new).using_db(transaction).exists():
                raise _taken(new)
            if await StoredCluster.all().using_db(transaction).count() >= MOST_CLUSTERS:
                raise Conflict(f"There are {MOST_CLUSTERS} added clusters, which is the most.")
            await row.save(using_db=transaction, force_create=True)
        await self.catch_up()
        return _registered(row)

    async def update(self, known: Registered, draft: ClusterDraft) -> Registered:
        """Reach a cluster in another way, once that was tried: everything there is read anew."""
        self._require_added(known)
        if draft.kubeconfig is None and draft.impersonate is None:
            raise Invalid("Say what is to be changed: kubeconfig (and context), or impersonate.")
        if draft.kubeconfig is None and draft.context is not None:
            raise Invalid(
                "Only one context of a kubeconfig is kept: send the kubeconfig with its new context.",
                details={"path": ["context"]},
            )
        access = None if draft.kubeconfig is None else self._accepted(draft)
        outcome = None if access is None else await self.tried(access, known.name)
        async with self._version.changing() as transaction:
            row = await StoredCluster.filter(id=known.id).using_db(transaction).first()
            if row is None:
                raise no_such(known.name)
            if draft.impersonate is not None:
                row.impersonate = draft.impersonate
            if access is not None and outcome is not None:
                self._fill(row, access, outcome)
            row.revision += 1
            row.changed_at = self._clock.now()
            await row.save(using_db=transaction)
        await self.catch_up()
        return _registered(row)

    async def remove(self, known: Registered) -> None:
        """Watch a cluster no more; what was given there ends with it."""
        self._require_added(known)
        async with self._version.changing() as transaction:
            if not await StoredCluster.filter(id=known.id).using_db(transaction).delete():
                raise no_such(known.name)
            await Binding.filter(cluster=known.id).using_db(transaction).delete()
        await self.catch_up()

    async def test(self, known: Registered) -> Outcome:
        """Try a cluster as it is registered, and remember what came of it."""
        access = self._operators.get(known.name) if known.source is Source.OPERATOR else await self._kept(known)
        if access is None:
            raise no_such(known.name)
        outcome = await self.outcome_of(access, known.name)
        if known.source is Source.OPERATOR:
            self._own[known.name] = replace(self._own[known.name], test=outcome)
            self._fleet.stirred(known.name)
            return outcome
        async with self._version.changing() as transaction:
            rows = StoredCluster.filter(id=known.id).using_db(transaction)
            await rows.update(tested_at=outcome.at, tested_code=outcome.code, tested_message=outcome.message)
        await self.catch_up()
        return outcome

    async def test_upload(self, draft: ClusterDraft) -> Outcome:
        """Try a kubeconfig that is not kept; Invalid for one that is refused."""
        return await self.outcome_of(self._accepted(draft), ClusterName("cluster"))

    async def outcome_of(self, access: Access, name: ClusterName) -> Outcome:
        """What comes of trying, whatever it is."""
        try:
            return await self.tried(access, name)
        except TooOften:
            raise
        except GyreError as refusal:
            message = storable(refusal.message, LONGEST_OUTCOME)
            return Outcome(at=self._clock.now(), code=refusal.code, message=message)

    async def tried(self, access: Access, name: ClusterName) -> Outcome:
        """The outcome of a test that worked; else what was in the way is raised. TooOften when many are under way."""
        if self._trying >= MOST_TRIED_AT_ONCE:
            message = f"{MOST_TRIED_AT_ONCE} clusters are being tried at this moment, which is the most"
            raise TooOften(message, details={"retryAfterSeconds": int(CHECK_SECONDS)})
        self._trying += 1
        try:
            async with open_client(access, cluster=name, clock=self._clock) as client:
                found = await check(client, GROUPS, because="a cluster is tried before it is kept, and when asked")
        finally:
            self._trying -= 1
        message = f"Kubernetes {found.kubernetes_version}, {found.kinds} kinds of Flux"
        return Outcome(at=self._clock.now(), code=WORKED, message=message)

    async def catch_up(self) -> None:
        """Watch what the database names, and nothing else."""
        async with self._catching_up:
            with asking_the_database():
                rows = {str(row.id): row for row in await StoredCluster.all().order_by("name")}
            for cluster_id, running in tuple(self._added.items()):
                if cluster_id not in rows or rows[cluster_id].revision != running.revision:
                    await self._fleet.remove(running.known.name)
                    del self._added[cluster_id]
            for cluster_id, row in rows.items():
                await self._run(cluster_id, row)

    async def follow(self) -> None:
        """Catch up with what other processes change, for ever."""
        while True:
            generation = self._version.generation
            try:
                await self.catch_up()
            except Unavailable as away:
                log.warning("the clusters cannot be compared with the database: %s", away.__cause__)
                await self._clock.sleep(AGAIN_SECONDS)
                continue
            except Exception:  # a mistake of ours here must not end the process
                log.exception("the clusters cannot be compared with the database")
                await self._clock.sleep(AGAIN_SECONDS)
                continue
            await self._version.changed_since(generation)

    async def _run(self, cluster_id: str, row: StoredCluster) -> None:
        known = _registered(row)
        if known.name in self._operators:
            log.warning("the added cluster %s is not watched: the operator gives one of this name", known.name)
            return
        if cluster_id not in self._added:
            prefix = self._prefix if known.impersonate else None
            await self._fleet.add(known.name, self._way_to(row), in_their_names=prefix)
        running = _Running(known, row.revision)
        if self._added.get(cluster_id) != running:
            self._added[cluster_id] = running
            self._fleet.stirred(known.name)

    def _way_to(self, row: StoredCluster) -> Access:
        try:
            upload = load(self._vault.decrypt(bytes(row.sealed), bound_to=bound_to(row.id)))
        except Undecipherable as lost:
            log.warning("%s: its credentials can't be opened: %s", row.name, lost)
            return _Lost(str(lost))
        except msgspec.MsgspecError:
            log.warning("%s: its credentials are of a form that this Gyre does not know", row.name)
            return _Lost("they are of a form that this version of Gyre does not know")
        return FromUpload(upload, local=self._local)

    async def _kept(self, known: Registered) -> Access | None:
        with asking_the_database():
            row = await StoredCluster.get_or_none(id=known.id)
        return self._way_to(row) if row else None

    def _accepted(self, draft: ClusterDraft) -> FromUpload:
        return read_kubeconfig(draft.kubeconfig or "", draft.context or None, local=self._local)

    def _fill(self, row: StoredCluster, access: FromUpload, outcome: Outcome) -> None:
        upload = access.upload
        row.sealed = self._vault.encrypt(upload.dump(), bound_to=bound_to(row.id))
        row.server, row.context = upload.host, upload.context
        row.tested_at, row.tested_code, row.tested_message = outcome.at, outcome.code, outcome.message

    async def _require_free(self, name: ClusterName) -> None:
        if name.casefold() in {one.casefold() for one in self._operators}:
            raise _taken(name)
        with asking_the_database():
            if await StoredCluster.filter(name__iexact=name).exists():
                raise _taken(name)

    @staticmethod
    def _require_added(known: Registered) -> None:
        if known.source is Source.OPERATOR:
            raise Conflict(
                f"{known.name} comes from the operator's own environment: it can't be changed or removed here.",
                details={"cluster": known.name},
            )


@asynccontextmanager
async def open_registry(
    fleet: Fleet,
    operators: Mapping[ClusterName, Access],
    *,
    settings: Settings,
    vault: Vault,
    version: PeopleVersion,
    clock: Clock,
) -> AsyncIterator[Registry]:
    """The registry, which follows the database while open. The operator's clusters are in the fleet already."""
    registry = Registry(fleet, operators, settings=settings, vault=vault, version=version, clock=clock)
    await registry.catch_up()
    async with owned_tasks() as tasks:
        tasks.start(registry.follow(), name="follow the clusters")
        yield registry


def bound_to(cluster_id: UUID) -> str:
    """Where sealed credentials belong: in another row they do not open."""
    return f"clusters.sealed:{cluster_id}"


def no_such(name: str) -> NoSuchCluster:
    """What is said of a cluster that is not there, and of one that may not be seen."""
    shown = name[:253]
    return NoSuchCluster(f"There is no cluster {shown!r} here.", details={"cluster": shown})


def _taken(name: ClusterName) -> AlreadyExists:
    return AlreadyExists(f"There is a cluster {name} already.", details={"field": "name", "path": ["name"]})


def _registered(row: StoredCluster) -> Registered:
    tested = row.tested_at
    return Registered(
        id=str(row.id),
        name=ClusterName(row.name),
        source=Source.ADDED,
        server=row.server,
        context=row.context,
        impersonate=row.impersonate,
        added_by=row.added_by,
        added_at=row.added_at,
        changed_at=row.changed_at,
        test=Outcome(at=tested, code=row.tested_code, message=row.tested_message) if tested else None,
    )

"""Deeds for tests of the chain, and hands that reach into the database past Gyre."""

from collections.abc import Iterable
from typing import Any

from tortoise import Tortoise

from gyre.audit import Deed, recorded
from gyre.audit.ledger import Ledger, ledger
from gyre.terms.naming import ClusterName, Kind, Ref
from models.auditing import AuditEntry
from tests.support.clocks import HandClock
from tests.support.people import HERE

APPS = Ref(
    cluster=ClusterName("default"),
    kind=Kind("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations"),
    namespace="flux-system",
    name="apps",
)
ENTRIES = ("audit_entries_are_not_changed", "audit_entries_are_kept", "audit_entries_are_not_emptied")
CHECKPOINTS = ("audit_checkpoints_are_not_changed", "audit_checkpoints_are_kept", "audit_checkpoints_are_not_emptied")


def deed(action: str = "suspend", **details: object) -> Deed:
    return Deed(action=action, who=None, claimed="eve", facts=HERE, on=APPS, details=details)


async def some_deeds(clock: HandClock, actions: Iterable[str]) -> None:
    """Each an intent and an outcome."""
    for action in actions:
        async with recorded(deed(action), clock=clock):
            pass


def here() -> Ledger:
    kept = ledger()
    assert kept is not None
    return kept


async def run(sql: str) -> list[dict[str, Any]]:
    """As whoever holds the database's password may."""
    connection = Tortoise.get_connection(AuditEntry._meta.default_connection or "")
    return [dict(row) for row in await connection.execute_query_dict(sql)]


async def on_postgres() -> bool:
    return Tortoise.get_connection(AuditEntry._meta.default_connection or "").capabilities.dialect == "postgres"


async def force(sql: str) -> None:
    """As whoever owns the tables may, who can drop what guards them."""
    postgres = await on_postgres()
    for name in (*ENTRIES, *CHECKPOINTS):
        table = "audit_entries" if name in ENTRIES else "audit_checkpoints"
        await run(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if postgres else ""))
    await run(sql)

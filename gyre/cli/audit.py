"""`gyre audit`: checks that nothing of the audit was changed or cut off, and exports it.

How it hangs together is gyre.audit's.
"""

import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import click
import orjson

from gyre.audit.asking import AuditFilter
from gyre.audit.reading import everything
from gyre.audit.telling import told
from gyre.audit.verifying import Verified
from gyre.audit.verifying import verify as check
from gyre.cli.offline import settings_now, with_database
from gyre.vault import Vault, open_vault

T = TypeVar("T")

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"])


@click.group(name="audit")
def command() -> None:
    """Check that the audit is whole, export it."""


@command.command()
@click.option("--expect", multiple=True, metavar="CHAIN:NUMBER:HASH", help="A head printed earlier, kept elsewhere.")
@click.option("--heads", is_flag=True, help="Print how far each chain is, to be kept elsewhere.")
def verify(expect: tuple[str, ...], *, heads: bool) -> None:
    """Check every entry of every chain. Ends with 1 and names the first broken entry of each when one is broken."""
    expected = dict(_expected(each) for each in expect)
    found = _with_vault(lambda vault: check(vault, expected))
    for broken in found.broken:
        click.echo(f"broken: {broken}", err=True)
    if heads:
        for head in found.heads:
            click.echo(f"{head.chain}:{head.n}:{head.hash}")
    click.echo(_sum(found), err=heads)
    if found.broken:
        raise SystemExit(1)


@command.command()
@click.option("--since", type=MOMENT, help="Begun at this moment (UTC) or later.")
@click.option("--until", type=MOMENT, help="Begun before this moment (UTC).")
def export(since: datetime | None, until: datetime | None) -> None:
    """Print every deed as a line of JSON, the oldest first."""
    asked = AuditFilter(since=_utc(since), until=_utc(until))

    async def printed(_: Vault) -> None:
        out = sys.stdout.buffer
        async for record in everything(asked):
            out.write(orjson.dumps(told(record), option=orjson.OPT_APPEND_NEWLINE))
        out.flush()

    _with_vault(printed)


def _with_vault(do: Callable[[Vault], Awaitable[T]]) -> T:
    settings = settings_now()

    async def opened() -> T:
        return await do(open_vault(settings))

    return with_database(settings, opened, only_reads=True)


def _sum(found: Verified) -> str:
    chains = len(found.heads) + len({each.chain for each in found.broken})
    older = f", {found.unchained} from before there were chains" if found.unchained else ""
    verdict = f"{len(found.broken)} broken" if found.broken else "nothing was changed"
    return f"{found.entries} entries in {chains} chains{older}: {verdict}"


def _expected(text: str) -> tuple[str, tuple[int, str]]:
    parts = text.split(":")
    if len(parts) != 3 or not parts[1].isdecimal():  # noqa: PLR2004 # the three of CHAIN:NUMBER:HASH
        raise click.BadParameter(f"{text!r} is not CHAIN:NUMBER:HASH, as `gyre audit verify --heads` prints them")
    return parts[0], (int(parts[1]), parts[2])


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None

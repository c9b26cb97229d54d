"""`gyre token`: the operator's way to API tokens, for machines that have no browser to make one in.

What a token may do is decided as ever: its scope, of what its user may do at each moment.
"""

import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from gyre.audit import Difference, differences
from gyre.auth import Passwords, PeopleVersion
from gyre.cli.offline import audited, settings_now, with_database
from gyre.clock import SystemClock, rfc3339
from gyre.people import Directory, directory
from gyre.people.tokens import EVERYWHERE, USUAL_DAYS, NamedToken, NewToken, ScopeDraft, TokenDraft
from resolvers.states import of_token

T = TypeVar("T")

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(name="token")
def command() -> None:
    """Make, list and revoke API tokens."""


@command.command()
@click.argument("username")
@click.option("--name", required=True, help="What to call it.")
@click.option("--days", type=int, default=USUAL_DAYS, show_default=True, help="After how many days it ends.")
@click.option("--action", "actions", multiple=True, help="Narrow it to this action; again for more.")
@click.option("--resource", "resources", multiple=True, help="Narrow it to this plural, as kustomizations.")
@click.option("--namespace", "namespaces", multiple=True, help="Narrow it to this namespace or pattern.")
@click.option("--cluster", "clusters", multiple=True, help="Narrow it to this cluster.")
@AS_JSON
def create(username: str, name: str, days: int, *, as_json: bool, **narrowed: tuple[str, ...]) -> None:
    """Make a token for a user, and print its text, this once.

    Each way of narrowing that is left out takes nothing away.
    """
    scope = None
    if any(narrowed.values()):
        scope = (ScopeDraft(**{field: names or (EVERYWHERE,) for field, names in narrowed.items()}),)

    async def made(people: Directory) -> NewToken:
        owner = await people.users.called(username)
        new = await people.tokens.create(owner.id, TokenDraft(name=name, days=days, scope=scope), clusters=None)
        await _audit("token-create", new.token, differences(None, of_token(new.token)))
        return new

    new = _with_people(made)
    if as_json:
        click.echo(json.dumps({**_told(new.token), "secret": new.secret}, indent=2))
        return
    click.echo(f"made {new.token.name} for {new.token.username}, until {rfc3339(new.token.expires_at)}:", err=True)
    click.echo(new.secret)


@command.command(name="list")
@click.argument("username", required=False)
@AS_JSON
def those_there_are(username: str | None, *, as_json: bool) -> None:
    """List the tokens of a user, or of everyone."""

    async def listed(people: Directory) -> list[NamedToken]:
        owners = [await people.users.called(username)] if username else await people.users.all()
        return [token for owner in owners for token in await people.tokens.of(owner.id)]

    found = _with_people(listed)
    if as_json:
        click.echo(json.dumps([_told(token) for token in found], indent=2))
        return
    for token in found:
        used = f"last used {rfc3339(token.used_at)} from {token.used_from}" if token.used_at else "never used"
        ends = "expired" if token.expired else f"until {rfc3339(token.expires_at)}"
        narrowed = "" if token.scope is None else "  narrowed"
        click.echo(f"{token.id}  {token.username}  {token.name}  {token.hint}…  {ends}  {used}{narrowed}")
    if not found:
        click.echo("there are no API tokens", err=True)


@command.command()
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """Revoke the token of this id, as `list` shows it; a running server follows within seconds."""

    async def revoked(people: Directory) -> NamedToken:
        token = await people.tokens.revoke(token_id, "on the command line")
        await _audit("token-revoke", token, differences(of_token(token), None))
        return token

    token = _with_people(revoked)
    click.echo(f"revoked {token.name} of {token.username}")


def _with_people(do: Callable[[Directory], Awaitable[T]]) -> T:
    clock = SystemClock()
    people = directory(passwords=Passwords(), version=PeopleVersion(clock), clock=clock)
    return with_database(settings_now(), lambda: do(people))


async def _audit(action: str, token: NamedToken, changes: list[Difference]) -> None:
    details = {"tokenId": token.id, "name": token.name, "username": token.username, "scope": _scope(token)}
    await audited(action, details, changes)


def _told(token: NamedToken) -> dict[str, object]:
    return {
        "id": token.id,
        "username": token.username,
        "name": token.name,
        "hint": token.hint,
        "scope": _scope(token),
        "createdAt": rfc3339(token.created_at),
        "expiresAt": rfc3339(token.expires_at),
        "expired": token.expired,
        "usedAt": rfc3339(token.used_at) if token.used_at else None,
        "usedFrom": token.used_from,
    }


def _scope(token: NamedToken) -> list[dict[str, list[str]]] | None:
    if token.scope is None:
        return None
    return [
        {
            "clusters": list(rule.clusters),
            "resources": list(rule.resources),
            "namespaces": list(rule.namespaces),
            "actions": list(rule.actions),
        }
        for rule in token.scope
    ]

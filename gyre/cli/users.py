"""`gyre user`: the operator's way to people, also when nobody can sign in any more.

Passwords come from a prompt, standard input or a variable, never from the command line, which others can read.
"""

import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from gyre.audit import differences
from gyre.auth import Passwords, PeopleVersion
from gyre.auth.passwords import LONGEST_PASSWORD
from gyre.cli.offline import audited, settings_now, with_database
from gyre.clock import SystemClock, rfc3339
from gyre.people import Person, Users
from gyre.terms.people import Role
from resolvers.states import of_user

T = TypeVar("T")

FROM_INPUT = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
MUST_CHANGE = click.option("--must-change", is_flag=True, help="Have them change it before anything else.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(name="user")
def command() -> None:
    """Add and list users, set a password."""


@command.command(name="list")
@AS_JSON
def everyone(*, as_json: bool) -> None:
    """List the users."""
    people = _with_users(lambda users: users.all())
    if as_json:
        click.echo(json.dumps([_told(person) for person in people], indent=2))
        return
    width = max([len(person.username) for person in people], default=0)
    for person in people:
        seen = f"last signed in {rfc3339(person.signed_in_at)}" if person.signed_in_at else "never signed in"
        state = "" if person.active else "  disabled"
        click.echo(f"{person.username:<{width}}  {person.role.value:<6}  {seen}{state}")
    if not people:
        click.echo("there are no users yet; the first start makes `admin`", err=True)


@command.command()
@click.argument("username")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="viewer", show_default=True)
@FROM_INPUT
@MUST_CHANGE
@AS_JSON
def add(username: str, role: str, *, password_stdin: bool, must_change: bool, as_json: bool) -> None:
    """Add a user, whose password is asked for, or taken from GYRE_USER_PASSWORD."""
    password = _password(from_input=password_stdin)

    async def added(users: Users) -> Person:
        person = await users.add(username, password, role=Role(role), must_change_password=must_change)
        await audited("user-add", {"username": person.username}, differences(None, of_user(person)))
        return person

    _tell(_with_users(added), "added", as_json=as_json)


@command.command()
@click.argument("username")
@FROM_INPUT
@MUST_CHANGE
@AS_JSON
def passwd(username: str, *, password_stdin: bool, must_change: bool, as_json: bool) -> None:
    """Set a user's password and end their sessions."""
    password = _password(from_input=password_stdin)

    async def changed(users: Users) -> Person:
        person = await users.set_password(username, password, must_change_password=must_change)
        await audited("user-set-password", {"username": person.username})
        return person

    _tell(_with_users(changed), "changed the password of", as_json=as_json)


def _with_users(do: Callable[[Users], Awaitable[T]]) -> T:
    clock = SystemClock()
    users = Users(passwords=Passwords(), version=PeopleVersion(clock), clock=clock)
    return with_database(settings_now(), lambda: do(users))


def _password(*, from_input: bool) -> str:
    if from_input:
        return sys.stdin.readline(LONGEST_PASSWORD + 2).rstrip("\r\n")
    given = os.environ.get("GYRE_USER_PASSWORD")
    if given:
        return given
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for the password: use --password-stdin")
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return asked


def _tell(person: Person, what: str, *, as_json: bool) -> None:
    click.echo(json.dumps(_told(person), indent=2) if as_json else f"{what} {person.username} ({person.role.value})")


def _told(person: Person) -> dict[str, object]:
    return {
        "id": person.id,
        "username": person.username,
        "role": person.role.value,
        "active": person.active,
        "mustChangePassword": person.must_change_password,
        "createdAt": rfc3339(person.created_at),
        "signedInAt": rfc3339(person.signed_in_at) if person.signed_in_at else None,
    }

"""Everything an administrator handles, made once for a process.

Who may handle it is asked by resolvers.
"""

from dataclasses import dataclass

from gyre.auth.passwords import Passwords
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.people.bindings import Bindings
from gyre.people.groups import Groups
from gyre.people.identities import Identities
from gyre.people.invites import Invites
from gyre.people.policies import Policies
from gyre.people.profiles import Profiles
from gyre.people.tokens import Tokens
from gyre.people.users import Users


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Users and groups, what they are given, and their API tokens."""

    users: Users
    groups: Groups
    policies: Policies
    bindings: Bindings
    tokens: Tokens
    identities: Identities
    invites: Invites
    profiles: Profiles


def directory(*, passwords: Passwords, version: PeopleVersion, clock: Clock) -> Directory:
    """The directory of the open database."""
    users = Users(passwords=passwords, version=version, clock=clock)
    return Directory(
        users=users,
        groups=Groups(version=version, clock=clock),
        policies=Policies(version=version, clock=clock),
        bindings=Bindings(version=version, clock=clock),
        tokens=Tokens(version=version, clock=clock),
        identities=Identities(users, version=version, clock=clock),
        invites=Invites(users, passwords=passwords, version=version, clock=clock),
        profiles=Profiles(clock),
    )

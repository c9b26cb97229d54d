"""People and what they may, as the audit tells them before and after a change: nothing of it is secret.

What differs is found by gyre.audit.differences.
"""

from typing import cast

import msgspec

from gyre.clock import rfc3339
from gyre.people.bindings import NamedBinding
from gyre.people.groups import NamedGroup
from gyre.people.identities import Linked
from gyre.people.policies import NamedPolicy
from gyre.people.profiles import Preferences, Profile
from gyre.people.tokens import NamedToken
from gyre.people.users import Person

State = dict[str, object]


def of_user(person: Person) -> State:
    """A user; that the password is another one is told in the details."""
    return {
        "username": person.username,
        "role": person.role.value,
        "active": person.active,
        "mustChangePassword": person.must_change_password,
    }


def of_group(group: NamedGroup) -> State:
    """A group with its members."""
    return {"name": group.name, "description": group.description, "members": [each.username for each in group.members]}


def of_policy(policy: NamedPolicy) -> State:
    """A policy with its rules."""
    rules = [
        {"resources": list(rule.resources), "namespaces": list(rule.namespaces), "actions": list(rule.actions)}
        for rule in policy.rules
    ]
    return {"name": policy.name, "description": policy.description, "rules": rules}


def of_binding(binding: NamedBinding) -> State:
    """Who has which policy, and where."""
    whose = {"user": binding.username, "group": binding.group}
    return {"policy": binding.policy, **{word: name for word, name in whose.items() if name}, "on": binding.cluster}


def of_token(token: NamedToken) -> State:
    """An API token by its name and hint, and what it can do."""
    scope = None if token.scope is None else msgspec.to_builtins(token.scope)
    told = {"name": token.name, "hint": token.hint, "owner": token.username, "expiresAt": rfc3339(token.expires_at)}
    return {**told, "scope": scope}


def of_identity(linked: Linked) -> State:
    """Who a user is to a provider."""
    return {"username": linked.username, "issuer": linked.issuer, "subject": linked.subject}


def of_profile(profile: Profile) -> State:
    """What somebody wrote of themselves."""
    return {"displayName": profile.display_name, "email": profile.email}


def of_preferences(preferences: Preferences) -> State:
    """How somebody likes Gyre to look."""
    return cast("State", msgspec.to_builtins(preferences))

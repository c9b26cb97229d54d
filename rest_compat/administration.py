"""Users, policies and bindings over HTTP, and oneself.

Who may is decided in resolvers.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gyre.clock import rfc3339
from gyre.people.bindings import BindingDraft, NamedBinding
from gyre.people.paging import LARGEST_PART, Part, Wanted
from gyre.people.policies import NamedPolicy, PolicyDraft, RuleDraft
from gyre.people.users import Person, UserChange
from gyre.terms.people import Role
from resolvers import administration, people
from rest_compat import payloads
from rest_compat.reading import body, context_of, number, text

DEFAULT_LIMIT = 20
MOST_PAGE = 1_000
"""Pages of 20 are then 20,000 entries: no list here is longer."""


class NewUser(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a new user."""

    username: str
    password: str
    role: Role = Role.VIEWER
    must_change_password: bool = False


class ChangedUser(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a change of a user; what is left out stays."""

    role: Role | None = None
    active: bool | None = None
    password: str | None = None
    must_change_password: bool | None = None


class RuleBody(msgspec.Struct, frozen=True):
    """A rule in a body."""

    resources: tuple[str, ...]
    namespaces: tuple[str, ...]
    actions: tuple[str, ...]


class NewPolicy(msgspec.Struct, frozen=True):
    """The body of a new policy."""

    name: str
    rules: tuple[RuleBody, ...]
    description: str = ""


class ChangedPolicy(msgspec.Struct, frozen=True):
    """The body of a change of a policy; what is left out stays."""

    name: str | None = None
    rules: tuple[RuleBody, ...] | None = None
    description: str | None = None


class NewBinding(msgspec.Struct, frozen=True, rename="camel"):
    """The body that gives a policy to a user, or to a group."""

    policy_id: str
    user_id: str | None = None
    group_id: str | None = None
    cluster: str = "default"


class Passwords(msgspec.Struct, frozen=True):
    """The body of a change of one's own password."""

    old: str
    new: str


async def list_users(request: Request) -> Response:
    """Everyone, or a page."""
    context = await context_of(request)
    context.signed_in()
    wanted, more = _wanted(request)
    found = await administration.users(context, wanted)
    return _listed("users", [user(each) for each in found.items], found, more)


async def create_user(request: Request) -> Response:
    """A new user."""
    context = await context_of(request)
    context.signed_in()
    new = await body(request, NewUser)
    made = await administration.create_user(
        context, new.username, new.password, role=new.role, must_change_password=new.must_change_password
    )
    return payloads.answer({"user": user(made)}, status=201)


async def update_user(request: Request) -> Response:
    """Another role or password, disabled or let in again."""
    context = await context_of(request)
    context.signed_in()
    new = await body(request, ChangedUser)
    change = UserChange(
        role=new.role, active=new.active, password=new.password, must_change_password=new.must_change_password
    )
    changed = await administration.change_user(context, request.path_params["user_id"], change)
    return payloads.answer({"user": user(changed)})


async def delete_user(request: Request) -> Response:
    """A user less."""
    await administration.delete_user(await context_of(request), request.path_params["user_id"])
    return payloads.answer({"success": True})


async def list_policies(request: Request) -> Response:
    """All policies, or a page."""
    context = await context_of(request)
    context.signed_in()
    wanted, more = _wanted(request)
    found = await administration.policies(context, wanted)
    return _listed("policies", [policy(each) for each in found.items], found, more)


async def create_policy(request: Request) -> Response:
    """A new policy."""
    context = await context_of(request)
    context.signed_in()
    new = await body(request, NewPolicy)
    draft = PolicyDraft(name=new.name, description=new.description, rules=_drafts(new.rules))
    return payloads.answer({"policy": policy(await administration.create_policy(context, draft))}, status=201)


async def get_policy(request: Request) -> Response:
    """One policy."""
    found = await administration.policy(await context_of(request), request.path_params["policy_id"])
    return payloads.answer({"policy": policy(found)})


async def update_policy(request: Request) -> Response:
    """Other rules, another name or description."""
    context = await context_of(request)
    context.signed_in()
    new = await body(request, ChangedPolicy)
    rules = None if new.rules is None else _drafts(new.rules)
    draft = PolicyDraft(name=new.name, description=new.description, rules=rules)
    changed = await administration.update_policy(context, request.path_params["policy_id"], draft)
    return payloads.answer({"policy": policy(changed)})


async def delete_policy(request: Request) -> Response:
    """A policy less; with `?bindings=true` those who have it lose it, else that is a conflict."""
    context = await context_of(request)
    context.signed_in()
    even_if_bound = text(request, "bindings") == "true"
    await administration.delete_policy(context, request.path_params["policy_id"], even_if_bound=even_if_bound)
    return payloads.answer({"success": True})


async def list_bindings(request: Request) -> Response:
    """All bindings, or a page, or those of one user, group or policy."""
    context = await context_of(request)
    context.signed_in()
    wanted, more = _wanted(request)
    found = await administration.bindings(
        context,
        wanted,
        policy_id=text(request, "policyId"),
        user_id=text(request, "userId"),
        group_id=text(request, "groupId"),
    )
    return _listed("bindings", [binding(each) for each in found.items], found, more)


async def create_binding(request: Request) -> Response:
    """A policy given."""
    context = await context_of(request)
    context.signed_in()
    new = await body(request, NewBinding)
    draft = BindingDraft(policy_id=new.policy_id, user_id=new.user_id, group_id=new.group_id, cluster=new.cluster)
    return payloads.answer({"binding": binding(await administration.create_binding(context, draft))}, status=201)


async def delete_binding(request: Request) -> Response:
    """A policy taken away."""
    await administration.delete_binding(await context_of(request), request.path_params["binding_id"])
    return payloads.answer({"success": True})


async def me(request: Request) -> Response:
    """Oneself; also for who must change their password first."""
    caller = (await context_of(request)).caller()
    shown = {
        "id": caller.user_id,
        "username": caller.username,
        "role": caller.role.value,
        "groups": list(caller.groups),
        "mustChangePassword": caller.must_change_password,
    }
    return payloads.answer({"user": shown})


async def change_password(request: Request) -> Response:
    """Another password for oneself."""
    context = await context_of(request)
    context.caller()
    given = await body(request, Passwords)
    await people.change_password(context, given.old, given.new)
    return payloads.answer({"success": True})


def user(person: Person) -> dict[str, object]:
    """A user as lists and answers show one."""
    return {
        "id": person.id,
        "username": person.username,
        "role": person.role.value,
        "groups": list(person.groups),
        "active": person.active,
        "mustChangePassword": person.must_change_password,
        "createdAt": rfc3339(person.created_at),
        "signedInAt": rfc3339(person.signed_in_at) if person.signed_in_at else None,
    }


def policy(found: NamedPolicy) -> dict[str, object]:
    """A policy, its rules as they are written."""
    rules = [
        {"resources": list(rule.resources), "namespaces": list(rule.namespaces), "actions": list(rule.actions)}
        for rule in found.rules
    ]
    return {
        "id": found.id,
        "name": found.name,
        "description": found.description,
        "rules": rules,
        "createdAt": rfc3339(found.created_at),
        "changedAt": rfc3339(found.changed_at),
    }


def binding(found: NamedBinding) -> dict[str, object]:
    """A binding, with the names of what it binds."""
    return {
        "id": found.id,
        "policyId": found.policy_id,
        "policy": found.policy,
        "userId": found.user_id,
        "username": found.username,
        "groupId": found.group_id,
        "group": found.group,
        "cluster": found.cluster,
        "createdAt": rfc3339(found.created_at),
    }


def _wanted(request: Request) -> tuple[Wanted, dict[str, int] | None]:
    """What is asked for, and the page when it is one."""
    limit = number(request, "limit", least=1, most=500)
    page = number(request, "page", least=1, most=MOST_PAGE)
    words = text(request, "q") or ""
    if limit is None and page is None:
        return Wanted(text=words, first=LARGEST_PART), None
    size, place = limit or DEFAULT_LIMIT, page or 1
    return Wanted(text=words, first=size, offset=(place - 1) * size), {"page": place, "limit": size}


def _listed(name: str, shown: Sequence[dict[str, object]], found: Part[Any], page: dict[str, int] | None) -> Response:
    answer: dict[str, object] = {name: shown, "total": found.total}
    if page is not None:
        pages = -(-found.total // page["limit"])
        answer["pagination"] = {**page, "total": found.total, "totalPages": pages}
    return payloads.answer(answer)


def _drafts(rules: Sequence[RuleBody]) -> tuple[RuleDraft, ...]:
    return tuple(
        RuleDraft(resources=rule.resources, namespaces=rule.namespaces, actions=rule.actions) for rule in rules
    )


ROUTES = (
    Route("/api/auth/password", change_password, methods=["POST"]),
    Route("/api/me", me, methods=["GET"]),
    Route("/api/users", list_users, methods=["GET"]),
    Route("/api/users", create_user, methods=["POST"]),
    Route("/api/users/{user_id}", update_user, methods=["PUT"]),
    Route("/api/users/{user_id}", delete_user, methods=["DELETE"]),
    Route("/api/rbac/policies", list_policies, methods=["GET"]),
    Route("/api/rbac/policies", create_policy, methods=["POST"]),
    Route("/api/rbac/policies/{policy_id}", get_policy, methods=["GET"]),
    Route("/api/rbac/policies/{policy_id}", update_policy, methods=["PUT"]),
    Route("/api/rbac/policies/{policy_id}", delete_policy, methods=["DELETE"]),
    Route("/api/rbac/bindings", list_bindings, methods=["GET"]),
    Route("/api/rbac/bindings", create_binding, methods=["POST"]),
    Route("/api/rbac/bindings/{binding_id}", delete_binding, methods=["DELETE"]),
)

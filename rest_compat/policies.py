"""Policies over HTTP, and to whom they are given; for administrators.

Who may is decided in resolvers.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gyre.access.rules import NAMES_IN_A_RULE
from gyre.clock import rfc3339
from gyre.errors import (
    AlreadyExists,
    Conflict,
    NoSuchBinding,
    NoSuchCluster,
    NoSuchGroup,
    NoSuchPolicy,
    NoSuchUser,
    NotAllowed,
)
from gyre.people.bindings import BindingDraft, NamedBinding
from gyre.people.policies import MOST_RULES, NamedPolicy, PolicyDraft, RuleDraft
from gyre.people.words import LONGEST_DESCRIPTION
from resolvers import administration
from rest_compat import payloads
from rest_compat.contract import Answer, Body, Operation
from rest_compat.paging import Listed, PageQuery
from rest_compat.reading import body, context_of, query
from rest_compat.shapes import Asked, Done, Id, Shape, Timestamp

TAG = "Policies and bindings"
FEW = {"minItems": 1, "maxItems": NAMES_IN_A_RULE}

Resources = Annotated[
    tuple[str, ...],
    Meta(description="Plurals of kinds, or `*`.", extra_json_schema=FEW, examples=[["kustomizations", "helmreleases"]]),
]
Namespaces = Annotated[
    tuple[str, ...],
    Meta(description="Names, globs, or `*`.", extra_json_schema=FEW, examples=[["default", "team-*"]]),
]
Actions = Annotated[
    tuple[str, ...],
    Meta(
        description="view, create, edit, delete, reconcile, suspend, logs, restart, or `*`. Any implies view; edit "
        "implies create, reconcile and suspend.",
        extra_json_schema=FEW,
        examples=[["view", "edit"]],
    ),
]
PolicyName = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": 64}, examples=["developer-policy"])]
Description = Annotated[str, Meta(extra_json_schema={"maxLength": LONGEST_DESCRIPTION}, examples=["For developers."])]
OnCluster = Annotated[str, Meta(description="The name of a cluster, or `*` for all.", examples=["default"])]


class RuleBody(Asked, frozen=True):
    """What a policy allows: these actions on these kinds in these namespaces."""

    resources: Resources
    namespaces: Namespaces
    actions: Actions


Rules = Annotated[tuple[RuleBody, ...], Meta(extra_json_schema={"minItems": 1, "maxItems": MOST_RULES})]


class NewPolicy(Asked, frozen=True):
    """The body of a new policy."""

    name: PolicyName
    rules: Rules
    description: Description = ""


class ChangedPolicy(Asked, frozen=True):
    """The body of a change of a policy; what is left out stays."""

    name: PolicyName | None = None
    rules: Rules | None = None
    description: Description | None = None


class NewBinding(Asked, frozen=True):
    """The body that gives a policy to a user, or to a group."""

    policy_id: Id
    user_id: Id | None = None
    group_id: Id | None = None
    cluster: OnCluster = "default"


class Policy(Shape, frozen=True):
    """A policy, its rules as they are written."""

    id: Id
    name: PolicyName
    description: Description
    rules: tuple[RuleBody, ...]
    created_at: Timestamp
    changed_at: Timestamp

    @classmethod
    def of(cls, found: NamedPolicy) -> "Policy":
        """A policy as lists and answers show one."""
        return cls(
            id=found.id,
            name=found.name,
            description=found.description,
            rules=tuple(
                RuleBody(
                    resources=tuple(rule.resources), namespaces=tuple(rule.namespaces), actions=tuple(rule.actions)
                )
                for rule in found.rules
            ),
            created_at=rfc3339(found.created_at),
            changed_at=rfc3339(found.changed_at),
        )


class OnePolicy(Shape, frozen=True):
    """One policy."""

    policy: Policy


class ManyPolicies(Listed, frozen=True, kw_only=True):
    """Policies, by name."""

    policies: tuple[Policy, ...]


class Binding(Shape, frozen=True):
    """Who has which policy where, with the names of what it binds."""

    id: Id
    policy_id: Id
    policy: str
    user_id: Id | None
    username: str | None
    group_id: Id | None
    group: str | None
    cluster: OnCluster
    created_at: Timestamp

    @classmethod
    def of(cls, found: NamedBinding) -> "Binding":
        """A binding as lists and answers show one."""
        return cls(
            id=found.id,
            policy_id=found.policy_id,
            policy=found.policy,
            user_id=found.user_id,
            username=found.username,
            group_id=found.group_id,
            group=found.group,
            cluster=found.cluster,
            created_at=rfc3339(found.created_at),
        )


class OneBinding(Shape, frozen=True):
    """One binding."""

    binding: Binding


class ManyBindings(Listed, frozen=True, kw_only=True):
    """Bindings, by policy."""

    bindings: tuple[Binding, ...]


class PolicyDeletionQuery(Asked, frozen=True):
    """How to delete a policy."""

    bindings: Annotated[bool, Meta(description="Delete it even while someone has it; they lose it.")] = False


class BindingsQuery(PageQuery, frozen=True):
    """Which bindings."""

    policy_id: Annotated[str, Meta(description="Of this policy.")] | None = None
    user_id: Annotated[str, Meta(description="Of this user.")] | None = None
    group_id: Annotated[str, Meta(description="Of this group.")] | None = None


@Operation(
    summary="List policies", tag=TAG, query=PageQuery, answers={200: Answer(ManyPolicies)}, refuses=(NotAllowed,)
)
async def list_policies(request: Request) -> Response:
    """All policies, or a page."""
    context = await context_of(request)
    asked = query(request, PageQuery)
    found = await administration.policies(context, asked.wanted())
    shown = tuple(map(Policy.of, found.items))
    return payloads.answer(ManyPolicies(policies=shown, total=found.total, pagination=asked.pagination(found.total)))


@Operation(
    summary="Create a policy",
    tag=TAG,
    body=Body(
        NewPolicy,
        {
            "name": "developer-policy",
            "rules": [
                {
                    "resources": ["kustomizations", "helmreleases"],
                    "namespaces": ["default", "staging"],
                    "actions": ["view", "edit"],
                }
            ],
        },
    ),
    answers={201: Answer(OnePolicy)},
    refuses=(NotAllowed, AlreadyExists, Conflict),
)
async def create_policy(request: Request) -> Response:
    """A new policy."""
    context = await context_of(request)
    new = await body(request, NewPolicy)
    draft = PolicyDraft(name=new.name, description=new.description, rules=_drafts(new.rules))
    return payloads.answer(OnePolicy(Policy.of(await administration.create_policy(context, draft))), status=201)


@Operation(summary="Get a policy", tag=TAG, answers={200: Answer(OnePolicy)}, refuses=(NotAllowed, NoSuchPolicy))
async def get_policy(request: Request) -> Response:
    """One policy."""
    found = await administration.policy(await context_of(request), request.path_params["policy_id"])
    return payloads.answer(OnePolicy(Policy.of(found)))


@Operation(
    summary="Change a policy",
    tag=TAG,
    body=Body(ChangedPolicy, {"description": "For developers."}),
    answers={200: Answer(OnePolicy)},
    refuses=(NotAllowed, NoSuchPolicy, AlreadyExists),
)
async def update_policy(request: Request) -> Response:
    """Other rules, another name or description, for everyone who has it, at once."""
    context = await context_of(request)
    new = await body(request, ChangedPolicy)
    rules = None if new.rules is None else _drafts(new.rules)
    draft = PolicyDraft(name=new.name, description=new.description, rules=rules)
    changed = await administration.update_policy(context, request.path_params["policy_id"], draft)
    return payloads.answer(OnePolicy(Policy.of(changed)))


@Operation(
    summary="Delete a policy",
    tag=TAG,
    query=PolicyDeletionQuery,
    answers={200: Answer(Done)},
    refuses=(NotAllowed, NoSuchPolicy, Conflict),
)
async def delete_policy(request: Request) -> Response:
    """A policy less; with `?bindings=true` those who have it lose it, else that is a conflict."""
    context = await context_of(request)
    even_if_bound = query(request, PolicyDeletionQuery).bindings
    await administration.delete_policy(context, request.path_params["policy_id"], even_if_bound=even_if_bound)
    return payloads.answer(Done())


@Operation(
    summary="List bindings", tag=TAG, query=BindingsQuery, answers={200: Answer(ManyBindings)}, refuses=(NotAllowed,)
)
async def list_bindings(request: Request) -> Response:
    """All bindings, or a page, or those of one user, group or policy."""
    context = await context_of(request)
    asked = query(request, BindingsQuery)
    found = await administration.bindings(
        context, asked.wanted(), policy_id=asked.policy_id, user_id=asked.user_id, group_id=asked.group_id
    )
    shown = tuple(map(Binding.of, found.items))
    return payloads.answer(ManyBindings(bindings=shown, total=found.total, pagination=asked.pagination(found.total)))


@Operation(
    summary="Give a policy",
    tag=TAG,
    body=Body(
        NewBinding,
        {
            "userId": "3b2f1c54-9c1e-4f0e-8d6a-5b1c2d3e4f50",
            "policyId": "9a7d2b10-1f7e-4d5c-a0c3-6e5d4c3b2a10",
            "cluster": "default",
        },
    ),
    answers={201: Answer(OneBinding)},
    refuses=(NotAllowed, NoSuchUser, NoSuchGroup, NoSuchPolicy, NoSuchCluster, AlreadyExists, Conflict),
)
async def create_binding(request: Request) -> Response:
    """To a user or to a group, on one cluster or on all."""
    context = await context_of(request)
    new = await body(request, NewBinding)
    draft = BindingDraft(policy_id=new.policy_id, user_id=new.user_id, group_id=new.group_id, cluster=new.cluster)
    return payloads.answer(OneBinding(Binding.of(await administration.create_binding(context, draft))), status=201)


@Operation(summary="Take a policy away", tag=TAG, answers={200: Answer(Done)}, refuses=(NotAllowed, NoSuchBinding))
async def delete_binding(request: Request) -> Response:
    """The binding ends, at once."""
    await administration.delete_binding(await context_of(request), request.path_params["binding_id"])
    return payloads.answer(Done())


def _drafts(rules: Sequence[RuleBody]) -> tuple[RuleDraft, ...]:
    return tuple(
        RuleDraft(resources=rule.resources, namespaces=rule.namespaces, actions=rule.actions) for rule in rules
    )


ROUTES = (
    Route("/api/rbac/policies", list_policies, methods=["GET"]),
    Route("/api/rbac/policies", create_policy, methods=["POST"]),
    Route("/api/rbac/policies/{policy_id}", get_policy, methods=["GET"]),
    Route("/api/rbac/policies/{policy_id}", update_policy, methods=["PUT"]),
    Route("/api/rbac/policies/{policy_id}", delete_policy, methods=["DELETE"]),
    Route("/api/rbac/bindings", list_bindings, methods=["GET"]),
    Route("/api/rbac/bindings", create_binding, methods=["POST"]),
    Route("/api/rbac/bindings/{binding_id}", delete_binding, methods=["DELETE"]),
)

"""API tokens over HTTP.

Who may is decided in resolvers; how a request carries one is gyre.auth's.
"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gyre.clock import rfc3339
from gyre.people.tokens import USUAL_DAYS, NamedToken, ScopeDraft, TokenDraft
from resolvers import tokens
from rest_compat import payloads
from rest_compat.reading import body, context_of, text


class ScopeRule(msgspec.Struct, frozen=True):
    """A rule of a scope in a body."""

    resources: tuple[str, ...]
    namespaces: tuple[str, ...]
    actions: tuple[str, ...]
    clusters: tuple[str, ...] = ("*",)


class NewToken(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a new token; a scope that is left out takes nothing away."""

    name: str
    expires_in_days: int = USUAL_DAYS
    scope: tuple[ScopeRule, ...] | None = None


async def list_tokens(request: Request) -> Response:
    """One's own, or another user's."""
    context = await context_of(request)
    context.signed_in()
    found = await tokens.tokens(context, text(request, "userId"))
    return payloads.answer({"tokens": [token(each) for each in found], "total": len(found)})


async def create_token(request: Request) -> Response:
    """A new token, with its text, this once."""
    context = await context_of(request)
    context.signed_in()
    new = await body(request, NewToken)
    scope = None if new.scope is None else tuple(map(_draft, new.scope))
    made = await tokens.create_token(context, TokenDraft(name=new.name, days=new.expires_in_days, scope=scope))
    return payloads.answer({"token": token(made.token), "secret": made.secret}, status=201)


async def revoke_token(request: Request) -> Response:
    """A token less."""
    await tokens.revoke_token(await context_of(request), request.path_params["token_id"])
    return payloads.answer({"success": True})


def token(found: NamedToken) -> dict[str, object]:
    """A token as lists and answers show one: nothing that opens anything."""
    return {
        "id": found.id,
        "userId": found.user_id,
        "username": found.username,
        "name": found.name,
        "hint": found.hint,
        "scope": None if found.scope is None else [_rule(rule) for rule in found.scope],
        "createdAt": rfc3339(found.created_at),
        "expiresAt": rfc3339(found.expires_at),
        "expired": found.expired,
        "usedAt": rfc3339(found.used_at) if found.used_at else None,
        "usedFrom": found.used_from,
    }


def _rule(rule: ScopeDraft) -> dict[str, list[str]]:
    return {
        "clusters": list(rule.clusters),
        "resources": list(rule.resources),
        "namespaces": list(rule.namespaces),
        "actions": list(rule.actions),
    }


def _draft(rule: ScopeRule) -> ScopeDraft:
    return ScopeDraft(
        resources=rule.resources, namespaces=rule.namespaces, actions=rule.actions, clusters=rule.clusters
    )


ROUTES = (
    Route("/api/tokens", list_tokens, methods=["GET"]),
    Route("/api/tokens", create_token, methods=["POST"]),
    Route("/api/tokens/{token_id}", revoke_token, methods=["DELETE"]),
)

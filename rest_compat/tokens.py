"""API tokens over HTTP.

Who may is decided in resolvers; how a request carries one is gyre.auth's.
"""

from typing import Annotated

from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gyre.clock import rfc3339
from gyre.errors import AlreadyExists, Conflict, NoSuchCluster, NoSuchToken, NoSuchUser, NotAllowed
from gyre.people.tokens import LONGEST_DAYS, MOST_RULES, USUAL_DAYS, NamedToken, ScopeDraft, TokenDraft
from resolvers import tokens
from rest_compat import payloads
from rest_compat.contract import Answer, Body, Operation
from rest_compat.policies import FEW, Actions, Namespaces, Resources
from rest_compat.reading import body, context_of, query
from rest_compat.shapes import Asked, Done, Id, Shape, Timestamp

TAG = "API tokens"

Clusters = Annotated[
    tuple[str, ...],
    Meta(
        description="Names of clusters, or `*`.",
        extra_json_schema=FEW,
        examples=[["default"]],
    ),
]
TokenName = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": 64}, examples=["ci"])]
Days = Annotated[
    int,
    Meta(
        description="For how many days it is good.",
        extra_json_schema={"minimum": 1, "maximum": LONGEST_DAYS},
        examples=[USUAL_DAYS],
    ),
]


class ScopeRule(Asked, frozen=True):
    """A rule of a scope: what a token may do of what its owner may."""

    resources: Resources
    namespaces: Namespaces
    actions: Actions
    clusters: Clusters = ("*",)


Scope = Annotated[tuple[ScopeRule, ...], Meta(extra_json_schema={"minItems": 1, "maxItems": MOST_RULES})]


class NewToken(Asked, frozen=True):
    """The body of a new token; a scope that is left out takes nothing away."""

    name: TokenName
    expires_in_days: Days = USUAL_DAYS
    scope: Scope | None = None


class TokensQuery(Asked, frozen=True):
    """Whose tokens."""

    user_id: Annotated[str, Meta(description="Another user's, for administrators; one's own when left out.")] | None = (
        None
    )


class Token(Shape, frozen=True, kw_only=True):
    """A token: nothing that opens anything."""

    id: Id
    user_id: Id
    username: str
    name: TokenName
    hint: Annotated[str, Meta(description="How its text begins.")]
    scope: Scope | None
    created_at: Timestamp
    expires_at: Timestamp
    expired: bool
    used_at: Annotated[Timestamp | None, Meta(description="The last use, right to an hour.")]
    used_from: str

    @classmethod
    def of(cls, found: NamedToken) -> "Token":
        """A token as lists and answers show one."""
        return cls(
            id=found.id,
            user_id=found.user_id,
            username=found.username,
            name=found.name,
            hint=found.hint,
            scope=None if found.scope is None else tuple(map(_rule, found.scope)),
            created_at=rfc3339(found.created_at),
            expires_at=rfc3339(found.expires_at),
            expired=found.expired,
            used_at=rfc3339(found.used_at) if found.used_at else None,
            used_from=found.used_from,
        )


class ManyTokens(Shape, frozen=True, kw_only=True):
    """The tokens of one user, the newest first."""

    tokens: tuple[Token, ...]
    total: Annotated[int, Meta(ge=0)]


class MadeToken(Shape, frozen=True, kw_only=True):
    """A new token, with its text, which is never shown again."""

    token: Token
    secret: Annotated[str, Meta(description="What is sent as `Authorization: Bearer …`.")]


@Operation(
    summary="List tokens",
    tag=TAG,
    query=TokensQuery,
    answers={200: Answer(ManyTokens)},
    refuses=(NotAllowed, NoSuchUser),
)
async def list_tokens(request: Request) -> Response:
    """One's own, or another user's."""
    context = await context_of(request)
    found = tuple(map(Token.of, await tokens.tokens(context, query(request, TokensQuery).user_id)))
    return payloads.answer(ManyTokens(tokens=found, total=len(found)))


@Operation(
    summary="Make a token",
    tag=TAG,
    body=Body(NewToken, {"name": "ci", "expiresInDays": 90}),
    answers={201: Answer(MadeToken)},
    refuses=(NotAllowed, AlreadyExists, Conflict, NoSuchCluster),
)
async def create_token(request: Request) -> Response:
    """A new token of one's own, with its text, this once."""
    context = await context_of(request)
    new = await body(request, NewToken)
    scope = None if new.scope is None else tuple(map(_draft, new.scope))
    made = await tokens.create_token(context, TokenDraft(name=new.name, days=new.expires_in_days, scope=scope))
    return payloads.answer(MadeToken(token=Token.of(made.token), secret=made.secret), status=201)


@Operation(summary="Revoke a token", tag=TAG, answers={200: Answer(Done)}, refuses=(NotAllowed, NoSuchToken))
async def revoke_token(request: Request) -> Response:
    """It ends at once, with what is open through it."""
    await tokens.revoke_token(await context_of(request), request.path_params["token_id"])
    return payloads.answer(Done())


def _rule(rule: ScopeDraft) -> ScopeRule:
    return ScopeRule(
        resources=tuple(rule.resources),
        namespaces=tuple(rule.namespaces),
        actions=tuple(rule.actions),
        clusters=tuple(rule.clusters),
    )


def _draft(rule: ScopeRule) -> ScopeDraft:
    return ScopeDraft(
        resources=rule.resources, namespaces=rule.namespaces, actions=rule.actions, clusters=rule.clusters
    )


ROUTES = (
    Route("/api/tokens", list_tokens, methods=["GET"]),
    Route("/api/tokens", create_token, methods=["POST"]),
    Route("/api/tokens/{token_id}", revoke_token, methods=["DELETE"]),
)

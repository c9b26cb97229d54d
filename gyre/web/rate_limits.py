"""How often one may ask: every request of the APIs is counted before anything else is done for it.

Not counted: static files, probes, /metrics, /api/health and the page with GraphiQL. What a GraphQL operation costs
beyond its request is spent by schema; the budgets are gyre.limits'.
"""

import logging
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol, cast

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gyre.audit.answering import tell_refusal
from gyre.auth.callers import Callers
from gyre.errors import NotSignedIn, TooOften, Unavailable
from gyre.limits.budgets import Verdict
from gyre.limits.rates import Limits, too_often
from gyre.terms.people import Principal
from gyre.web.asking import who_asks
from gyre.web.facts import facts_of
from gyre.web.refusing import refuse_with

TOO_MANY: Final = 429
GRAPHQL: Final = "/graphql"
API: Final = "/api"
STREAM: Final = "/api/events/stream"
NOT_COUNTED: Final = ("/api/health",)
LIMIT: Final = b"ratelimit-limit"

log = logging.getLogger(__name__)


class Services(Protocol):
    """What of the lifespan's services is needed here."""

    @property
    def callers(self) -> Callers:
        """Who can ask."""

    @property
    def limits(self) -> Limits:
        """The budgets."""


class RateLimits:
    """Counts, says on each answer what is left, and refuses what is too much."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is within the budget."""
        if not _is_counted(scope):
            await self.app(scope, receive, send)
            return
        services = cast("Services", scope["state"]["services"])
        try:
            who = await _who(scope, services.callers)
        except Unavailable:  # it is answered as such, and costs nothing more
            await self.app(scope, receive, send)
            return
        verdict = await self._spent(scope, services.limits, who)
        try:
            if verdict is not None and not verdict:
                raise too_often(verdict)
            with _kept_open(scope, services.limits, who):
                await self.app(scope, receive, send if verdict is None else _told(verdict, send))
        except TooOften as error:
            tell_refusal(error)
            log.info("refused: %s", error.message, extra={"path": scope["path"][:500]})
            await _refuse(scope, receive, send, error, verdict)

    @staticmethod
    async def _spent(scope: Scope, limits: Limits, who: Principal | None) -> Verdict | None:
        """One request of the REST API, or one point of GraphQL; who is nobody yet has one budget for both."""
        if who is None or scope["path"] != GRAPHQL:
            return await limits.request(who, facts_of(scope))
        return None if scope["type"] == "websocket" else await limits.operation(who, facts_of(scope), 1)


def rate_headers(verdict: Verdict) -> list[tuple[bytes, bytes]]:
    """What an answer says of the budget it was counted in."""
    told = [
        (LIMIT, verdict.limit),
        (b"ratelimit-remaining", verdict.remaining),
        (b"ratelimit-reset", verdict.reset_seconds),
    ]
    return [(name, str(value).encode()) for name, value in told]


def _is_counted(scope: Scope) -> bool:
    if scope["type"] not in ("http", "websocket"):
        return False
    path: str = scope["path"]
    if path == GRAPHQL:
        is_page = scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and _accepts(scope, "text/html")
        return not is_page
    return (path == API or path.startswith(f"{API}/")) and path not in NOT_COUNTED


async def _who(scope: Scope, callers: Callers) -> Principal | None:
    try:
        return await who_asks(scope, callers)
    except NotSignedIn:
        return None  # its face says so; it is counted as anyone's


def _kept_open(scope: Scope, limits: Limits, who: Principal | None) -> AbstractContextManager[None]:
    """A socket or a stream of events stays, so there is a bound on how many there are at once."""
    stays = scope["type"] == "websocket" or _is_stream(scope)
    return limits.connection(who, facts_of(scope)) if stays else nullcontext()


def _is_stream(scope: Scope) -> bool:
    """GraphQL answers with a stream where that is asked for; the REST API at one address, whatever is asked for."""
    return _accepts(scope, "text/event-stream") if scope["path"] == GRAPHQL else scope["path"] == STREAM


def _accepts(scope: Scope, media_type: str) -> bool:
    return media_type in Headers(scope=scope).get("accept", "").lower()


def _told(verdict: Verdict, send: Send) -> Send:
    added = rate_headers(verdict)

    async def told(message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start", "websocket.accept"):
            own = list(message.get("headers", ()))
            if LIMIT not in {name.lower() for name, _ in own}:  # a face that spent more knows better
                message["headers"] = [*own, *added]
        await send(message)

    return told


async def _refuse(scope: Scope, receive: Receive, send: Send, error: TooOften, verdict: Verdict | None) -> None:
    headers = [(b"retry-after", str(error.details["retryAfterSeconds"]).encode())]
    headers += rate_headers(verdict) if verdict is not None else []
    told = {"code": error.code, "message": error.message, "details": dict(error.details)}
    body: dict[str, object] = {"error": told}
    if scope["path"] == GRAPHQL:
        extensions = {"code": error.code, "details": dict(error.details)}
        body = {"errors": [{"message": error.message, "extensions": extensions}]}
    await refuse_with(scope, receive, send, TOO_MANY, body, reason=error.message, more=headers)

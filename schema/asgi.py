"""GraphQL over HTTP at `/graphql`: POST for operations, server-sent events, and GraphiQL for a browser.

WebSockets are schema.websocket's; who may reach this address from which page is gyre.web's.
"""

from pathlib import Path
from urllib.parse import parse_qsl

from graphql import OperationType
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from gyre.audit.answering import tell_refusal
from gyre.errors import GyreError, Invalid, NotSignedIn, TooLarge, TooOften
from gyre.settings import Settings
from gyre.web.rate_limits import rate_headers
from gyre.web.security_headers import GRAPHIQL_POLICY
from resolvers.context import Context
from schema.errors import BAD_REQUEST, logged, told_domain, told_plain
from schema.operations import Asked, Operations, Ready, Refused, asked_in, decoded, encoded
from schema.requests import (
    GRAPHQL_TYPE,
    JSON_TYPE,
    Gone,
    accepts,
    body_of,
    context_of,
    cookies_of,
    reply,
)
from schema.sse import EVENT_STREAM, stream
from schema.websocket import GraphQLSocket

GRAPHIQL = Path(__file__).parent.parent / "gyre" / "web" / "static" / "graphiql" / "index.html"
POST_OR_GET = [(b"allow", b"GET, POST")]
INVALID_TOKEN = [(b"www-authenticate", b'Bearer realm="gyre", error="invalid_token"')]


def routes(settings: Settings) -> list[BaseRoute]:
    """Everything at `/graphql`. The services are looked for in the lifespan's state as `services`."""
    operations = Operations(introspection=settings.introspection)
    return [
        Route("/graphql", GraphQLOverHTTP(operations)),
        WebSocketRoute("/graphql", GraphQLSocket(operations)),
    ]


class GraphQLOverHTTP:
    """The ASGI application for HTTP."""

    def __init__(self, operations: Operations, graphiql: Path = GRAPHIQL) -> None:
        self.operations = operations
        self._page = graphiql.read_bytes() if graphiql.is_file() else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            await self._answer(scope, receive, send)
        except Gone:
            return
        except TooLarge as error:
            await self._tell(scope, send, 413, told_domain(error))
        except Invalid as error:
            tell_refusal(error)
            await self._tell(scope, send, 400, told_plain(BAD_REQUEST, error.message))
        except Refused as refused:
            await self._tell(scope, send, _status_of_refusal(scope), *refused.errors)
        except GyreError as error:
            await self._tell(scope, send, 200, told_domain(error))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method == "POST":
            asked = asked_in(decoded(await body_of(scope, receive)))
        elif method in ("GET", "HEAD"):
            if accepts(scope, b"text/html"):
                await self._graphiql(send, head=method == "HEAD")
                return
            asked = _asked_in_query(scope)
        else:
            message = "only GET and POST are answered here"
            await self._tell(scope, send, 405, told_plain(BAD_REQUEST, message), headers=POST_OR_GET)
            return
        try:
            context = await context_of(scope)
        except NotSignedIn as error:  # the API token is none: nothing of the request is looked at
            await self._tell(scope, send, 401, told_domain(error), headers=INVALID_TOKEN)
            return
        ready = self.operations.ready(asked, context)
        try:
            if method != "POST" or _wants_events(scope, ready.type):
                await stream(self.operations, ready, context, receive, send)
            else:
                await self._post(ready, context, scope, send)
        except TooOften as error:
            headers = [_retry_after(error), *_budget(context)]
            await self._tell(scope, send, 429, told_domain(error), headers=headers)

    async def _post(self, ready: Ready, context: Context, scope: Scope, send: Send) -> None:
        if ready.type is OperationType.SUBSCRIPTION:
            raise Invalid("a subscription is listened to over a WebSocket, or with Accept: text/event-stream")
        try:
            answer = await self.operations.execute(ready, context)
            body = encoded(answer)
        except (Refused, GyreError):
            raise
        except Exception as error:  # noqa: BLE001 # logged; nothing of it may be shown
            await self._tell(scope, send, 500, logged(error, context.facts.request_id))
            return
        await reply(send, 200, body, _media_type(scope), [*cookies_of(context), *_budget(context)])

    async def _graphiql(self, send: Send, *, head: bool) -> None:
        if self._page is None:
            error = told_plain("NOT_FOUND", "GraphiQL is not built; run `make run`, or install Gyre from its wheel.")
            await reply(send, 404, encoded({"errors": [error]}))
            return
        policy = [(b"content-security-policy", GRAPHIQL_POLICY.encode()), (b"cache-control", b"no-cache")]
        await reply(send, 200, b"" if head else self._page, b"text/html; charset=utf-8", policy)

    async def _tell(
        self,
        scope: Scope,
        send: Send,
        status: int,
        *errors: dict[str, object],
        headers: list[tuple[bytes, bytes]] | None = None,
    ) -> None:
        await reply(send, status, encoded({"errors": list(errors)}), _media_type(scope), headers or ())


def _budget(context: Context) -> list[tuple[bytes, bytes]]:
    return [] if context.spent is None else rate_headers(context.spent)


def _retry_after(error: TooOften) -> tuple[bytes, bytes]:
    return b"retry-after", str(error.details.get("retryAfterSeconds", 60)).encode()


def _wants_events(scope: Scope, operation: OperationType) -> bool:
    """Whether to answer as a stream. Many clients name events beside JSON in every request and mean subscriptions."""
    if not accepts(scope, EVENT_STREAM):
        return False
    takes_json = accepts(scope, JSON_TYPE) or accepts(scope, GRAPHQL_TYPE)
    return operation is OperationType.SUBSCRIPTION or not takes_json


def _asked_in_query(scope: Scope) -> Asked:
    """An operation in the address: for server-sent events alone, which a browser can only GET."""
    if not accepts(scope, EVENT_STREAM):
        raise Invalid("operations are sent by POST; GET is for server-sent events and for GraphiQL in a browser")
    try:
        given = dict(parse_qsl(scope["query_string"].decode(), keep_blank_values=True, max_num_fields=20))
    except (ValueError, UnicodeDecodeError) as error:
        raise Invalid("the query of the address cannot be read") from error
    variables = decoded(given["variables"]) if given.get("variables") else None
    return asked_in({"query": given.get("query"), "operationName": given.get("operationName"), "variables": variables})


def _media_type(scope: Scope) -> bytes:
    return GRAPHQL_TYPE if accepts(scope, GRAPHQL_TYPE) else JSON_TYPE


def _status_of_refusal(scope: Scope) -> int:
    """GraphQL over HTTP: 400 where the media type says that it is GraphQL's answer, 200 where it is plain JSON."""
    return 400 if accepts(scope, GRAPHQL_TYPE) else 200

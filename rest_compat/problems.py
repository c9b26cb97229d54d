"""How what goes wrong is told over HTTP: one table from errors to statuses, and one format, always JSON.

The codes of the domain are gyre.errors' own; those that HTTP adds are here.
"""

import logging
from collections.abc import Mapping
from typing import Final

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import Response
from starlette.types import ExceptionHandler

from gyre import errors
from gyre.audit.answering import tell_refusal, tell_refused
from gyre.errors import GyreError
from gyre.log import request_id
from rest_compat.contract import SAFE

STATUSES: Mapping[type[GyreError], int] = {
    errors.Invalid: 400,
    errors.NotSupported: 400,
    errors.NotSignedIn: 401,
    errors.SignInFailed: 401,
    errors.SignInLapsed: 401,
    errors.NotAllowed: 403,
    errors.NoAccount: 403,
    errors.AccountDisabled: 403,
    errors.PasswordChangeRequired: 403,
    errors.NoSuchResource: 404,
    errors.NoSuchCluster: 404,
    errors.NoSuchKind: 404,
    errors.NoSuchUser: 404,
    errors.NoSuchGroup: 404,
    errors.NoSuchPolicy: 404,
    errors.NoSuchBinding: 404,
    errors.NoSuchSession: 404,
    errors.NoSuchToken: 404,
    errors.NoSuchInvite: 404,
    errors.NoSuchProvider: 404,
    errors.Conflict: 409,
    errors.AlreadyExists: 409,
    errors.IsSuspended: 409,
    errors.SourceNotReady: 409,
    errors.TooLarge: 413,
    errors.RejectedByCluster: 422,
    errors.TooOften: 429,
    errors.BadSettings: 500,
    errors.RefusedByCluster: 502,
    errors.ClusterUnreachable: 502,
    errors.ProviderUnavailable: 502,
    errors.NotSynced: 503,
    errors.Unavailable: 503,
    errors.TimedOut: 504,
}
"""The status of each error; docs/rest.md lists them with their codes."""

OF_HTTP: Mapping[int, tuple[str, str]] = {
    400: ("BAD_REQUEST", "The request is malformed."),
    404: ("NOT_FOUND", "There is no such endpoint; docs/rest.md lists them all."),
    405: ("METHOD_NOT_ALLOWED", "This endpoint does not take this method; the Allow header names those it takes."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "Send the body as application/json; a manifest may be application/yaml."),
    426: ("UPGRADE_REQUIRED", "This address is a WebSocket's: connect to it with ws:// or wss://."),
}
"""What HTTP itself adds, by status: code and message."""

UNREADABLE: Final = frozenset({400, 415})
"""Of these, what cannot be read; what is not there is no refusal."""

INTERNAL_STATUS: Final = 500
RETRY_SECONDS: Final = 5
"""What a client is told to wait when Gyre or a cluster is away and nobody knows for how long."""

INVALID_TOKEN: Final = ', error="invalid_token"'  # noqa: S105 # a word of the protocol
"""What RFC 6750 adds for who came with a token that is none."""

logger = logging.getLogger(__name__)


def problem(status: int, code: str, message: str, details: Mapping[str, object] | None = None) -> Response:
    """The answer in the one format of errors."""
    body = {"error": {"code": code, "message": message, "details": dict(details or {})}}
    headers = {"cache-control": "no-store"}
    if details and "retryAfterSeconds" in details:
        headers["retry-after"] = str(details["retryAfterSeconds"])
    elif status == 401:  # noqa: PLR2004 # a client has to be told how it may sign in
        headers["www-authenticate"] = f'Bearer realm="gyre"{INVALID_TOKEN if details and "reason" in details else ""}'
    elif status == 503:  # noqa: PLR2004 # the table above says which these are
        headers["retry-after"] = str(RETRY_SECONDS)
    return Response(orjson.dumps(body, default=str), status, headers, media_type="application/json")


def of_domain(error: GyreError) -> Response:
    """The answer for an error of the domain."""
    status = next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), INTERNAL_STATUS)
    if status == INTERNAL_STATUS:
        return of_surprise(error)
    return problem(status, error.code, error.message, error.details)


def of_http(error: HTTPException) -> Response:
    """The answer for what Starlette refused: no such route, another method."""
    code, message = OF_HTTP.get(error.status_code, (f"HTTP_{error.status_code}", str(error.detail)))
    answer = problem(error.status_code, code, message)
    answer.headers.update(error.headers or {})
    return answer


def of_surprise(error: Exception) -> Response:
    """The answer for what nobody foresaw: nothing of it is told but where to look."""
    logger.error("A request failed.", exc_info=error)
    number = request_id.get() or "(none)"
    message = f"Something went wrong inside Gyre; its log tells more under request {number}."
    return problem(INTERNAL_STATUS, GyreError.code, message, {"requestId": number})


async def answer_to(asked: HTTPConnection, error: Exception) -> Response:
    """The answer to any error of a request; the audit hears of what is refused."""
    if isinstance(error, GyreError):
        tell_refusal(error, of_write=asked.scope.get("method", "GET") not in SAFE)
        return of_domain(error)
    if isinstance(error, ClientDisconnect):
        return Response(status_code=400)  # nobody is left to read it, and nothing went wrong here
    if isinstance(error, HTTPException):
        if error.status_code in UNREADABLE:
            tell_refused(*OF_HTTP[error.status_code])
        return of_http(error)
    return of_surprise(error)


def handlers() -> Mapping[type[Exception], ExceptionHandler]:
    """What answers which error; gyre.app uses it for all that is no endpoint of its own, too."""
    return {HTTPException: answer_to, Exception: answer_to}

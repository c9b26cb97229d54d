"""How what goes wrong is told in GraphQL: the one table of codes, and what turns errors into answers.

Codes of the domain are gyre.errors' own. What is refused in the domain goes into a mutation's payload; sign-in, limits
and malformed input are top-level errors with `extensions.code`.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any, Final

from graphql import GraphQLError, GraphQLSyntaxError

from gyre.audit.answering import tell_refusal, tell_refused
from gyre.errors import GyreError
from schema.limits import INTROSPECTION_DISABLED, LIMIT_EXCEEDED

logger = logging.getLogger(__name__)

BAD_REQUEST: Final = "BAD_REQUEST"
PARSE_FAILED: Final = "GRAPHQL_PARSE_FAILED"
INVALID_DOCUMENT: Final = "GRAPHQL_VALIDATION_FAILED"
INVALID_VALUE: Final = "VALIDATION_FAILED"
INTERNAL: Final = GyreError.code

CODES: Mapping[str, str] = {
    BAD_REQUEST: "The request is not one of GraphQL over HTTP: its body, its method or its headers are not as needed.",
    PARSE_FAILED: "The document is not GraphQL.",
    INVALID_DOCUMENT: "The document does not fit the schema.",
    INVALID_VALUE: "A variable or an argument cannot be meant; also GraphQL's word for a value of the wrong type.",
    LIMIT_EXCEEDED: "The document asks for too much at once; details name the limit.",
    INTROSPECTION_DISABLED: "The operator has switched introspection off.",
    INTERNAL: "Something went wrong inside Gyre; its log tells more under the request id.",
}
"""The codes that GraphQL adds to those of gyre.errors; docs/graphql.md lists both."""

_OF_ARGUMENTS = "Argument '"
"""How graphql-core begins what it says of an argument that turns out wrong only while executing."""


def told(errors: Iterable[GraphQLError], *, request_id: str, otherwise: str = INTERNAL) -> list[dict[str, Any]]:
    """Errors as an answer holds them. `otherwise` is the code for what graphql-core itself found."""
    answers = [(_cause(error), _told(error, request_id, otherwise)) for error in errors]
    unreadable = [answer for cause, answer in answers if cause is None and answer["extensions"]["code"] != INTERNAL]
    for answer in unreadable[:1]:  # twenty mistakes in one document are one refusal
        tell_refused(answer["extensions"]["code"], answer["message"])
    return [answer for _, answer in answers]


def told_domain(error: GyreError) -> dict[str, Any]:
    """A domain error that belongs to no field; the audit hears of it when it is a refusal."""
    tell_refusal(error)
    return {"message": error.message, "extensions": _extensions(error.code, error.details)}


def told_plain(code: str, message: str) -> dict[str, Any]:
    """An error that was found before there was a document."""
    return {"message": message, "extensions": {"code": code}}


def logged(error: BaseException, request_id: str) -> dict[str, Any]:
    """What nobody expected: its text goes into the log, and only where to look into the answer."""
    logger.error("An operation failed.", exc_info=error)
    return told_plain(INTERNAL, f"Something went wrong inside Gyre; its log tells more under request {request_id}.")


def _told(error: GraphQLError, request_id: str, otherwise: str) -> dict[str, Any]:
    answer: dict[str, Any] = {"message": error.message}
    if error.locations:
        answer["locations"] = [location.formatted for location in error.locations]
    if error.path is not None:
        answer["path"] = error.path
    cause = _cause(error)
    if isinstance(cause, GyreError) and cause.code != INTERNAL:
        return answer | told_domain(cause)
    if cause is None:
        code = error.extensions.get("code") if error.extensions else None
        code = code or _code(error, otherwise)
        if code != INTERNAL:
            return answer | {"extensions": {**(error.extensions or {}), "code": code}}
    return answer | logged(cause or error, request_id)


def _cause(error: GraphQLError) -> Exception | None:
    """What was raised, when that was no GraphQLError."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _code(error: GraphQLError, otherwise: str) -> str:
    if isinstance(error, GraphQLSyntaxError):
        return PARSE_FAILED
    if "introspection has been disabled" in error.message:
        return INTROSPECTION_DISABLED
    return INVALID_VALUE if error.message.startswith(_OF_ARGUMENTS) else otherwise


def _extensions(code: str, details: Mapping[str, object]) -> dict[str, object]:
    return {"code": code, "details": dict(details)} if details else {"code": code}

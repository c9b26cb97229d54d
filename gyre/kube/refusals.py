"""What the API server answers instead of an object, as the errors of gyre.errors in its own words.

What to do about them (read again, wait, give up) is the caller's matter.
"""

import re
from http import HTTPStatus
from typing import ClassVar

import msgspec

from gyre.errors import (
    AlreadyExists,
    ClusterUnreachable,
    Conflict,
    GyreError,
    NoSuchResource,
    NotAllowed,
    RefusedByCluster,
    RejectedByCluster,
    TimedOut,
)
from gyre.terms.naming import ClusterName

LONGEST_QUOTE = 2_000  # characters kept of an answer that is no Kubernetes Status, such as a proxy's page


class HistoryExpired(ClusterUnreachable):
    """The API server no longer remembers this resourceVersion or page: the list has to be read again."""


class TooBusy(ClusterUnreachable):
    """The API server asks to come back later; details may hold `retryAfterSeconds`."""


class Cause(msgspec.Struct, frozen=True):
    """One of Status.details.causes: what is wrong with which field."""

    field: str = ""
    message: str = ""
    reason: str = ""


class StatusDetails(msgspec.Struct, frozen=True, rename="camel"):
    """Status.details, as far as it is passed on."""

    kind: str = ""
    name: str = ""
    causes: tuple[Cause, ...] | None = ()
    retry_after_seconds: int = 0


class Status(msgspec.Struct, frozen=True):
    """metav1.Status: how the API server says that it did not do what was asked."""

    code: int = 0
    reason: str = ""
    message: str = ""
    kind: str = ""
    details: StatusDetails | None = None

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What was wrong, field by field."""
        return (self.details.causes or ()) if self.details else ()


REASONS: dict[str, type[GyreError]] = {
    "AlreadyExists": AlreadyExists,
    "Expired": HistoryExpired,
    "Gone": HistoryExpired,
}
CODES: dict[int, type[GyreError]] = {
    HTTPStatus.UNAUTHORIZED: RefusedByCluster,
    HTTPStatus.FORBIDDEN: RefusedByCluster,
    HTTPStatus.NOT_FOUND: NoSuchResource,
    HTTPStatus.CONFLICT: Conflict,
    HTTPStatus.GONE: HistoryExpired,
    HTTPStatus.TOO_MANY_REQUESTS: TooBusy,
    HTTPStatus.GATEWAY_TIMEOUT: TimedOut,
}
MAY_NOT_IMPERSONATE = re.compile(r" cannot impersonate\b")
VERSION_FROM_THE_FUTURE = "ResourceVersionTooLarge"  # etcd was restored: what we remember never happened


class Refusal:
    """Turns answers of one cluster into errors."""

    UNREADABLE: ClassVar[str] = "not as a Kubernetes API would"

    def __init__(self, cluster: ClusterName) -> None:
        self.cluster = cluster

    def of(self, code: int, body: bytes, *, retry_after: str | None = None) -> GyreError:
        """The error of an HTTP answer that is not a success."""
        return self.of_status(_status(body), code, retry_after=retry_after)

    def of_status(self, status: Status, code: int = 0, *, retry_after: str | None = None) -> GyreError:
        """The error of a Status, which in a watch comes without an HTTP code."""
        code = code or status.code
        reason = status.reason
        details: dict[str, object] = {"cluster": self.cluster, "status": code}
        if reason:
            details["reason"] = reason
        if status.causes:
            causes = [{"field": it.field, "message": it.message, "reason": it.reason} for it in status.causes]
            details["causes"] = causes
        seconds = _seconds(retry_after) or (status.details.retry_after_seconds if status.details else 0)
        if seconds:
            details["retryAfterSeconds"] = seconds
        message = status.message or f"{self.cluster}: the API server answered {code} {reason or self.UNREADABLE}"
        return _type_of(status, code)(message, details=details)

    def unreachable(self, problem: str) -> ClusterUnreachable:
        """The error of no answer at all, or one that makes no sense."""
        return ClusterUnreachable(f"{self.cluster}: {problem}", details={"cluster": self.cluster})


def about_the_user(refusal: GyreError) -> GyreError:
    """What a call in a user's name was refused: theirs when they may not do it, Gyre's own when it may not call so."""
    forbidden = isinstance(refusal, RefusedByCluster) and refusal.details.get("status") == HTTPStatus.FORBIDDEN
    if not forbidden or MAY_NOT_IMPERSONATE.search(refusal.message):
        return refusal
    return NotAllowed(refusal.message, details=refusal.details)


def _type_of(status: Status, code: int) -> type[GyreError]:
    if any(cause.reason == VERSION_FROM_THE_FUTURE for cause in status.causes):
        return HistoryExpired
    if status.reason in REASONS:
        return REASONS[status.reason]
    if code in CODES:
        return CODES[code]
    if HTTPStatus.BAD_REQUEST <= code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return RejectedByCluster
    return ClusterUnreachable


def _status(body: bytes) -> Status:
    try:
        status = msgspec.json.decode(body, type=Status, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Status(message=body[:LONGEST_QUOTE].decode(errors="replace").strip())
    return status if status.kind in {"Status", ""} else Status()


def _seconds(retry_after: str | None) -> int:
    return int(retry_after) if retry_after and retry_after.isdecimal() else 0

"""What the API server refuses and in which words: Kubernetes Status values as exceptions.

Nothing here decides when to refuse, and nothing knows HTTP beyond the code a Status carries.
"""

from collections.abc import Sequence
from typing import Any

from gyre.demo.causes import Cause
from gyre.demo.resources import ResourceType


class Refusal(Exception):
    """A request that is not done, as the Status the client gets."""

    def __init__(
        self,
        code: int,
        reason: str,
        message: str,
        *,
        details: dict[str, Any] | None = None,
        continue_token: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details
        self.continue_token = continue_token

    def status(self) -> dict[str, Any]:
        """The `kind: Status` body."""
        body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        if self.continue_token:
            body["metadata"] = {"continue": self.continue_token}
        body["message"] = self.message
        if self.reason:
            body["reason"] = self.reason
        if self.details is not None:
            body["details"] = self.details
        body["code"] = self.code
        return body


def _details(resource: ResourceType, name: str, *, kind: str = "") -> dict[str, Any]:
    details = {"name": name, "group": resource.group, "kind": kind or resource.plural}
    return {key: value for key, value in details.items() if value}


def not_found(resource: ResourceType, name: str) -> Refusal:
    """No object of this name."""
    return Refusal(404, "NotFound", f'{resource.qualified} "{name}" not found', details=_details(resource, name))


def no_such_path() -> Refusal:
    """No kind is served at this path."""
    return Refusal(404, "NotFound", "the server could not find the requested resource", details={})


def already_exists(resource: ResourceType, name: str) -> Refusal:
    """An object of this name is there."""
    message = f'{resource.qualified} "{name}" already exists'
    return Refusal(409, "AlreadyExists", message, details=_details(resource, name))


def conflict(resource: ResourceType, name: str, why: str, *, kind: str = "") -> Refusal:
    """The object is not the one the client speaks of; `kind` is another name to call its resource by."""
    qualified = resource.qualified.replace(resource.plural, kind or resource.plural, 1)
    message = f'Operation cannot be fulfilled on {qualified} "{name}": {why}'
    return Refusal(409, "Conflict", message, details=_details(resource, name, kind=kind))


def stale(resource: ResourceType, name: str) -> Refusal:
    """The object changed since the client read it."""
    return conflict(
        resource, name, "the object has been modified; please apply your changes to the latest version and try again"
    )


def forbidden(resource: ResourceType, name: str, why: str, *, causes: Sequence[dict[str, str]] = ()) -> Refusal:
    """The server will not, whatever the object says."""
    details = _details(resource, name)
    if causes:
        details["causes"] = list(causes)
    return Refusal(403, "Forbidden", f'{resource.qualified} "{name}" is forbidden: {why}', details=details)


def invalid(resource: ResourceType, name: str, causes: Sequence[Cause], *, kind: str = "") -> Refusal:
    """The object breaks its schema or its kind's rules; `kind` is another name to call it by."""
    kind = kind or resource.kind
    qualified = f"{kind}.{resource.group}" if resource.group else kind
    sentences = [cause.sentence for cause in causes]
    told = sentences[0] if len(sentences) == 1 else f"[{', '.join(sentences)}]"
    details = _details(resource, name, kind=kind)
    details["causes"] = [{"reason": cause.reason, "message": cause.message, "field": cause.field} for cause in causes]
    return Refusal(422, "Invalid", f'{qualified} "{name}" is invalid: {told}', details=details)


def invalid_options(kind: str, causes: Sequence[Cause]) -> Refusal:
    """The query of a request contradicts itself."""
    sentences = [cause.sentence for cause in causes]
    told = sentences[0] if len(sentences) == 1 else f"[{', '.join(sentences)}]"
    details = {
        "group": "meta.k8s.io",
        "kind": kind,
        "causes": [{"reason": each.reason, "message": each.message, "field": each.field} for each in causes],
    }
    return Refusal(422, "Invalid", f'{kind}.meta.k8s.io "" is invalid: {told}', details=details)


def not_this_method() -> Refusal:
    """The path is served, but not this method on it."""
    message = "the server does not allow this method on the requested resource"
    return Refusal(405, "MethodNotAllowed", message, details={})


def unprocessable() -> Refusal:
    """A patch that cannot be applied: a real API server says no more than this."""
    message = "the server rejected our request due to an error in our request"
    return Refusal(422, "Invalid", message, details={})


def not_acceptable() -> Refusal:
    """No form the client accepts is one that can be given."""
    message = "only the following media types are accepted: application/json, application/yaml"
    return Refusal(406, "NotAcceptable", message)


def bad_request(message: str) -> Refusal:
    """The request itself cannot be meant."""
    return Refusal(400, "BadRequest", message)


def expired(message: str, *, continue_token: str = "") -> Refusal:
    """The server does not remember that far back."""
    return Refusal(410, "Expired", message, continue_token=continue_token)


def too_old(asked: int, oldest: int) -> Refusal:
    """A watch begins before what the ring still holds."""
    return expired(f"too old resource version: {asked} ({oldest})")


def unsupported_media_type(message: str) -> Refusal:
    """The body is in a form this kind is not changed by."""
    return Refusal(415, "UnsupportedMediaType", message)

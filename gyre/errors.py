"""The one tree of errors that rooms raise; each carries the code its clients see.

What a code means as an HTTP status is rest_compat.problems' table; how GraphQL shows it is schema.errors'.
"""

from collections.abc import Mapping
from typing import ClassVar


class GyreError(Exception):
    """Something a caller is told about: a code, a message that says what to do, and details.

    `details` must be JSON (strings, numbers, booleans, None, lists and mappings of these). `in_audit` is set when the
    audit has been told, with the true reason, so that whoever answers does not tell it again.
    """

    code: ClassVar[str] = "INTERNAL"
    in_audit: bool = False

    def __init__(self, message: str, *, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, object] = details or {}


class NotSignedIn(GyreError):
    """Nobody is signed in, or the session or token is not valid any more."""

    code = "UNAUTHENTICATED"


class NotAllowed(GyreError):
    """The caller may see the object but not do this; the message is the reason."""

    code = "FORBIDDEN"


class PasswordChangeRequired(NotAllowed):
    """The caller must change their password before anything else."""

    code = "PASSWORD_CHANGE_REQUIRED"


class SignInFailed(NotSignedIn):
    """A provider's word on who somebody is was missing or not to be believed. `why` is for the audit, not for them."""

    code = "SIGN_IN_FAILED"

    def __init__(self, message: str, *, why: str, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message, details=details)
        self.why = why


class SignInLapsed(SignInFailed):
    """The return from a provider belongs to no sign-in that this browser began, or to one long ago."""

    code = "SIGN_IN_LAPSED"


class NoAccount(NotAllowed):
    """A provider knows who it is, and there is no user here for them."""

    code = "NO_ACCOUNT"


class AccountDisabled(NotAllowed):
    """A provider knows who it is, and their user is disabled here."""

    code = "ACCOUNT_DISABLED"


class NoSuchInvite(GyreError):
    """The link of an invitation was used, has expired, or is none."""

    code = "INVITE_NOT_FOUND"


class NoSuchProvider(GyreError):
    """No sign-in provider has this id."""

    code = "PROVIDER_NOT_FOUND"


class ProviderUnavailable(GyreError):
    """A sign-in provider does not answer, or not as OpenID Connect has it. `why` is for the log and the audit."""

    code = "PROVIDER_UNAVAILABLE"

    def __init__(self, message: str, *, why: str, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message, details=details)
        self.why = why


class NoSuchResource(GyreError):
    """The object does not exist, or the caller may not see that it does."""

    code = "RESOURCE_NOT_FOUND"


class NoSuchCluster(GyreError):
    """No cluster of this name is registered."""

    code = "CLUSTER_NOT_FOUND"


class NoSuchUser(GyreError):
    """No user has this name or id."""

    code = "USER_NOT_FOUND"


class NoSuchGroup(GyreError):
    """No group has this id."""

    code = "GROUP_NOT_FOUND"


class NoSuchPolicy(GyreError):
    """No policy has this id."""

    code = "POLICY_NOT_FOUND"


class NoSuchBinding(GyreError):
    """No binding has this id."""

    code = "BINDING_NOT_FOUND"


class NoSuchSession(GyreError):
    """No session that the caller may end has this id."""

    code = "SESSION_NOT_FOUND"


class NoSuchToken(GyreError):
    """No API token that the caller may see has this id."""

    code = "TOKEN_NOT_FOUND"


class NoSuchKind(GyreError):
    """No kind answers to this name; the message names near ones."""

    code = "UNKNOWN_KIND"


class Invalid(GyreError):
    """What the caller sent cannot be meant: a wrong type, an unknown value, a malformed cursor."""

    code = "VALIDATION_FAILED"


class NotSupported(GyreError):
    """The kind cannot do this, for anyone: an ExternalArtifact cannot be suspended."""

    code = "NOT_SUPPORTED"


class IsSuspended(GyreError):
    """The object is suspended, so what was asked of its controller would never happen; resume it first."""

    code = "SUSPENDED"


class SourceNotReady(GyreError):
    """What the object takes its content from could not be reconciled first; the message is its controller's."""

    code = "SOURCE_NOT_READY"


class Conflict(GyreError):
    """The object changed since the caller read it."""

    code = "CONFLICT"


class AlreadyExists(GyreError):
    """An object of this kind, namespace and name is already there."""

    code = "ALREADY_EXISTS"


class RejectedByCluster(GyreError):
    """The API server refused the object; details hold its causes by field path, word for word."""

    code = "REJECTED_BY_CLUSTER"


class RefusedByCluster(GyreError):
    """The API server does not let Gyre itself do this; the message is its own."""

    code = "REFUSED_BY_CLUSTER"


class ClusterUnreachable(GyreError):
    """The cluster does not answer, or not as a Kubernetes API should."""

    code = "CLUSTER_UNREACHABLE"


class NotSynced(GyreError):
    """The kind has not been read from the cluster yet, so nothing can be said of it."""

    code = "NOT_SYNCED"


class TimedOut(GyreError):
    """What was waited for did not happen in time; it may still happen."""

    code = "TIMED_OUT"


class TooOften(GyreError):
    """A limit on how often was reached; details hold `retryAfterSeconds`."""

    code = "RATE_LIMITED"


class TooLarge(GyreError):
    """A body, query or message is larger than Gyre takes."""

    code = "TOO_LARGE"


class Unavailable(GyreError):
    """A part Gyre itself stands on (its database) does not answer now."""

    code = "UNAVAILABLE"


class BadSettings(GyreError):
    """A setting is missing or wrong; the message names the variable and what it should be."""

    code = "BAD_SETTINGS"

"""Who sent a request, found out once for all who want to know: the limits, and the face that answers.

Whether a credential is true is gyre.auth's.
"""

from dataclasses import dataclass
from typing import Final

from starlette.types import Scope

from gyre.audit.answering import asked_by
from gyre.auth.callers import Callers
from gyre.auth.credentials import credential_in
from gyre.errors import NotSignedIn
from gyre.terms.people import Principal
from gyre.web.facts import facts_of

_FOUND: Final = "gyre.asking"


@dataclass(frozen=True, slots=True)
class _Found:
    principal: Principal | None
    wrong: NotSignedIn | None = None


async def who_asks(scope: Scope, callers: Callers) -> Principal | None:
    """The principal, None for nobody. Raises NotSignedIn for an API token that is none, Unavailable as callers do."""
    found = scope.get(_FOUND)
    if not isinstance(found, _Found):
        facts = facts_of(scope)
        credential = credential_in(scope["headers"], scope.get("subprotocols", ()), secure=facts.secure)
        try:
            found = _Found(await callers.principal_of(credential, facts))
        except NotSignedIn as wrong:
            found = _Found(None, wrong)
        scope[_FOUND] = found
        asked_by(found)
    if found.wrong is not None:
        again = NotSignedIn(found.wrong.message, details=found.wrong.details)
        again.in_audit = found.wrong.in_audit
        raise again from found.wrong
    return found.principal

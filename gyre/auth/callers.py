"""Whose request it is, by session or by API token: the one place that decides it, for every face.

Where a credential stands in a request is credentials'; what its owner may do is gyre.access's.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gyre.auth.credentials import Bearer, Credential
from gyre.auth.sessions import Sessions, keep_clean
from gyre.auth.tokens import ApiTokens
from gyre.auth.version import PeopleVersion
from gyre.clock import Clock
from gyre.events.tasks import owned_tasks
from gyre.terms.people import Principal
from gyre.terms.requests import RequestFacts


class Callers:
    """Everyone who can ask; made by `open_callers`."""

    def __init__(self, sessions: Sessions, tokens: ApiTokens) -> None:
        self._sessions = sessions
        self._tokens = tokens

    async def principal_of(self, credential: Credential, facts: RequestFacts) -> Principal | None:
        """Who asks, None for nobody: without a credential, or with a session that is over.

        Raises NotSignedIn for an API token that is none, or none any more: a script must hear of it.
        """
        if isinstance(credential, Bearer):
            return await self._tokens.principal_of(credential.token, facts)
        return await self._sessions.principal_of(credential.value if credential else None)

    async def next_of(self, principal: Principal) -> Principal | None:
        """Wait until this principal is not what it was: its successor with other rights, or None when it is over.

        For whoever keeps a socket open: act, and wait again with what was returned.
        """
        return await (self._tokens if principal.token_id else self._sessions).next_of(principal)


@asynccontextmanager
async def open_callers(sessions: Sessions, version: PeopleVersion, clock: Clock) -> AsyncIterator[Callers]:
    """Callers by these sessions and by tokens, whose old rows go while it is open."""
    tokens = ApiTokens(version, clock)
    async with owned_tasks() as tasks:
        tasks.start(keep_clean(tokens.clean, clock), name="forget old tokens")
        yield Callers(sessions, tokens)

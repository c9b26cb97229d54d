"""What every resolver stands on: the services of this process, and who asks.

How a request becomes a Context is each face's matter; nothing here knows HTTP.
"""

from dataclasses import dataclass, field

from gyre.access.sight import Sight, sight_of
from gyre.auth.callers import Callers
from gyre.auth.oidc import SignInProviders
from gyre.auth.sessions import Sessions, SignedIn
from gyre.clock import Clock
from gyre.errors import NotSignedIn, PasswordChangeRequired
from gyre.events.feed import Feed
from gyre.events.hub import Hub
from gyre.fleet.fleet import Fleet
from gyre.fleet.registry import Registry
from gyre.limits import Limits, Verdict
from gyre.people import Directory
from gyre.settings import Settings
from gyre.terms.people import Principal
from gyre.terms.requests import RequestFacts
from gyre.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What one process has, made by gyre.app."""

    settings: Settings
    clock: Clock
    fleet: Fleet
    registry: Registry
    feed: Feed
    hub: Hub
    sessions: Sessions
    callers: Callers
    providers: SignInProviders
    limits: Limits
    directory: Directory
    vault: Vault


@dataclass(slots=True, kw_only=True)
class Context:
    """One request: who asks, through which services.

    `signed_in_now` and `signed_out_now` are what the face has to do with the session's cookie when it answers, `spent`
    is what it says of the budget; `farewell` is where a browser goes on to end its session at a provider too.
    `prepaid_points` of a GraphQL operation were taken with its request.
    """

    services: Services
    principal: Principal | None = None
    facts: RequestFacts = field(default_factory=RequestFacts)
    signed_in_now: SignedIn | None = None
    signed_out_now: bool = False
    farewell: str | None = None
    spent: Verdict | None = None
    prepaid_points: int = 0
    _seen: tuple[Principal, Sight] | None = None

    def caller(self) -> Principal:
        """Who asks, even who must change their password first: for what is about their session alone.

        Raises NotSignedIn when that is nobody.
        """
        if self.principal is None:
            raise NotSignedIn("Sign in first.")
        return self.principal

    def signed_in(self) -> Principal:
        """Who asks. Raises NotSignedIn when that is nobody, PasswordChangeRequired before that was done."""
        caller = self.caller()
        if caller.must_change_password:
            raise PasswordChangeRequired("Change your password first; nothing else is answered before.")
        return caller

    @property
    def sight(self) -> Sight:
        """What whoever asks may see. Raises as signed_in does."""
        principal = self.signed_in()
        if self._seen is None or self._seen[0] is not principal:  # an open socket's may be another by now
            self._seen = (principal, sight_of(principal))
        return self._seen[1]

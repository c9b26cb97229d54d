"""What every resolver stands on: the services of this process, and who asks.

How a request becomes a Context is each face's matter; nothing here knows HTTP.
"""

from dataclasses import dataclass, field

from gyre.access.sight import Sight, sight_of
from gyre.clock import Clock
from gyre.errors import NotSignedIn
from gyre.events.feed import Feed
from gyre.events.hub import Hub
from gyre.settings import Settings
from gyre.terms.people import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What one process has, made by gyre.app."""

    settings: Settings
    clock: Clock
    feed: Feed
    hub: Hub


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What is known of where a request came from."""

    address: str = ""
    user_agent: str = ""
    request_id: str = ""


@dataclass(slots=True, kw_only=True)
class Context:
    """One request: who asks, through which services.

    `cookie` is what the face does with the session cookie once the request is answered: None leaves it as it is, an
    empty text removes it.
    """

    services: Services
    principal: Principal | None = None
    caller: Caller = field(default_factory=Caller)
    cookie: str | None = None

    def signed_in(self) -> Principal:
        """Who asks. Raises NotSignedIn when that is nobody."""
        if self.principal is None:
            raise NotSignedIn("Sign in first.")
        return self.principal

    @property
    def sight(self) -> Sight:
        """What whoever asks may see. Raises NotSignedIn when that is nobody."""
        return sight_of(self.signed_in())

"""The middlewares in their order, outermost first.

What each does is in its own file.
"""

from starlette.types import ASGIApp

from gyre.clock import Clock
from gyre.settings import Settings
from gyre.web.access_log import AccessLog
from gyre.web.asked import Asked
from gyre.web.body_limit import BodyLimit
from gyre.web.cors import Cors
from gyre.web.proxies import Proxies
from gyre.web.request_id import RequestId
from gyre.web.same_origin import SameOrigin
from gyre.web.security_headers import SecurityHeaders


def surround(app: ASGIApp, settings: Settings, *, policy: str, clock: Clock) -> ASGIApp:
    """The application behind all of them. `policy` is the Content-Security-Policy of pages: Frontend.policy."""
    app = BodyLimit(app)
    app = SameOrigin(app, public_url=settings.public_url, others=settings.cors_origins)
    app = Cors(app, origins=settings.cors_origins)  # outside of whatever refuses, so that a refusal can be read too
    app = Asked(app)  # outside of whatever refuses
    app = SecurityHeaders(app, policy=policy)
    app = AccessLog(app, clock=clock)
    app = Proxies(app, trusted=settings.trusted_proxies, public_url=settings.public_url)
    return RequestId(app, trusted=settings.trusted_proxies)  # outermost: it looks at the connection itself

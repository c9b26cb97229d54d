"""What every answer tells the browser to refuse: foreign scripts, frames, guesses of types, plain http.

A page with needs of its own (GraphiQL) sets its own Content-Security-Policy, which is left as it is.
"""

from collections.abc import Iterable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ROUTE_ANNOUNCER_STYLE = "'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='"
"""The one static style attribute of SvelteKit's pages: its announcer for screen readers."""

GRAPHIQL_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
    "worker-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""For the page with GraphiQL alone: its editor writes styles into the page."""

ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),  # no-referrer would make browsers send `Origin: null`
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
OVER_HTTPS = (b"strict-transport-security", b"max-age=31536000")
ALWAYS_OVER_HTTPS = (*ALWAYS, OVER_HTTPS)
UNLESS_SAID = (b"cache-control", b"no-store")


def page_policy(script_hashes: Iterable[str] = ()) -> str:
    """The policy of Gyre's pages. `script_hashes` are of the inline scripts in the built 200.html."""
    scripts = " ".join(["'self'", *(f"'{each}'" for each in script_hashes)])
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self'; "
        f"style-src-attr 'unsafe-hashes' {ROUTE_ANNOUNCER_STYLE}; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


class SecurityHeaders:
    """Adds them to every answer, also to refusals and errors."""

    def __init__(self, app: ASGIApp, *, policy: str) -> None:
        self.app = app
        self.defaults = ((b"content-security-policy", policy.encode()), UNLESS_SAID)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add the headers to the answer's start."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        added = ALWAYS_OVER_HTTPS if scope["scheme"] in ("https", "wss") else ALWAYS

        async def guarded(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                own = list(message.get("headers", ()))
                names = [name.lower() for name, _ in own]
                defaults = [each for each in self.defaults if each[0] not in names]
                message["headers"] = [*own, *added, *defaults]
            await send(message)

        await self.app(scope, receive, guarded)

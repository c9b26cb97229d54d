"""Who really asks, when a proxy that may say so stands in front.

From anyone else the X-Forwarded-* headers are taken away, so that nothing behind can believe them by mistake.
"""

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.types import ASGIApp, Receive, Scope, Send

FORWARDED = frozenset(
    {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port", b"x-real-ip", b"forwarded"}
)
Networks = tuple[IPv4Network | IPv6Network, ...]


class Proxies:
    """Sets the scope's client, scheme and Host from X-Forwarded-For, -Proto and -Host of a trusted proxy.

    With a public URL its scheme is the scheme, whatever a proxy that is not trusted leaves unsaid.
    """

    def __init__(self, app: ASGIApp, *, trusted: Networks, public_url: str | None = None) -> None:
        self.app = app
        self.trusted = trusted
        self.public_scheme = public_url.partition(":")[0].encode() if public_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Correct the scope, and pass it on."""
        if scope["type"] in ("http", "websocket"):
            scope = self._corrected(_as_ipv4(scope))
            if self.public_scheme:
                scope = {**scope, "scheme": _scheme(self.public_scheme, scope)}
        await self.app(scope, receive, send)

    def _corrected(self, scope: Scope) -> Scope:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if not any([name in FORWARDED for name, _ in headers]):  # noqa: C419  a list is twice as fast here
            return scope
        said = {name: value for name, value in headers if name in FORWARDED}
        kept = [(name, value) for name, value in headers if name not in FORWARDED]
        corrected = {**scope, "headers": kept}
        if not is_trusted(scope, self.trusted):
            return corrected
        chain = [value for name, value in headers if name == b"x-forwarded-for"]
        corrected["client"] = self._client(b",".join(chain).decode("latin-1"), scope["client"])
        corrected["scheme"] = _scheme(said.get(b"x-forwarded-proto", b""), scope)
        host = said.get(b"x-forwarded-host", b"").split(b",")[-1].strip()
        if host:
            corrected["headers"] = [(b"host", host), *((name, value) for name, value in kept if name != b"host")]
        return corrected

    def _client(self, chain: str, nearest: tuple[str, int]) -> tuple[str, int]:
        """The last address in the chain that is not a trusted proxy's: what stands before it anyone can write."""
        client = nearest
        for entry in reversed(chain.split(",")):
            address = _address(entry.strip())
            if address is None:
                break
            client = (str(address), 0)
            if not _within(address, self.trusted):
                break
        return client


def _as_ipv4(scope: Scope) -> Scope:
    """On a socket for both, IPv4 comes as ::ffff:192.0.2.7: one client must not have two names."""
    client = scope.get("client")
    if client is None or not client[0].startswith("::ffff:"):
        return scope
    return {**scope, "client": (str(_address(client[0]) or client[0]), client[1])}


def is_trusted(scope: Scope, trusted: Networks) -> bool:
    """Whether the connection itself comes from a trusted proxy."""
    client = scope.get("client")
    return bool(trusted) and client is not None and _is_within(client[0], trusted)


@lru_cache(maxsize=4096)
def _is_within(text: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    """Asked for each request, of the few proxies that connect."""
    address = _address(text)
    return address is not None and _within(address, networks)


def _within(address: IPv4Address | IPv6Address, networks: Networks) -> bool:
    return any(address in network for network in networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as it stands in X-Forwarded-For, where some proxies write a port behind it."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _scheme(said: bytes, scope: Scope) -> str:
    scheme: str = scope["scheme"]
    last = said.split(b",")[-1].strip().lower()
    if last not in (b"http", b"https"):
        return scheme
    secure = last == b"https"
    if scope["type"] == "websocket":
        return "wss" if secure else "ws"
    return "https" if secure else "http"

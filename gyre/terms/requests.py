"""What is known of a request beside what it asks for."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFacts:
    """Where a request came from, once the proxies that may speak for it were heard; all empty for a command."""

    request_id: str = ""
    address: str = ""
    user_agent: str = ""
    secure: bool = False

    @property
    def place(self) -> str:
        """What counts as one address: an IPv6 customer has a whole /64 to come from."""
        try:
            parsed = ip_address(self.address)
        except ValueError:
            return self.address
        if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
            return str(ip_network((parsed, 64), strict=False))
        return str(parsed)

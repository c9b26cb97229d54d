"""Which addresses an uploaded kubeconfig may lead to: never this machine, its link, or a cloud's metadata service.

The address is looked at when it is connected to, each time, so a name that resolves to another one later gains nothing.
"""

import socket
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

SETTING: Final = "GYRE_ALLOW_LOCAL_CLUSTERS=true"

_REFUSED: Mapping[IPv4Network | IPv6Network, str] = {
    ip_network(network): what
    for network, what in (
        ("0.0.0.0/8", "this machine itself"),
        ("127.0.0.0/8", "a loopback address"),
        ("169.254.0.0/16", "a link-local address, where clouds keep their metadata"),
        ("100.100.100.200/32", "a cloud's metadata service"),
        ("168.63.129.16/32", "a cloud's metadata service"),
        ("192.0.0.192/32", "a cloud's metadata service"),
        ("224.0.0.0/4", "no address of one machine"),
        ("255.255.255.255/32", "no address of one machine"),
        ("::/128", "this machine itself"),
        ("::1/128", "a loopback address"),
        ("fe80::/10", "a link-local address"),
        ("fd00:ec2::/32", "a cloud's metadata service"),
        ("fd20:ce::254/128", "a cloud's metadata service"),
        ("ff00::/8", "no address of one machine"),
    )
}

_HOLD_IPV4: Final = tuple(
    ip_network(network) for network in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")
)
"""What IPv6 addresses begin with whose last 32 bits are an IPv4 address."""

_6TO4: Final = IPv6Network("2002::/16")


class Forbidden(OSError):
    """A connection that was not begun."""

    def __init__(self, why: str) -> None:
        super().__init__(0, why)  # no number of the system's: the words are told as they are


def why_refused(address: str) -> str:
    """What this address is that nobody may lead Gyre to; empty for any other. ValueError for what is none."""
    found = ip_address(address.partition("%")[0])
    for one in (found, *_inside(found)):
        for network, what in _REFUSED.items():
            if one in network:
                return what
    return ""


def refusal(address: str, what: str) -> str:
    """Why a connection is refused, and how an operator allows it."""
    return f"{address} is {what}; the operator allows such clusters with {SETTING}"


def guarded_socket(address: tuple[Any, ...]) -> socket.socket:
    """A socket for an address as getaddrinfo gives it; Forbidden for one nobody may lead to."""
    family, kind, protocol, _, place = address
    what = why_refused(str(place[0]))
    if what:
        raise Forbidden(refusal(str(place[0]), what))
    return socket.socket(family, kind, protocol)


def _inside(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address stands for on some networks."""
    if isinstance(address, IPv4Address):
        return ()
    number = int(address)
    if any(address in network for network in _HOLD_IPV4):
        return (IPv4Address(number & 0xFFFFFFFF),)
    return (IPv4Address((number >> 80) & 0xFFFFFFFF),) if address in _6TO4 else ()

"""No uploaded kubeconfig leads to this machine, its link or a cloud's metadata, by address, by name, or later."""

import asyncio
import socket
from typing import Any

import pytest

from gyre.errors import ClusterUnreachable
from gyre.kube.client import Call, open_client
from gyre.kube.guarding import Forbidden, guarded_socket, why_refused
from gyre.kube.uploaded import FromUpload, Upload
from gyre.terms.naming import ClusterName
from tests.support.certificates import Authority
from tests.support.remote import server_tls
from tests.support.wire import answer, document, open_wire

pytestmark = pytest.mark.anyio

NAME = ClusterName("remote")
LOCAL = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",  # noqa: S104 # compared, not bound
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00:ec2::254",
    "fd20:ce::254",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
]
ELSEWHERE = ["10.0.0.1", "192.168.1.10", "172.16.0.1", "100.64.0.1", "203.0.113.7", "fd12:3456::1", "2001:db8::1"]


@pytest.mark.parametrize("address", LOCAL)
async def test_an_address_of_this_machine_its_link_or_metadata_is_refused(address: str) -> None:
    assert why_refused(address)


@pytest.mark.parametrize("address", ELSEWHERE)
async def test_any_other_address_is_not(address: str) -> None:
    assert why_refused(address) == ""


async def test_no_socket_is_made_for_a_refused_address() -> None:
    with pytest.raises(Forbidden, match=r"GYRE_ALLOW_LOCAL_CLUSTERS=true"):
        guarded_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443)))
    made = guarded_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("203.0.113.7", 443)))
    made.close()


def way_to(server: str, authority: Authority, *, local: bool = False) -> FromUpload:
    upload = Upload(server=server, context="there", authority=authority.certificate.decode(), token="t0ken")
    return FromUpload(upload, local=local)


LOOPBACK = "a loopback address; the operator allows such clusters"
NO_ADDRESS = "is not a canonical IPv4 address"


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("127.0.0.1", LOOPBACK),
        ("localhost", LOOPBACK),
        ("[::ffff:127.0.0.1]", LOOPBACK),
        ("127.1", NO_ADDRESS),
        ("0x7f000001", LOOPBACK),
        ("2130706433", NO_ADDRESS),
    ],
)
async def test_whatever_the_name_nothing_is_sent_to_this_machine_unless_the_operator_allows_it(
    host: str, said: str
) -> None:
    authority = Authority()
    async with open_wire(server_tls(authority)) as wire:
        async with open_client(way_to(f"https://{host}:{wire.port}", authority), cluster=NAME) as client:
            with pytest.raises(ClusterUnreachable, match=said):
                await client.ask(Call(path="/version"))
        assert wire.asked == []


async def test_it_is_reached_when_the_operator_allows_it() -> None:
    authority = Authority()
    async with open_wire(server_tls(authority)) as wire:
        wire.on("GET", "/version", document({"gitVersion": "v1"}))
        way = way_to(f"https://localhost:{wire.port}", authority, local=True)
        async with open_client(way, cluster=NAME) as client:
            assert await client.ask(Call(path="/version")) == b'{"gitVersion": "v1"}'


async def test_a_name_that_resolves_elsewhere_at_first_gains_nothing_by_resolving_here_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The names of the system are the wire here: what is looked up is answered by the test."""
    authority = Authority()
    answers = ["203.0.113.7", "127.0.0.1"]
    asked: list[str] = []

    async def looked_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        address = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    async with open_wire(server_tls(authority)) as wire:
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(loop, "getaddrinfo", looked_up)
        way = way_to(f"https://moving.example:{wire.port}", authority)
        for place, said in (("203.0.113.7", ""), ("127.0.0.1", "a loopback address")):
            async with open_client(way, cluster=NAME) as client:
                with pytest.raises(ClusterUnreachable) as refused:
                    await client.ask(Call(path="/version", seconds=0.5))
                assert said in refused.value.message, place
        assert wire.asked == []
        assert asked == ["moving.example", "moving.example"]


async def test_a_redirect_is_not_followed() -> None:
    authority = Authority()
    async with open_wire(server_tls(authority)) as wire:
        wire.on("GET", "/version", answer(302, b"", Location=f"https://127.0.0.1:{wire.port}/elsewhere"))
        way = way_to(f"https://127.0.0.1:{wire.port}", authority, local=True)
        async with open_client(way, cluster=NAME) as client:
            with pytest.raises(ClusterUnreachable):
                await client.ask(Call(path="/version"))
        assert [request.path for request in wire.asked] == ["/version"]


async def test_no_proxy_of_gyres_own_environment_stands_between(monkeypatch: pytest.MonkeyPatch) -> None:
    authority = Authority()
    async with open_wire(server_tls(authority)) as wire, open_wire() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        wire.on("GET", "/version", document({"gitVersion": "v1"}))
        way = way_to(f"https://127.0.0.1:{wire.port}", authority, local=True)
        async with open_client(way, cluster=NAME) as client:
            await client.ask(Call(path="/version"))
        assert proxy.asked == []


async def test_a_cluster_that_nobody_signed_for_is_not_trusted() -> None:
    async with open_wire(server_tls(Authority("another"))) as wire:
        way = way_to(f"https://127.0.0.1:{wire.port}", Authority(), local=True)
        async with open_client(way, cluster=NAME) as client:
            with pytest.raises(ClusterUnreachable, match="certificate verify failed"):
                await client.ask(Call(path="/version"))
        assert wire.asked == []

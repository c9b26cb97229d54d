"""Whom Gyre believes about who asks."""

from ipaddress import ip_network

import pytest

from tests.web.conftest import Ask

pytestmark = pytest.mark.anyio

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
SAID = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https", "x-forwarded-host": "gyre.example.com"}


async def test_without_trusted_proxies_the_headers_are_taken_away_and_not_believed(ask: Ask) -> None:
    async with ask(client="10.0.0.1") as gyre:
        seen = (await gyre.get("/echo", headers=SAID)).json()
    assert (seen["address"], seen["secure"], seen["host"], seen["forwarded"]) == ("10.0.0.1", False, "gyre.test", [])


async def test_a_trusted_proxy_says_who_asks_and_how(ask: Ask) -> None:
    async with ask(client="10.0.0.1", trusted_proxies=PROXIES) as gyre:
        seen = (await gyre.get("/echo", headers=SAID)).json()
    assert (seen["address"], seen["secure"], seen["host"]) == ("203.0.113.9", True, "gyre.example.com")
    assert seen["forwarded"] == []


@pytest.mark.parametrize(
    ("chain", "address"),
    [
        ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, junk", "10.0.0.1"),
        ("6.6.6.6, junk, 203.0.113.9", "203.0.113.9"),
        ("", "10.0.0.1"),
        (", ,", "10.0.0.1"),
    ],
)
async def test_the_last_address_that_is_not_a_proxys_counts(ask: Ask, chain: str, address: str) -> None:
    async with ask(client="10.0.0.1", trusted_proxies=PROXIES) as gyre:
        assert (await gyre.get("/echo", headers={"x-forwarded-for": chain})).json()["address"] == address


async def test_an_ipv4_client_on_a_socket_for_both_is_known_by_its_ipv4_address(ask: Ask) -> None:
    async with ask(client="::ffff:10.0.0.1", trusted_proxies=PROXIES) as gyre:
        assert (await gyre.get("/echo")).json()["address"] == "10.0.0.1"
        assert (await gyre.get("/echo", headers=SAID)).json()["address"] == "203.0.113.9"


async def test_the_scheme_of_the_public_url_holds_whatever_the_proxy_says(ask: Ask) -> None:
    async with ask(client="10.0.0.1", public_url="https://gyre.example.com") as gyre:
        answer = await gyre.get("/echo")
    assert answer.json()["secure"] is True
    assert "strict-transport-security" in answer.headers
    async with ask(client="10.0.0.1", public_url="http://gyre.lan", trusted_proxies=PROXIES) as gyre:
        assert (await gyre.get("/echo", headers=SAID)).json()["secure"] is False


async def test_only_what_the_nearest_proxy_says_of_scheme_and_host_counts(ask: Ask) -> None:
    said = {"x-forwarded-proto": "https, http", "x-forwarded-host": "evil.example, gyre.example.com"}
    async with ask(client="fd00::1", trusted_proxies=PROXIES) as gyre:
        seen = (await gyre.get("/echo", headers=said)).json()
    assert (seen["secure"], seen["host"]) == (False, "gyre.example.com")


async def test_a_request_is_named_by_a_trusted_proxy_or_by_us(ask: Ask) -> None:
    named = {"x-request-id": "abc-123-def-456"}
    async with ask(client="10.0.0.1", trusted_proxies=PROXIES) as gyre:
        answer = await gyre.get("/echo", headers=named)
        assert answer.headers["x-request-id"] == answer.json()["requestId"] == "abc-123-def-456"
        odd = await gyre.get("/echo", headers={"x-request-id": "a b"})
        assert len(odd.headers["x-request-id"]) == 32
    async with ask(client="192.0.2.7", trusted_proxies=PROXIES) as gyre:
        answer = await gyre.get("/echo", headers=named)
        assert answer.headers["x-request-id"] == answer.json()["requestId"] != "abc-123-def-456"

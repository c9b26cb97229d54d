"""Whose certificate a provider may have, and what is said at start of a file that cannot be used."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from gyre.auth.oidc.provider import Provider
from gyre.errors import BadSettings, ProviderUnavailable
from gyre.identity_providers import IdentityProvider
from tests.support.certificates import Authority
from tests.support.clocks import HandClock

pytestmark = pytest.mark.anyio


def configured(issuer: str, ca_file: Path | None) -> IdentityProvider:
    return IdentityProvider(id="acme", issuer=issuer, client_id="gyre", ca_file=str(ca_file) if ca_file else None)


@asynccontextmanager
async def over_tls(authority: Authority, folder: Path) -> AsyncIterator[str]:
    """A provider's metadata over https; the value is its issuer."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.server().write(folder, "server"))
    issuer = ""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        told = {name: f"{issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
        body = json.dumps({"issuer": issuer, **told}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        issuer = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield issuer


async def test_a_provider_is_believed_by_the_authority_that_its_own_file_names_alone(tmp_path: Path) -> None:
    ours, others = Authority("ours"), Authority("others")
    for name, authority in (("ours.pem", ours), ("others.pem", others)):
        (tmp_path / name).write_bytes(authority.certificate)
    async with over_tls(ours, tmp_path) as issuer:
        metadata = await Provider(configured(issuer, tmp_path / "ours.pem"), HandClock()).metadata()
        assert metadata["issuer"] == issuer
        for ca_file in (tmp_path / "others.pem", None):
            with pytest.raises(ProviderUnavailable) as refused:
                await Provider(configured(issuer, ca_file), HandClock()).metadata()
            assert "CERTIFICATE_VERIFY_FAILED" in refused.value.why


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
async def test_a_file_that_holds_no_authority_is_named_at_start(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(
        BadSettings, match=r"^GYRE_OIDC_PROVIDERS: provider 'acme': its caFile .*ca.pem cannot be used: "
    ):
        Provider(configured("https://sso.acme.test", path), HandClock())

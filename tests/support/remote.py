"""Clusters as someone uploads them: little ones over HTTPS, each with its token, and kubeconfigs for them."""

import base64
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.certificates import Authority
from tests.support.cluster import EVENTS, HELM_RELEASES, KUSTOMIZATIONS, LittleCluster, open_cluster

TOKEN = "the-secret-token-of-a-cluster"


@dataclass(frozen=True, slots=True)
class Remote:
    """A little cluster, and what opens it."""

    cluster: LittleCluster
    authority: Authority

    @property
    def server(self) -> str:
        return f"https://127.0.0.1:{self.cluster.port}"

    def kubeconfig(self, **more: Any) -> str:
        """A kubeconfig for it; `cluster`, `user` and `top` add to or replace parts of it."""
        return kubeconfig(self.server, self.authority.certificate, **more)


def kubeconfig(
    server: str,
    authority: bytes = b"",
    *,
    cluster: Mapping[str, Any] | None = None,
    user: Mapping[str, Any] | None = None,
    top: Mapping[str, Any] | None = None,
) -> str:
    """A kubeconfig with the context `there` for this address."""
    trust = {"certificate-authority-data": encoded(authority)} if authority else {}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "there",
        "contexts": [{"name": "there", "context": {"cluster": "it", "user": "me", "namespace": "flux-system"}}],
        "clusters": [{"name": "it", "cluster": {"server": server, **trust, **(cluster or {})}}],
        "users": [{"name": "me", "user": {"token": TOKEN} if user is None else dict(user)}],
        **(top or {}),
    }
    return json.dumps(document)


def encoded(pem: bytes) -> str:
    return base64.b64encode(pem).decode()


def server_tls(authority: Authority, *, asks_for_certificates: bool = False) -> ssl.SSLContext:
    """What a server of this authority presents."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:
        certificate, key = authority.server().write(Path(folder), "server")
        context.load_cert_chain(certificate, key)
    if asks_for_certificates:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=authority.certificate.decode())
    return context


@asynccontextmanager
async def open_remote(*, token: str = TOKEN, asks_for_certificates: bool = False) -> AsyncIterator[Remote]:
    """Serve one while inside."""
    authority = Authority()
    tls = server_tls(authority, asks_for_certificates=asks_for_certificates)
    async with open_cluster(KUSTOMIZATIONS, HELM_RELEASES, EVENTS, tls=tls, token=token) as cluster:
        yield Remote(cluster, authority)

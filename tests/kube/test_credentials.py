"""Credentials are read from wherever the operator keeps them, and again when they end, change or are refused."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gyre.errors import BadSettings, ClusterUnreachable, RefusedByCluster
from gyre.kube.access import InCluster, from_kubeconfig, in_cluster
from gyre.kube.client import Call, KubeClient, open_client
from gyre.kube.plugins import run_plugin
from tests.kube.conftest import CLUSTER, kubeconfig
from tests.support.certificates import Authority
from tests.support.clocks import TurnedClock
from tests.support.wire import Wire, answer, open_wire, status, stream

pytestmark = pytest.mark.anyio

ASK = Call(path="/x")
YES = answer(200, b"yes")
WHO_ARE_YOU = status(401, "Unauthorized", "Unauthorized")


def tokens(wire: Wire) -> list[str]:
    return [request.header("authorization") for request in wire.asked]


@pytest.fixture
async def with_token_file(wire: Wire, clock: TurnedClock, tmp_path: Path) -> AsyncIterator[tuple[KubeClient, Path]]:
    token = tmp_path / "token"
    token.write_text("first\n")
    access = kubeconfig(tmp_path / "kubeconfig", wire.url, "{tokenFile: token}")
    async with open_client(access, cluster=CLUSTER, clock=clock) as client:
        yield client, token


async def test_a_token_file_is_read_again_every_minute(
    wire: Wire, clock: TurnedClock, with_token_file: tuple[KubeClient, Path]
) -> None:
    client, token = with_token_file
    wire.on("GET", "/x", YES, YES, YES)

    await client.ask(ASK)
    token.write_text("second")
    await client.ask(ASK)
    await clock.sleep(61)
    await client.ask(ASK)

    assert tokens(wire) == ["Bearer first", "Bearer first", "Bearer second"]


async def test_a_refused_token_is_read_again_at_once(
    wire: Wire, clock: TurnedClock, with_token_file: tuple[KubeClient, Path]
) -> None:
    client, token = with_token_file
    wire.on("GET", "/x", YES, WHO_ARE_YOU, YES)

    await client.ask(ASK)
    token.write_text("second")
    await clock.sleep(6)

    assert await client.ask(ASK) == b"yes"
    assert tokens(wire) == ["Bearer first", "Bearer first", "Bearer second"]


async def test_a_token_that_is_refused_and_has_not_changed_is_the_clusters_refusal(
    wire: Wire, clock: TurnedClock, with_token_file: tuple[KubeClient, Path]
) -> None:
    client, _ = with_token_file
    wire.on("GET", "/x", YES, WHO_ARE_YOU, WHO_ARE_YOU)

    await client.ask(ASK)
    await clock.sleep(6)
    for _ in range(2):
        with pytest.raises(RefusedByCluster) as refused:
            await client.ask(ASK)

    assert refused.value.code == "REFUSED_BY_CLUSTER"
    assert refused.value.details["status"] == 401
    assert len(wire.asked) == 3


async def test_a_token_file_that_is_away_for_a_moment_leaves_the_token_from_before(
    wire: Wire, clock: TurnedClock, with_token_file: tuple[KubeClient, Path]
) -> None:
    client, token = with_token_file
    wire.on("GET", "/x", YES, YES)

    await client.ask(ASK)
    token.unlink()
    await clock.sleep(61)
    await client.ask(ASK)

    assert tokens(wire) == ["Bearer first", "Bearer first"]


async def test_calls_at_one_time_read_refused_credentials_once(
    wire: Wire, clock: TurnedClock, with_token_file: tuple[KubeClient, Path]
) -> None:
    client, token = with_token_file
    wire.on("GET", "/x", YES, *[WHO_ARE_YOU] * 5, *[YES] * 5)

    await client.ask(ASK)
    token.write_text("second")
    await clock.sleep(6)
    assert await asyncio.gather(*[client.ask(ASK) for _ in range(5)]) == [b"yes"] * 5

    assert tokens(wire) == ["Bearer first"] * 6 + ["Bearer second"] * 5


def plugin(folder: Path, script: str) -> str:
    """The user part of a kubeconfig whose plugin stands beside it and counts its runs."""
    path = folder / "plugin"
    path.write_text(f"#!/bin/sh\necho run >> {folder}/runs\n{script}\n")
    path.chmod(0o755)
    version = "client.authentication.k8s.io/v1"
    return f"{{exec: {{apiVersion: {version}, command: ./plugin, args: [one], env: [{{name: A, value: b}}]}}}}"


def credential(**status: str) -> str:
    """A script that answers so; `$1` and `$A` in it are the shell's."""
    said = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}
    return f"cat <<END\n{json.dumps(said)}\nEND"


async def test_an_exec_plugin_is_run_once_until_its_credential_ends(
    wire: Wire, clock: TurnedClock, tmp_path: Path
) -> None:
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    user = plugin(tmp_path, credential(token="$1-$A", expirationTimestamp=later))
    wire.on("GET", "/x", YES, YES)
    async with open_client(kubeconfig(tmp_path / "config", wire.url, user), cluster=CLUSTER, clock=clock) as client:
        await client.ask(ASK)
        await clock.sleep(120)
        await client.ask(ASK)

    assert tokens(wire) == ["Bearer one-b", "Bearer one-b"]
    assert (tmp_path / "runs").read_text() == "run\n"


async def test_an_exec_plugins_credential_that_has_ended_is_asked_for_again(
    wire: Wire, clock: TurnedClock, tmp_path: Path
) -> None:
    past = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    user = plugin(tmp_path, credential(token="short", expirationTimestamp=past))
    wire.on("GET", "/x", YES, YES)
    async with open_client(kubeconfig(tmp_path / "config", wire.url, user), cluster=CLUSTER, clock=clock) as client:
        await client.ask(ASK)
        await client.ask(ASK)

    assert (tmp_path / "runs").read_text() == "run\nrun\n"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("echo sorry >&2; exit 3", "ended with 3: sorry"),
        ("echo hello", "answered no ExecCredential"),
        (credential(), "answered neither a token nor a certificate"),
    ],
)
async def test_an_exec_plugin_that_fails_says_why(
    wire: Wire, clock: TurnedClock, tmp_path: Path, answer: str, words: str
) -> None:
    access = kubeconfig(tmp_path / "config", wire.url, plugin(tmp_path, answer))
    async with open_client(access, cluster=CLUSTER, clock=clock) as client:
        with pytest.raises(ClusterUnreachable, match=words):
            await client.ask(ASK)

    assert wire.asked == []


async def test_an_exec_plugin_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gyre.kube.plugins.LONGEST_RUN_SECONDS", 0.2)

    with pytest.raises(ClusterUnreachable, match="ran longer than"):
        await run_plugin({"command": "sleep", "args": ["60"]}, tmp_path)


@pytest.mark.parametrize("settings", [{}, {"command": ""}, {"command": "/there/is/no/such"}])
async def test_an_exec_plugin_that_can_not_be_run_says_so(tmp_path: Path, settings: dict[str, str]) -> None:
    with pytest.raises(ClusterUnreachable, match=r"names no command|can't be run"):
        await run_plugin(settings, tmp_path)


async def test_the_pods_account_is_used_and_its_token_read_again(
    clock: TurnedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority()
    async with open_wire(server_tls(authority, tmp_path)) as wire:
        monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "127.0.0.1")
        monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(wire.port))
        (tmp_path / "ca.crt").write_bytes(authority.certificate)
        (tmp_path / "token").write_text("first\n")
        wire.on("GET", "/x", YES, YES)
        async with open_client(InCluster(tmp_path), cluster=CLUSTER, clock=clock) as client:
            await client.ask(ASK)
            (tmp_path / "token").write_text("second\n")
            await clock.sleep(61)
            await client.ask(ASK)

        assert tokens(wire) == ["Bearer first", "Bearer second"]


def test_outside_a_pod_there_is_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)

    with pytest.raises(BadSettings, match="KUBERNETES_SERVICE_HOST"):
        in_cluster()


def server_tls(authority: Authority, folder: Path, *, clients: bool = False) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*authority.server("gyre.example.dev").write(folder / "server", "server"))
    if clients:
        context.load_verify_locations(cadata=authority.certificate.decode())
        context.verify_mode = ssl.CERT_REQUIRED
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # Python 3.13's default; a Kubernetes API is Go's, without it
    return context


def tls_kubeconfig(folder: Path, url: str, cluster: str = "") -> Path:
    path = folder / "kubeconfig"
    path.write_text(f"""
current-context: here
contexts: [{{name: here, context: {{cluster: there, user: me}}}}]
clusters: [{{name: there, cluster: {{server: "{url}", certificate-authority: ca.crt{cluster}}}}}]
users: [{{name: me, user: {{client-certificate: ann.crt, client-key: ann.key}}}}]
""")
    return path


async def test_a_renewed_client_certificate_is_used_and_running_calls_end_in_peace(
    clock: TurnedClock, tmp_path: Path
) -> None:
    authority = Authority()
    (tmp_path / "ca.crt").write_bytes(authority.certificate)
    authority.client("ann").write(tmp_path, "ann")
    go_on = asyncio.Event()
    async with open_wire(server_tls(authority, tmp_path, clients=True)) as wire:
        wire.on("GET", "/x", YES)
        wire.on("GET", "/long", stream(b"beginning\n", after=go_on))
        access = from_kubeconfig(tls_kubeconfig(tmp_path, wire.url))
        async with (
            open_client(access, cluster=CLUSTER, clock=clock) as client,
            client.stream(Call(path="/long"), idle_seconds=5) as pieces,
        ):
            assert await anext(pieces) == b"beginning\n"
            authority.client("ann").write(tmp_path, "ann")
            await clock.sleep(61)
            assert await client.ask(ASK) == b"yes"
            go_on.set()
            assert [piece async for piece in pieces] == []


async def test_a_server_of_another_authority_is_not_spoken_to(clock: TurnedClock, tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_bytes(Authority().certificate)
    authority = Authority()
    authority.client("ann").write(tmp_path, "ann")
    async with open_wire(server_tls(authority, tmp_path)) as wire:
        access = from_kubeconfig(tls_kubeconfig(tmp_path, wire.url))
        async with open_client(access, cluster=CLUSTER, clock=clock) as client:
            with pytest.raises(ClusterUnreachable, match="certificate verify failed"):
                await client.ask(ASK)
        assert wire.asked == []


async def test_a_cluster_made_anew_elsewhere_is_found_by_its_kubeconfig_within_seconds(
    clock: TurnedClock, tmp_path: Path
) -> None:
    before, after = Authority(), Authority()
    before.client("ann").write(tmp_path, "ann")
    async with open_wire(server_tls(before, tmp_path)) as old:
        (tmp_path / "ca.crt").write_bytes(before.certificate)
        access = from_kubeconfig(tls_kubeconfig(tmp_path, old.url))
    async with open_wire(server_tls(after, tmp_path)) as new:
        new.on("GET", "/x", YES)
        async with open_client(access, cluster=CLUSTER, clock=clock) as client:
            with pytest.raises(ClusterUnreachable, match="can't be reached"):
                await client.ask(ASK)
            tls_kubeconfig(tmp_path, new.url)
            await clock.sleep(6)
            with pytest.raises(ClusterUnreachable, match="certificate verify failed"):
                await client.ask(ASK)
            (tmp_path / "ca.crt").write_bytes(after.certificate)
            await clock.sleep(6)
            assert await client.ask(ASK) == b"yes"


async def test_the_servers_name_can_be_given(clock: TurnedClock, tmp_path: Path) -> None:
    authority = Authority()
    (tmp_path / "ca.crt").write_bytes(authority.certificate)
    authority.client("ann").write(tmp_path, "ann")
    async with open_wire(server_tls(authority, tmp_path)) as wire:
        wire.on("GET", "/x", YES)
        for name, problem in (("gyre.example.dev", ""), ("other.example.dev", "Hostname mismatch")):
            access = from_kubeconfig(tls_kubeconfig(tmp_path, wire.url, f", tls-server-name: {name}"))
            async with open_client(access, cluster=CLUSTER, clock=clock) as client:
                with pytest.raises(ClusterUnreachable, match=problem) if problem else nullcontext():
                    assert await client.ask(ASK) == b"yes"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no kubeconfig at"),
        ("{{{", "can't be read"),
        ("[]", "can't be read"),
        ("apiVersion: v1", "can't be used"),
        ("current-context: gone\ncontexts: []", "can't be used"),
    ],
)
async def test_a_kubeconfig_that_makes_no_sense_says_so(tmp_path: Path, content: str | None, words: str) -> None:
    path = tmp_path / "config"
    if content is not None:
        path.write_text(content)
    async with open_client(from_kubeconfig(path), cluster=CLUSTER) as client:
        with pytest.raises(ClusterUnreachable, match=words):
            await client.ask(ASK)


async def test_another_context_can_be_chosen(wire: Wire, tmp_path: Path) -> None:
    path = tmp_path / "config"
    path.write_text(f"""
current-context: gone
contexts: [{{name: other, context: {{cluster: there, user: me}}}}]
clusters: [{{name: there, cluster: {{server: "{wire.url}"}}}}]
users: [{{name: me, user: {{token: t}}}}]
""")
    wire.on("GET", "/x", YES)
    async with open_client(from_kubeconfig(path, "other"), cluster=CLUSTER) as client:
        assert await client.ask(ASK) == b"yes"

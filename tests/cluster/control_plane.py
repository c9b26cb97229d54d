"""A real etcd and kube-apiserver on free ports of loopback: certificates, RBAC and audit log as in a cluster.

Flux's controllers are not here; nor is anything that Gyre does with it all.
"""

import json
import ssl
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.cluster.programs import Program, free_port
from tests.support.certificates import DAY, Authority, signing_key

ISSUER = "https://kubernetes.default.svc"
AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata"}],
}


@dataclass(frozen=True)
class Audited:
    """One request, as the API server's audit log has it."""

    user: str
    verb: str
    path: str
    code: int
    stage: str

    @property
    def resource(self) -> str:
        """The path without its query."""
        return self.path.partition("?")[0]


class ControlPlane:
    """etcd and an API server with their files in one folder."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self.programs = programs
        self.folder = folder
        self.authority = Authority("kubernetes")
        self.service_account_key, public = signing_key()
        self.port, self.etcd_port, self._peer_port = free_port(), free_port(), free_port()
        self.audit_log = folder / "audit.log"
        (folder / "ca.crt").write_bytes(self.authority.certificate)
        (folder / "sa.key").write_bytes(self.service_account_key)
        (folder / "sa.pub").write_bytes(public)
        (folder / "audit.yaml").write_text(json.dumps(AUDIT_POLICY))
        self.authority.server().write(folder, "server")
        self._probe = ssl.create_default_context(cafile=str(folder / "ca.crt"))
        self._probe.load_cert_chain(*self.authority.client("probe", "system:masters").write(folder, "probe"))
        self.admin = self.kubeconfig("admin", "system:masters")
        self.etcd = Program(self._etcd_command(), folder / "etcd.log")
        self.api_server = Program(self.api_server_command(self.port), folder / "kube-apiserver.log")

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.etcd.start(self._etcd_ready)
        self.api_server.start(self.ready)

    def stop(self) -> None:
        self.api_server.stop()
        self.etcd.stop()

    def restart_api_server(self) -> None:
        """Kill it as a failing machine would, and start it again on the same data."""
        self.api_server.kill()
        self.api_server.start(self.ready)

    def kubeconfig(
        self, user: str, *groups: str, port: int | None = None, valid: timedelta = DAY, name: str = ""
    ) -> Path:
        """A kubeconfig with a client certificate of this user, for the API server or a proxy before it."""
        issued = self.authority.client(user, *groups, valid=valid)
        keys = {"client-certificate-data": issued.certificate, "client-key-data": issued.key}
        return self.kubeconfig_of(
            name or user, {field: b64encode(pem).decode() for field, pem in keys.items()}, port=port
        )

    def kubeconfig_of(self, name: str, credentials: dict[str, str], *, port: int | None = None) -> Path:
        """A kubeconfig with these credentials."""
        cluster = {
            "server": f"https://127.0.0.1:{port or self.port}",
            "certificate-authority-data": b64encode(self.authority.certificate).decode(),
        }
        path = self.folder / f"{name}.kubeconfig"
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "real",
            "contexts": [{"name": "real", "context": {"cluster": "real", "user": name}}],
            "clusters": [{"name": "real", "cluster": cluster}],
            "users": [{"name": name, "user": credentials}],
        }
        path.write_text(json.dumps(document))
        return path

    def audited(self, user: str) -> list[Audited]:
        """What this user asked so far, each request once."""
        return [
            Audited(user, entry["verb"], entry["requestURI"], entry["responseStatus"]["code"], entry["stage"])
            for entry in self.logged(user)
            if _is_first_of(entry)
        ]

    def logged(self, user: str) -> list[dict[str, Any]]:
        """What the audit log has of this user by now, whoever's name they used; it is written behind the answers."""
        lines = self.audit_log.read_bytes().rpartition(b"\n")[0].splitlines()  # the last may be half written
        entries = [json.loads(line) for line in lines if user.encode() in line]
        return [entry for entry in entries if entry["user"].get("username") == user]

    def compact(self) -> None:
        """Let etcd forget everything but the present."""
        now = int(self._etcd("kv/range", {"key": b64encode(b"x").decode()})["header"]["revision"])
        self._etcd("kv/compaction", {"revision": now, "physical": True})

    def ready(self) -> bool:
        """Whether the API server says so itself."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", context=self._probe, timeout=2) as answer:  # noqa: S310  # https
                return bool(answer.status == 200)
        except OSError:
            return False

    @contextmanager
    def controller_manager(self) -> Iterator[None]:
        """Kubernetes' own controllers: namespaces end, owned objects go with their owners."""
        port = free_port()
        command = [
            str(self.programs / "kube-controller-manager"),
            f"--kubeconfig={self.admin}",
            "--leader-elect=false",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            f"--cert-dir={self.folder / 'controller-manager'}",
            "--controllers=namespace-controller,garbage-collector-controller,serviceaccount-controller",
            "--authorization-always-allow-paths=/healthz",
        ]
        program = Program(command, self.folder / "kube-controller-manager.log")
        program.start(lambda: self._answers(f"https://127.0.0.1:{port}/healthz"))
        try:
            yield
        finally:
            program.stop()

    def _answers(self, url: str) -> bool:
        """Whether something serves there; its certificate is its own."""
        anyone = ssl.create_default_context()
        anyone.check_hostname = False
        anyone.verify_mode = ssl.CERT_NONE
        try:
            with urllib.request.urlopen(url, context=anyone, timeout=2) as answer:  # noqa: S310  # loopback
                return bool(answer.status == 200)
        except OSError:
            return False

    def _etcd_ready(self) -> bool:
        return self._answers(f"http://127.0.0.1:{self.etcd_port}/readyz")

    def _etcd(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.etcd_port}/v3/{path}"
        with urllib.request.urlopen(urllib.request.Request(url, data=json.dumps(asked).encode()), timeout=10) as answer:
            value: dict[str, Any] = json.load(answer)
            return value

    def _etcd_command(self) -> list[str]:
        client, peer = f"http://127.0.0.1:{self.etcd_port}", f"http://127.0.0.1:{self._peer_port}"
        return [
            str(self.programs / "etcd"),
            f"--data-dir={self.folder / 'etcd'}",
            "--unsafe-no-fsync",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--log-level=warn",
        ]

    def api_server_command(self, port: int, *more: str) -> list[str]:
        """The command of an API server on this port."""
        folder = self.folder
        return [
            str(self.programs / "kube-apiserver"),
            f"--etcd-servers=http://127.0.0.1:{self.etcd_port}",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            f"--tls-cert-file={folder / 'server.crt'}",
            f"--tls-private-key-file={folder / 'server.key'}",
            f"--client-ca-file={folder / 'ca.crt'}",
            f"--service-account-key-file={folder / 'sa.pub'}",
            f"--service-account-signing-key-file={folder / 'sa.key'}",
            f"--service-account-issuer={ISSUER}",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.0.0.0/24",
            f"--audit-policy-file={folder / 'audit.yaml'}",
            f"--audit-log-path={self.audit_log}",
            f"--cert-dir={folder}",
            "--endpoint-reconciler-type=none",
            "--delete-collection-workers=8",  # thousands of objects go in seconds
            *more,
        ]


@contextmanager
def open_control_plane(programs: Path, folder: Path) -> Iterator[ControlPlane]:
    """A control plane that runs while inside."""
    plane = ControlPlane(programs, folder)
    try:
        plane.start()
        yield plane
    finally:
        plane.stop()


def _is_first_of(entry: dict[str, Any]) -> bool:
    """A watch is logged when it begins and when it ends; everything else once."""
    return "responseStatus" in entry and (entry["stage"] == "ResponseStarted" or entry["verb"] != "watch")

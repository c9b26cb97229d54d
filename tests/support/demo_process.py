"""The embedded cluster as `gyre demo` runs it, a process that tests may kill, freeze and start again at one address."""

import asyncio
import base64
import json
import signal
import socket
import ssl
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import httpx2
import yaml

from gyre.kube.access import FromKubeconfig, from_kubeconfig
from gyre.terms.naming import Ref
from tests.support.stopping import stop

MERGE_PATCH = "application/merge-patch+json"
READY_SECONDS = 60


class DemoProcess:
    """One cluster on a port of its own. Each start has new certificates, a new token and the story from its start."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: Process | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])

    @property
    def kubeconfig(self) -> Path:
        return self.folder / "kubeconfig"

    @property
    def access(self) -> FromKubeconfig:
        return from_kubeconfig(self.kubeconfig)

    async def start(self) -> None:
        command = [sys.executable, "-m", "gyre.demo", "--with-parent", "--folder", str(self.folder)]
        self._process = await asyncio.create_subprocess_exec(
            *command, "--port", str(self.port), stdin=PIPE, stdout=PIPE, stderr=DEVNULL
        )
        assert self._process.stdout is not None
        told = json.loads(await asyncio.wait_for(self._process.stdout.readline(), READY_SECONDS))
        assert told["server"] == f"https://127.0.0.1:{self.port}"

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        await self._process.wait()
        self._process = None

    def freeze(self) -> None:
        """It holds its connections, takes new ones, and says nothing."""
        assert self._process is not None
        stop(self._process.pid)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    async def close(self) -> None:
        if self._process is not None:
            self._process.terminate()
            await self._process.wait()

    @asynccontextmanager
    async def kubectl(self) -> AsyncIterator["Kubectl"]:
        """A client with nothing but the kubeconfig, as any of the operator's tools is."""
        config = yaml.safe_load(self.kubeconfig.read_text())
        cluster, token = config["clusters"][0]["cluster"], config["users"][0]["user"]["token"]
        trust = ssl.create_default_context(cadata=base64.b64decode(cluster["certificate-authority-data"]).decode())
        headers = {"authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(
            base_url=cluster["server"], verify=trust, headers=headers, trust_env=False, timeout=20
        ) as http:
            yield Kubectl(http)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class Kubectl:
    """What an operator does beside Gyre."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http

    async def get(self, ref: Ref, version: str = "v1") -> dict[str, Any]:
        answer = await self._http.get(_path(ref, version))
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def patch(self, ref: Ref, patch: dict[str, Any], version: str = "v1") -> dict[str, Any]:
        content = json.dumps(patch).encode()
        answer = await self._http.patch(_path(ref, version), content=content, headers={"content-type": MERGE_PATCH})
        assert answer.status_code == 200, answer.text
        return answer.json()  # type: ignore[no-any-return]

    async def annotate(self, ref: Ref, **annotations: str) -> dict[str, Any]:
        return await self.patch(ref, {"metadata": {"annotations": annotations}})


def _path(ref: Ref, version: str) -> str:
    return f"/apis/{ref.kind.group}/{version}/namespaces/{ref.namespace}/{ref.kind.plural}/{ref.name}"

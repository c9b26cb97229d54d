"""kubectl on the embedded cluster and on a real API server: the same commands do the same and say the same."""

import asyncio
import json
import os
import re
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gyre.demo.embedded import Embedded, start_embedded
from tests.cluster.control_plane import ControlPlane

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]

KIND = "bucket.source.toolkit.fluxcd.io"
NOT_THERE = 'Error from server (NotFound): buckets.source.toolkit.fluxcd.io "mine" not found\n'
DESCRIBED = """Name:         mine
Namespace:    {namespace}
Labels:       <none>
Annotations:  <none>
API Version:  source.toolkit.fluxcd.io/v1
Kind:         Bucket
Metadata:
  Creation Timestamp:  …
  Generation:          1
  Resource Version:    …
  UID:                 …
Spec:
  Bucket Name:  mine
  Endpoint:     s3.example.dev
  Interval:     1h
  Provider:     generic
  Suspend:      true
  Timeout:      60s
Status:
  Observed Generation:  -1
Events:                 <none>
"""


@dataclass
class Kubectl:
    """The program, on one namespace of one cluster."""

    program: Path
    kubeconfig: Path
    namespace: str
    folder: Path

    async def says(self, *arguments: str, **more: str) -> str:
        """What it prints when it does it."""
        code, printed, complained = await self._run(*arguments, **more)
        assert (code, complained) == (0, "")
        return printed

    async def refuses(self, *arguments: str, **more: str) -> str:
        """What it complains of when it does not."""
        code, printed, complained = await self._run(*arguments, **more)
        assert (code, printed) == (1, "")
        return complained

    async def reads(self) -> dict[str, Any]:
        """The bucket as it is."""
        document: dict[str, Any] = json.loads(await self.says("get", "bucket", "mine", "--output=json"))
        return document

    async def _run(self, *arguments: str, written: str = "", editor: str = "false") -> tuple[int | None, str, str]:
        fixed = (f"--kubeconfig={self.kubeconfig}", f"--cache-dir={self.folder}", f"--namespace={self.namespace}")
        running = await asyncio.create_subprocess_exec(
            str(self.program),
            *fixed,
            *arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env={**os.environ, "KUBE_EDITOR": editor},
        )
        printed, complained = await running.communicate(written.encode())
        return running.returncode, printed.decode(), complained.decode()


@pytest.fixture(scope="module")
async def embedded(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Embedded]:
    async with start_embedded(tmp_path_factory.mktemp("demo")) as embedded:
        yield embedded


@pytest.fixture(params=["embedded", "real"])
async def kubectl(
    request: pytest.FixtureRequest, programs: Path, plane: ControlPlane, embedded: Embedded, tmp_path: Path
) -> AsyncIterator[Kubectl]:
    """In a namespace of the test's own, which is left without buckets."""
    kubeconfig = embedded.kubeconfig if request.param == "embedded" else plane.admin
    kubectl = Kubectl(programs / "kubectl", kubeconfig, f"t-{uuid4().hex[:10]}", tmp_path)
    made = await kubectl.says("create", "namespace", kubectl.namespace)
    assert made == f"namespace/{kubectl.namespace} created\n"
    yield kubectl
    await kubectl.says("delete", "buckets", "--all")


def manifest(**spec: Any) -> str:
    """A bucket that no controller looks at."""
    wanted = {"bucketName": "mine", "endpoint": "s3.example.dev", "interval": "1h", "suspend": True, **spec}
    return json.dumps(
        {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "Bucket", "metadata": {"name": "mine"}, "spec": wanted}
    )


async def test_what_is_applied_is_shown_described_and_deleted(kubectl: Kubectl) -> None:
    apply = ("apply", "--filename=-")
    assert await kubectl.says(*apply, written=manifest()) == f"{KIND}/mine created\n"
    assert await kubectl.says(*apply, written=manifest()) == f"{KIND}/mine unchanged\n"

    header, row = (await kubectl.says("get", "buckets")).splitlines()
    assert header.split() == ["NAME", "ENDPOINT", "AGE", "READY", "STATUS"]
    assert row.split()[:2] == ["mine", "s3.example.dev"]
    described = await kubectl.says("describe", "bucket", "mine")
    hidden = re.sub(r"((?:Creation Timestamp|Resource Version|UID): +)\S+", r"\1…", described)
    assert hidden == DESCRIBED.format(namespace=kubectl.namespace)

    assert await kubectl.says(*apply, written=manifest(interval="2h")) == f"{KIND}/mine configured\n"
    changed = await kubectl.reads()
    assert (changed["spec"]["interval"], changed["metadata"]["generation"]) == ("2h", 2)
    assert (
        await kubectl.says("delete", "bucket", "mine") == f'{KIND} "mine" deleted from {kubectl.namespace} namespace\n'
    )
    assert await kubectl.refuses("get", "bucket", "mine") == NOT_THERE
    assert await kubectl.refuses("delete", "bucket", "mine") == NOT_THERE


async def test_what_is_annotated_patched_and_edited_is_so_and_what_is_refused_is_not(kubectl: Kubectl) -> None:
    await kubectl.says("create", "--filename=-", written=manifest())
    assert await kubectl.says("annotate", "bucket", "mine", "note=one") == f"{KIND}/mine annotated\n"
    assert (await kubectl.reads())["metadata"]["annotations"] == {"note": "one"}
    merge = ("patch", "bucket", "mine", "--type=merge", "--patch")
    assert await kubectl.says(*merge, '{"spec":{"interval":"5m"}}') == f"{KIND}/mine patched\n"
    steps = '[{"op":"remove","path":"/metadata/annotations/note"}]'
    assert await kubectl.says("patch", "bucket", "mine", "--type=json", "--patch", steps) == f"{KIND}/mine patched\n"
    edited = await kubectl.says("edit", "bucket", "mine", editor="sed -i s/s3.example.dev/s3.example.org/")
    assert edited == f"{KIND}/mine edited\n"

    now = await kubectl.reads()
    assert "annotations" not in now["metadata"]
    assert (now["spec"]["interval"], now["spec"]["endpoint"]) == ("5m", "s3.example.org")
    assert await kubectl.refuses(*merge, '{"spec":{"interval":"soon"}}') == (
        'The Bucket "mine" is invalid: spec.interval: Invalid value: "soon": spec.interval in body should match '
        r"'^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$'" + "\n"
    )
    assert await kubectl.refuses("create", "--filename=-", written=manifest()) == (
        'Error from server (AlreadyExists): error when creating "STDIN": buckets.source.toolkit.fluxcd.io "mine" '
        "already exists\n"
    )
    assert await kubectl.reads() == now


async def test_a_field_of_someone_else_is_a_conflict_until_it_is_taken_over(kubectl: Kubectl) -> None:
    apply = ("apply", "--server-side", "--filename=-")
    assert await kubectl.says(*apply, written=manifest()) == f"{KIND}/mine serverside-applied\n"
    await kubectl.says("patch", "bucket", "mine", "--type=merge", '--patch={"spec":{"interval":"5m"}}')

    refused = await kubectl.refuses(*apply, written=manifest())
    assert refused.splitlines()[0] == (
        'error: Apply failed with 1 conflict: conflict with "kubectl-patch" using source.toolkit.fluxcd.io/v1: '
        ".spec.interval"
    )
    assert (await kubectl.reads())["spec"]["interval"] == "5m"
    taken = await kubectl.says(*apply, "--force-conflicts", written=manifest())
    assert taken == f"{KIND}/mine serverside-applied\n"
    assert (await kubectl.reads())["spec"]["interval"] == "1h"

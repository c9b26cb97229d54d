"""Whose cluster the contract suite writes to: only one of which somebody said that it may."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from gyre.demo.embedded import start_embedded
from tests.contract.api import Credentials

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2]
A_TEST = "tests/contract/test_reading.py"
WATCHED = (
    "/api/v1/namespaces",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
)


@pytest.fixture(scope="module")
async def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """That of a cluster which the suite below did not start."""
    async with start_embedded(tmp_path_factory.mktemp("another")) as embedded:
        yield embedded.kubeconfig


async def ask(kubeconfig: Path, path: str) -> dict[str, object]:
    credentials = Credentials.read(kubeconfig)
    headers = {"authorization": f"Bearer {credentials.token}"}
    async with httpx2.AsyncClient(verify=credentials.trust, headers=headers, trust_env=False) as http:
        document: dict[str, object] = (await http.get(f"{credentials.server}{path}")).json()
        return document


async def names(kubeconfig: Path) -> list[str]:
    """What the suite would have made."""
    found: list[str] = []
    for path in WATCHED:
        items = (await ask(kubeconfig, path))["items"]
        assert isinstance(items, list)
        found += [item["metadata"]["name"] for item in items]
    return sorted(found)


async def run_the_suite(kubeconfig: Path, leave: str | None) -> tuple[int, str]:
    """Exit code and output of one of its tests against that cluster."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("GYRE_", "COV_", "PYTEST"))
    }
    environment["GYRE_CONTRACT_KUBECONFIG"] = str(kubeconfig)
    if leave is not None:
        environment["GYRE_TEST_CLUSTER_DISPOSABLE"] = leave
    command = (
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-m",
        "cluster",
        "-k",
        "real and what_is_not_there_is_said",
        A_TEST,
    )
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    return process.returncode or 0, output.decode()


@pytest.mark.parametrize("leave", [None, "6ba7b810-9dad-11d1-80b4-00c04fd430c8"])
async def test_a_cluster_is_not_written_to_unless_it_is_named_as_one_that_may_be_lost(
    kubeconfig: Path, leave: str | None
) -> None:
    before = await names(kubeconfig)
    identity = await ask(kubeconfig, "/api/v1/namespaces/kube-system")
    metadata = identity["metadata"]
    assert isinstance(metadata, dict)

    code, output = await run_the_suite(kubeconfig, leave)

    assert code == pytest.ExitCode.USAGE_ERROR
    assert f"set GYRE_TEST_CLUSTER_DISPOSABLE={metadata['uid']} " in output
    assert (
        f"GYRE_TEST_CLUSTER_DISPOSABLE is {leave!r}" if leave else "GYRE_TEST_CLUSTER_DISPOSABLE is not set"
    ) in output
    assert "passed" not in output
    assert await names(kubeconfig) == before


async def test_a_cluster_that_is_named_is_written_to(kubeconfig: Path) -> None:
    identity = await ask(kubeconfig, "/api/v1/namespaces/kube-system")
    metadata = identity["metadata"]
    assert isinstance(metadata, dict)

    code, output = await run_the_suite(kubeconfig, metadata["uid"])

    assert (code, "1 passed" in output) == (0, True), output

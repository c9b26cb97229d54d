"""A cluster named by GYRE_TEST_KUBECONFIG is only read, by that cluster's own audit log."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from gyre.kube.client import KubeClient
from tests.cluster.control_plane import ControlPlane
from tests.cluster.granting import grant
from tests.cluster.writing import BUCKETS, Writer, bucket
from tests.support.access_page import roles

pytestmark = [pytest.mark.cluster, pytest.mark.anyio]

ROOT = Path(__file__).parents[2]
LOGGED_SECONDS = 30


async def test_a_cluster_of_ones_own_is_never_written(
    plane: ControlPlane, admin: KubeClient, definitions: list[str], namespace: str, user: str
) -> None:
    await Writer(admin, BUCKETS, namespace).create(bucket("a"))
    await grant(admin, user, *roles()["gyre-reads"])
    tests = [sys.executable, "-m", "pytest", "-q", "-m", "cluster", "tests/cluster/test_own_cluster.py"]
    variables = {**os.environ, "GYRE_TEST_KUBECONFIG": str(plane.kubeconfig(user))}

    run = await asyncio.create_subprocess_exec(*tests, cwd=ROOT, env=variables, stdout=PIPE, stderr=STDOUT)
    said = (await run.communicate())[0].decode()

    assert run.returncode == 0, said
    assert said.splitlines()[-1].startswith("3 passed in "), said
    async with asyncio.timeout(LOGGED_SECONDS):
        while not set(definitions) <= watched(plane, user):  # noqa: ASYNC110  # the audit log is written behind
            await asyncio.sleep(0.1)
    assert {it.verb for it in plane.audited(user)} == {"get", "list", "watch"}


def watched(plane: ControlPlane, user: str) -> set[str]:
    """The kinds that this user watched so far, as their definitions are called."""
    paths = [it.resource.split("/") for it in plane.audited(user) if it.verb == "watch"]
    return {f"{plural}.{group}" for _, _, group, _, plural in paths}

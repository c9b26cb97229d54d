"""`gyre serve`, as an operator starts it, with the kubeconfig of a real cluster."""

import time
from pathlib import Path

import httpx2
import pytest

from gyre.kube.client import KubeClient
from tests.cluster.control_plane import ControlPlane
from tests.cluster.writing import BUCKETS, Writer, bucket
from tests.support.answers import look_at
from tests.support.gyre_process import started

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]

PASSWORD = "correct-horse-battery-1"


def listed(http: httpx2.Client, namespace: str) -> list[str]:
    answer = http.get("/api/flux/buckets", params={"namespace": namespace})
    return [one["metadata"]["name"] for one in answer.json().get("resources", [])]


async def test_gyre_serve_shows_the_cluster_of_a_kubeconfig(
    plane: ControlPlane, admin: KubeClient, namespace: str, tmp_path: Path
) -> None:
    writer = Writer(admin, BUCKETS, namespace)
    await writer.create(bucket("before"))
    variables = {"KUBECONFIG": str(plane.admin), "GYRE_ADMIN_PASSWORD": PASSWORD}
    looked_at = {"response": [look_at]}
    with (
        started("serve", data=tmp_path, **variables) as serve,
        httpx2.Client(base_url=serve.url, event_hooks=looked_at) as http,
    ):
        signed_in = http.post("/api/auth/login", json={"username": "admin", "password": PASSWORD})
        assert signed_in.status_code == 200
        assert http.get("/readyz").json() == {"status": "ready"}
        deadline = time.monotonic() + 30
        while listed(http, namespace) != ["before"] and time.monotonic() < deadline:
            time.sleep(0.1)  # noqa: ASYNC251  nothing else runs in this test
        await writer.create(bucket("behind"))
        while listed(http, namespace) != ["before", "behind"] and time.monotonic() < deadline:
            time.sleep(0.1)  # noqa: ASYNC251
        assert listed(http, namespace) == ["before", "behind"]
        health = http.get("/api/health").json()
        assert (health["status"], health["clusters"]) == ("healthy", [{"name": "default", "connected": True}])

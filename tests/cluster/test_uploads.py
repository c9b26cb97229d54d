"""Clusters added by upload on a real API server: with a client certificate, with a token, and refused in its words."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from gyre.kube.access import from_kubeconfig
from gyre.kube.client import Call, KubeClient
from tests.cluster.control_plane import ControlPlane
from tests.cluster.granting import grant
from tests.cluster.program import open_program
from tests.cluster.writing import BUCKETS, Writer, bucket
from tests.support.access_page import roles
from tests.support.graphql import Signed

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]

ADD = """mutation($name: String!, $kubeconfig: String!) {
  addCluster(input: {name: $name, kubeconfig: $kubeconfig}) {
    cluster { registration { test { worked message } } } errors { code message }
  }
}"""
ROWS = """query($namespace: String!, $cluster: String!) {
  resources(filter: {kinds: ["buckets"], namespaces: [$namespace], clusters: [$cluster]}) { nodes { name } }
}"""


def read(path: Path) -> str:
    return path.read_text()


async def add(admin: Signed, name: str, kubeconfig: str) -> dict[str, Any]:
    """The answer to an upload."""
    answer = await admin.data(ADD, name=name, kubeconfig=kubeconfig)
    return answer["addCluster"]  # type: ignore[no-any-return]


async def account(admin: KubeClient, namespace: str) -> str:
    """A token of a new service account."""
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    made: dict[str, Any] = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "gyre"}}
    await admin.ask(Call(path=path, method="POST", body=json.dumps(made).encode()))
    asked = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
    answer = await admin.ask(Call(path=f"{path}/gyre/token", method="POST", body=json.dumps(asked).encode()))
    return str(json.loads(answer)["status"]["token"])


async def test_an_uploaded_certificate_or_token_opens_the_cluster_and_what_opens_nothing_is_told(
    plane: ControlPlane, admin: KubeClient, namespace: str, user: str, tmp_path: Path
) -> None:
    await Writer(admin, BUCKETS, namespace).create(bucket("a"))
    token = await account(admin, namespace)
    await grant(admin, user, *roles()["gyre-reads"])
    await grant(admin, f"system:serviceaccount:{namespace}:gyre", *roles()["gyre-reads"])
    access = from_kubeconfig(plane.kubeconfig(user))
    certificate, other = (read(plane.kubeconfig(each, name=f"{each}-upload")) for each in (user, f"{user}-other"))
    tokens = {kind: {"token": text} for kind, text in (("token", token), ("wrong", "no-such-token"))}
    by_token, wrong = (read(plane.kubeconfig_of(f"{user}-{kind}", held)) for kind, held in tokens.items())
    async with open_program(access, tmp_path, allow_local_clusters=True) as root:
        for name, kubeconfig in (("by-certificate", certificate), ("by-token", by_token)):
            done = await add(root, name, kubeconfig)
            assert done["errors"] == []
            test = done["cluster"]["registration"]["test"]
            assert test["worked"]
            assert test["message"].startswith("Kubernetes v1.")
            await rows(root, namespace, name)

        refused = await add(root, "wrong", wrong)
        assert refused == {
            "cluster": None,
            "errors": [{"code": "REFUSED_BY_CLUSTER", "message": "wrong: Unauthorized"}],
        }
        refused = await add(root, "wrong", other)
        (error,) = refused["errors"]
        assert error["code"] == "REFUSED_BY_CLUSTER"
        assert f'is forbidden: User "{user}-other" cannot list resource "' in error["message"]


async def rows(root: Signed, namespace: str, cluster: str) -> None:
    """Wait until the bucket is seen on this cluster."""
    async with asyncio.timeout(60):
        while True:
            answer = await root.ask(ROWS, namespace=namespace, cluster=cluster)
            page = (answer.get("data") or {}).get("resources") or {"nodes": []}
            if [node["name"] for node in page["nodes"]] == ["a"]:
                return
            await asyncio.sleep(0.1)

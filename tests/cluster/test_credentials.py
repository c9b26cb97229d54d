"""Credentials end while Gyre runs: it says so in the API server's words, and goes on as soon as new ones are there."""

import asyncio
import json
import shutil
import time
from datetime import timedelta
from pathlib import Path

import jwt
import pytest

from gyre.errors import RefusedByCluster
from gyre.kube.access import from_kubeconfig
from gyre.kube.client import Call, KubeClient, open_client
from gyre.terms.sync import Sync
from tests.cluster.control_plane import ISSUER, ControlPlane
from tests.cluster.following import following
from tests.cluster.proxy import open_proxy
from tests.cluster.writing import BUCKETS, CLUSTER, Writer, bucket

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]

LEEWAY_SECONDS = 60  # how long after its end a Kubernetes API server still accepts a token
VERSION = Call(path="/apis/source.toolkit.fluxcd.io/v1/buckets?limit=1")


async def refused(client: KubeClient) -> RefusedByCluster:
    """The refusal that comes when the credentials have ended."""
    async with asyncio.timeout(60):
        while True:
            try:
                await client.ask(Call(path="/apis/source.toolkit.fluxcd.io/v1/buckets"))
            except RefusedByCluster as error:
                return error
            await asyncio.sleep(0.5)


async def test_a_client_certificate_that_has_ended_is_read_again(
    plane: ControlPlane, namespace: str, admin: KubeClient
) -> None:
    writer = Writer(admin, BUCKETS, namespace)
    path = plane.kubeconfig("short", "system:masters", valid=timedelta(seconds=8))
    async with open_client(from_kubeconfig(path), cluster=CLUSTER) as client, following(client, BUCKETS) as follower:
        error = await refused(client)
        assert error.details["status"] == 401

        plane.kubeconfig("short", "system:masters")
        await asyncio.sleep(5)
        await client.ask(Call(path="/version"))
        await writer.create(bucket("after"))
        await follower.equals_a_fresh_list(admin)

        assert follower.told_once
        assert follower.replacements == 1


async def token_of(plane: ControlPlane, admin: KubeClient, namespace: str, *, seconds: int) -> str:
    """A token of the service account `gyre` in this namespace that is accepted for so long."""
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/gyre"
    account = json.loads(await admin.ask(Call(path=path)))["metadata"]
    ends = time.time() + seconds - LEEWAY_SECONDS
    claims = {
        "iss": ISSUER,
        "aud": [ISSUER],
        "sub": f"system:serviceaccount:{namespace}:gyre",
        "iat": int(ends - 600),
        "nbf": int(ends - 600),
        "exp": int(ends),
        "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": "gyre", "uid": account["uid"]}},
    }
    return jwt.encode(claims, plane.service_account_key, algorithm="RS256")


async def account(admin: KubeClient, namespace: str) -> None:
    """A service account that may do everything."""
    made = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "gyre"}}
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts"
    await admin.ask(Call(path=path, method="POST", body=json.dumps(made).encode()))
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": namespace},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": "gyre", "namespace": namespace}],
    }
    path = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"
    await admin.ask(Call(path=path, method="POST", body=json.dumps(binding).encode()))


async def test_a_token_that_has_ended_is_read_again_and_the_watch_goes_on(
    plane: ControlPlane, namespace: str, admin: KubeClient, tmp_path: Path
) -> None:
    writer = Writer(admin, BUCKETS, namespace)
    await account(admin, namespace)
    token = tmp_path / "token"
    token.write_text(await token_of(plane, admin, namespace, seconds=15))
    async with open_proxy(plane.port) as proxy:
        path = plane.kubeconfig_of("token", {"tokenFile": str(token)}, port=proxy.port)
        access = from_kubeconfig(shutil.copy(path, tmp_path / "kubeconfig"))
        async with open_client(access, cluster=CLUSTER) as client, following(client, BUCKETS) as follower:
            error = await refused(client)
            assert error.message == "Unauthorized"
            proxy.drop_all()
            await follower.until(lambda: "Unauthorized" in follower.states[-1].state.problem)
            assert follower.sync is Sync.STALE
            await writer.create(bucket("meanwhile"))

            token.write_text(await token_of(plane, admin, namespace, seconds=600))
            await follower.is_live()
            await follower.equals_a_fresh_list(admin)

            assert set(writer.versions) <= set(follower.told)
            assert follower.told_once
            assert follower.replacements == 1

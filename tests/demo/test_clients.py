"""The embedded cluster is reached like any other: by Gyre's own reader, and by Kubernetes' client for Python."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from kubernetes.aio import client as kubernetes
from kubernetes.aio import config, watch

from gyre.clock import SystemClock
from gyre.demo.embedded import Embedded, start_embedded
from gyre.flux.kinds import GROUPS, KINDS
from gyre.kube.access import from_kubeconfig
from gyre.kube.client import open_client
from gyre.kube.discovery import discover
from gyre.kube.listing import list_all
from gyre.kube.reflector import reflect
from gyre.kube.told import Put, Removed, Replaced, SyncChanged
from gyre.terms.naming import ClusterName

pytestmark = pytest.mark.anyio

GROUP, VERSION, PLURAL = "source.toolkit.fluxcd.io", "v1", "buckets"


def bucket(name: str) -> dict[str, Any]:
    return {
        "apiVersion": f"{GROUP}/{VERSION}",
        "kind": "Bucket",
        "metadata": {"name": name},
        "spec": {"interval": "1h", "bucketName": name, "endpoint": "s3.example.com"},
    }


@pytest.fixture(scope="module")
async def embedded(anyio_backend: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Embedded]:
    async with start_embedded(tmp_path_factory.mktemp("demo")) as embedded:
        yield embedded


@pytest.fixture
async def objects(embedded: Embedded) -> AsyncIterator[kubernetes.CustomObjectsApi]:
    settings = kubernetes.Configuration()
    await config.load_kube_config(str(embedded.kubeconfig), client_configuration=settings)
    async with kubernetes.ApiClient(settings) as client:
        yield kubernetes.CustomObjectsApi(client)


async def test_gyre_finds_and_lists_every_flux_kind(embedded: Embedded) -> None:
    async with open_client(from_kubeconfig(Path(embedded.kubeconfig)), cluster=ClusterName("demo")) as client:
        found = await discover(client, GROUPS)
        assert found.problems == ()
        assert {served.kind for served in found.served} == {known.kind for known in KINDS}
        kustomizations = next(served for served in found.served if served.kind.name == "Kustomization")
        paged, whole = await list_all(client, kustomizations, page=3), await list_all(client, kustomizations)
    names = [json.loads(raw)["metadata"]["name"] for raw in paged.objects]
    assert len(names) > 10
    assert set(names) == {json.loads(raw)["metadata"]["name"] for raw in whole.objects}


async def test_gyre_follows_what_another_client_does(embedded: Embedded, objects: kubernetes.CustomObjectsApi) -> None:
    told: list[tuple[str, str]] = []
    async with open_client(from_kubeconfig(Path(embedded.kubeconfig)), cluster=ClusterName("demo")) as client:
        found = await discover(client, GROUPS)
        served = next(served for served in found.served if served.kind.plural == PLURAL)
        live = asyncio.Event()

        async def follow() -> None:
            async with aclosing(reflect(client, served, SystemClock())) as telling:
                async for one in telling:
                    if isinstance(one, Put | Removed):
                        name = json.loads(one.raw)["metadata"]["name"]
                        told.append((type(one).__name__, name))
                        if (type(one), name) == (Removed, "followed"):
                            return
                    elif isinstance(one, Replaced):
                        live.set()
                    else:
                        assert isinstance(one, SyncChanged)

        following = asyncio.ensure_future(follow())
        await asyncio.wait_for(live.wait(), 10)
        await objects.create_namespaced_custom_object(GROUP, VERSION, "default", PLURAL, bucket("followed"))
        await objects.delete_namespaced_custom_object(GROUP, VERSION, "default", PLURAL, "followed")
        await asyncio.wait_for(following, 10)
    mine = [kind for kind, name in told if name == "followed"]
    assert mine[0] == "Put"
    assert mine[-1] == "Removed"


async def test_the_client_of_kubernetes_writes_reads_and_watches(objects: kubernetes.CustomObjectsApi) -> None:
    where = (GROUP, VERSION, "default", PLURAL)
    made: Any = await objects.create_namespaced_custom_object(*where, bucket("mine"))
    events = []
    async with watch.Watch() as watching:
        stream = watching.stream(
            objects.list_namespaced_custom_object,
            *where,
            resource_version=made["metadata"]["resourceVersion"],
            field_selector="metadata.name=mine",
            timeout_seconds=10,
        )
        patch = {"metadata": {"labels": {"by": "test"}}}
        await objects.patch_namespaced_custom_object(*where, "mine", patch)
        async for event in stream:
            events.append(event)
            if event["raw_object"]["metadata"].get("labels") == {"by": "test"}:
                break
    assert events[-1]["type"] == "MODIFIED"
    with pytest.raises(kubernetes.ApiException) as refused:
        await objects.create_namespaced_custom_object(*where, bucket("mine"))
    assert refused.value.status == 409
    gone: Any = await objects.delete_namespaced_custom_object(*where, "mine")
    assert gone["metadata"].get("deletionTimestamp") or gone["status"] == "Success"

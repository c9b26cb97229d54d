"""Changing an object on the embedded cluster, with the moment written into it, past Gyre."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from gyre.kube.access import from_kubeconfig
from gyre.kube.client import KubeClient, open_client
from gyre.kube.writing import patch
from gyre.terms.naming import ClusterName, Kind, Ref
from gyre.terms.people import Action, Allowed, Principal, Role
from tests.load._gyre import Served

DEFAULT = ClusterName("default")
STAMP = "gyre.dev/benchmark"
KUSTOMIZATIONS = Kind("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations")


@asynccontextmanager
async def stamping(gyre: Served) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """A function that changes one Kustomization: its annotation is the moment."""
    async with open_client(from_kubeconfig(gyre.kubeconfig), cluster=DEFAULT) as kube:
        ref = await _some_object(gyre)
        yield lambda: _stamp(kube, ref)


async def _some_object(gyre: Served) -> Ref:
    listed = (await gyre.http.get("/api/flux/kustomizations?limit=1")).json()["resources"][0]["metadata"]
    return Ref(cluster=DEFAULT, kind=KUSTOMIZATIONS, namespace=listed["namespace"], name=listed["name"])


async def _stamp(kube: KubeClient, ref: Ref) -> None:
    benchmark = Principal(user_id="0", username="benchmark", role=Role.ADMIN, grants=())
    allowed = Allowed(
        principal=benchmark,
        action=Action.EDIT,
        cluster=ref.cluster,
        resource=ref.kind.plural,
        namespace=ref.namespace,
        because="it is a benchmark",
    )
    await patch(kube, allowed, ref, "v1", {"metadata": {"annotations": {STAMP: str(time.time())}}})

"""Makes and changes objects on a real API server, past everything that Gyre decides, and remembers what became of them.

How Gyre writes: gyre.kube.writing.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import msgspec

from gyre.kube.client import Call, KubeClient, path_of
from gyre.kube.told import Served
from gyre.kube.writing import MERGE_PATCH
from gyre.terms.naming import ClusterName, Kind
from tests.cluster.following import Head

AT_ONCE = 32
CLUSTER = ClusterName("default")
BUCKETS = Served(kind=Kind("source.toolkit.fluxcd.io", "Bucket", "buckets"), version="v1")


def bucket(name: str, *, interval: str = "1m", notes: str = "") -> dict[str, Any]:
    """A small object of a real Flux kind that nothing reconciles here."""
    metadata = {"name": name, "annotations": {"notes": notes}}
    spec = {"bucketName": name, "endpoint": "minio.example.dev", "interval": interval}
    return {"apiVersion": "source.toolkit.fluxcd.io/v1", "kind": "Bucket", "metadata": metadata, "spec": spec}


@dataclass
class Writer:
    """One namespace of one kind; `versions` is every (uid, resourceVersion) that the API server said it made."""

    client: KubeClient
    served: Served
    namespace: str
    versions: list[tuple[str, str]] = field(default_factory=list)

    async def create(self, document: dict[str, Any]) -> None:
        await self._write("POST", "", document)

    async def create_many(self, prefix: str, count: int) -> None:
        """So many buckets, as fast as the API server takes them."""
        waiting = iter(range(count))

        async def create_some() -> None:
            for number in waiting:
                await self.create(bucket(f"{prefix}-{number}"))

        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(create_some())

    async def patch(self, name: str, merge: dict[str, Any]) -> None:
        await self._write("PATCH", name, merge, MERGE_PATCH)

    async def delete(self, name: str) -> None:
        path = path_of(self.served.kind, self.served.version, namespace=self.namespace, name=name)
        await self.client.ask(Call(path=path, method="DELETE"))

    async def _write(
        self, method: str, name: str, document: dict[str, Any], content_type: str = "application/json"
    ) -> None:
        path = path_of(self.served.kind, self.served.version, namespace=self.namespace, name=name)
        body = json.dumps(document).encode()
        answer = await self.client.ask(Call(path=path, method=method, body=body, content_type=content_type))
        metadata = msgspec.json.decode(answer, type=Head).metadata
        self.versions.append((metadata.uid, metadata.resource_version))

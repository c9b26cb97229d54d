"""Tries whether a cluster can be watched: by calls as the watches make them, bounded in time, before it is kept.

What is done with the outcome is gyre.fleet's.
"""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from gyre.errors import ClusterUnreachable, GyreError, RefusedByCluster
from gyre.kube.client import KubeClient
from gyre.kube.discovery import discover
from gyre.kube.reading import Selection, list_objects, server_version

CHECK_SECONDS: Final = 15.0
"""A person waits for it."""

KINDS_TRIED: Final = 5
"""So many kinds are tried until one may be listed."""

READABLE: Final = Selection(limit=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What answered: which Kubernetes, and how many kinds of Flux it serves."""

    kubernetes_version: str
    kinds: int


async def check(client: KubeClient, groups: Collection[str], *, because: str) -> Answered:
    """Ask for the version, for the kinds, and for one object; raise what is in the way.

    ClusterUnreachable for who does not answer in time, or not as Kubernetes; RefusedByCluster in its own words.
    """
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            version = await server_version(client, because=because)
            if not version.git_version:
                raise client.refusal.unreachable("/version is not that of a Kubernetes API")
            served = (await discover(client, groups)).served
            refused: RefusedByCluster | None = None
            for one in served[:KINDS_TRIED]:
                try:
                    await list_objects(client, one.kind, one.version, READABLE, because=because)
                except RefusedByCluster as refusal:
                    refused = refused or refusal
                else:
                    break
            else:
                if refused is not None:
                    raise refused
    except TimeoutError as late:
        raise client.refusal.unreachable(f"it did not answer within {CHECK_SECONDS:.0f} s") from late
    except GyreError as refusal:
        raise _as_told(client, refusal) from refusal
    return Answered(kubernetes_version=version.git_version, kinds=len(served))


def _as_told(client: KubeClient, refusal: GyreError) -> GyreError:
    """What is no Kubernetes is called so, and nothing of its answer is passed on: it may be anything's."""
    status, reason = refusal.details.get("status"), refusal.details.get("reason")
    if isinstance(refusal, ClusterUnreachable) and status is None:
        return refusal
    if reason:
        return RefusedByCluster(f"{client.cluster}: {refusal.message}", details=refusal.details)
    moved = isinstance(status, int) and 300 <= status < 400  # noqa: PLR2004  redirects
    more = ", a redirect, which is not followed" if moved else ""
    return client.refusal.unreachable(f"what answers there is no Kubernetes API (HTTP {status}{more})")

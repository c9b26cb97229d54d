"""The guard before anything is written to a cluster that these tests did not start themselves.

Which tests write to such a cluster: the contract suite. What only reads needs no leave.
"""

import os

import httpx2

VARIABLE = "GYRE_TEST_CLUSTER_DISPOSABLE"
IDENTITY = "/api/v1/namespaces/kube-system"


class NotDisposable(Exception):
    """Nobody said that this very cluster may be written to; the message says how to."""


async def insist_that_it_is_disposable(http: httpx2.AsyncClient) -> None:
    """Go on only where the variable holds the UID of that cluster's kube-system namespace."""
    given = os.environ.get(VARIABLE, "")
    answer = await http.get(IDENTITY)
    if answer.status_code != httpx2.codes.OK:
        raise NotDisposable(f"{http.base_url} does not say which cluster it is: GET {IDENTITY}: {answer.text}")
    uid = answer.json()["metadata"]["uid"]
    if given != uid:
        said = f"is {given!r}" if given else "is not set"
        raise NotDisposable(
            f"These tests write to {http.base_url} and define kinds there, and {VARIABLE} {said}. "
            f"If everything on that cluster may be lost, set {VARIABLE}={uid} "
            "(the UID of its kube-system namespace). Nothing was written."
        )

"""Holds a row of Gyre's against what `kubectl get` shows of the same object, and against its controller's conditions.

How Gyre finds its word: gyre.flux.status. Here the same is asked the other way round: which words fit what is shown.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gyre.errors import NoSuchResource
from gyre.flux.masking import MASK
from gyre.kube.client import Call, KubeClient
from gyre.terms.rows import Row, Word

TABLE = "application/json;as=Table;g=meta.k8s.io;v=v1"  # what kubectl asks for and prints
SWITCHES = ("source.extensions.fluxcd.io/reconcile", "fluxcd.controlplane.io/reconcile")
STATIC = ("Alert", "Provider")
KEPT_UP_SECONDS = 60


@dataclass(frozen=True)
class Shown:
    """One object as `kubectl get` shows it, with the columns READY and STATUS (None where the kind has none)."""

    document: dict[str, Any]
    ready: str | None
    status: str | None

    @property
    def resource_version(self) -> str:
        return str(self.document["metadata"]["resourceVersion"])

    @property
    def suspended(self) -> bool:
        annotations = self.document["metadata"].get("annotations") or {}
        switched = any(annotations.get(switch, "").lower() == "disabled" for switch in SWITCHES)
        return switched or self.document.get("spec", {}).get("suspend") is True

    @property
    def static(self) -> bool:
        is_oci = self.document["kind"] == "HelmRepository" and self.document["spec"].get("type") == "oci"
        return self.document["kind"] in STATIC or is_oci

    def condition(self, name: str) -> dict[str, Any]:
        found = self.document.get("status", {}).get("conditions", ())
        return next((condition for condition in found if condition["type"] == name), {})

    @property
    def behind(self) -> bool:
        """What the controller says is about an older generation."""
        generation = self.document["metadata"].get("generation", 0)
        status = self.document.get("status", {})
        observed = self.condition("Ready").get("observedGeneration", status.get("observedGeneration", generation))
        return bool(generation > observed)


async def shown(admin: KubeClient, path: str) -> Shown:
    """The object at this path, and the row that is printed of it."""
    body = await admin.ask(Call(path=path, query=(("includeObject", "Object"),), accept=TABLE))
    table = json.loads(body)
    (row,) = table["rows"]
    columns = [column["name"] for column in table["columnDefinitions"]]
    cells = dict(zip(columns, row["cells"], strict=True))
    return Shown(row["object"], cells.get("Ready"), cells.get("Status"))


def fitting(it: Shown) -> Word:
    """The one word that fits what is shown."""
    certain = (
        (it.document["metadata"].get("deletionTimestamp"), Word.TERMINATING),
        (it.suspended, Word.SUSPENDED),
        (it.condition("Stalled").get("status") == "True", Word.FAILED),
        (it.static and not it.ready, Word.READY),
        (it.behind, Word.PROGRESSING),
        (not it.ready, Word.PROGRESSING if it.condition("Reconciling") else Word.UNKNOWN),
    )
    return next((word for so, word in certain if so), None) or _by_ready(it)


def _by_ready(it: Shown) -> Word:
    busy = it.condition("Reconciling").get("status") == "True"
    waiting = it.condition("Ready")["reason"] == "DependencyNotReady"
    return {
        "True": Word.PROGRESSING if busy else Word.READY,
        "False": Word.PROGRESSING if waiting else Word.FAILED,
        "Unknown": Word.PROGRESSING,
    }[str(it.ready)]


def said(it: Shown) -> str:
    """The words beside it: the STATUS column, or what gave up says of itself."""
    stalled = it.condition("Stalled")
    if stalled.get("status") == "True":
        return str(stalled["message"])
    if it.status is not None and it.ready:
        return it.status
    return "valid configuration" if it.static else str(it.condition("Reconciling").get("message", ""))


def check(row: Row, it: Shown) -> None:
    """Both are of the same version of the object, and say the same."""
    assert row.resource_version == it.resource_version
    assert (row.kind, row.name, row.status) == (it.document["kind"], it.document["metadata"]["name"], fitting(it))
    if MASK not in row.message:
        assert row.message == said(it)
    assert row.suspended is it.suspended
    assert row.reason == (it.condition("Stalled") or it.condition("Ready") or it.condition("Reconciling")).get(
        "reason", ""
    )


async def agree(admin: KubeClient, path: str, row: Callable[[], Row | None]) -> None:
    """Compare as soon as Gyre knows the very version that the API server shows; nothing when the object is gone."""
    async with asyncio.timeout(KEPT_UP_SECONDS):
        while True:
            try:
                it = await shown(admin, path)
            except NoSuchResource:
                return
            now = row()
            if now is not None and now.resource_version == it.resource_version:
                check(now, it)
                return
            await asyncio.sleep(0.02)

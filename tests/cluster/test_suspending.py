"""Every kind on the real API server: what Gyre writes to suspend and resume it is kept, and shows."""

from collections.abc import AsyncIterator

import pytest

from gyre.flux import patches
from gyre.flux.kinds import KINDS, FluxKind
from gyre.kube.client import KubeClient
from gyre.terms.rows import Word
from tests.cluster.control_plane import ControlPlane
from tests.cluster.loop import CLOCK, Loop
from tests.cluster.specs import SPECS
from tests.cluster.watched import open_watched

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]


@pytest.fixture
async def loop(plane: ControlPlane, admin: KubeClient, namespace: str) -> AsyncIterator[Loop]:
    async with open_watched(plane) as watched:
        yield Loop(admin, watched, namespace)


async def test_every_kind_is_suspended_and_resumed_or_can_not_be(loop: Loop) -> None:
    assert set(SPECS) == {known.kind.name for known in KINDS}
    for known in KINDS:
        name = "flux" if known.kind.name in {"FluxInstance", "FluxReport"} else "a"
        await loop.create(known.kind.name, name, **SPECS[known.kind.name])
        await loop.until(known.kind.name, name, lambda row: not row.suspended)
        if known.suspension is None:
            assert known.kind.name in {"ExternalArtifact", "FluxReport"}
        else:
            await _there_and_back(loop, known, name)


async def _there_and_back(loop: Loop, known: FluxKind, name: str) -> None:
    kind = known.kind.name
    before = loop.row(kind, name)
    await loop.act(kind, name, patches.suspend(known, CLOCK.now(), by="ada", reason="a test"))
    suspended = loop.row(kind, name)
    await loop.act(kind, name, patches.resume(known, CLOCK.now()))
    after = loop.row(kind, name)

    assert before is not None
    assert suspended is not None
    assert after is not None
    assert (suspended.status, suspended.suspended, suspended.suspended_by) == (Word.SUSPENDED, True, "ada")
    assert (after.status, after.suspended, after.suspended_by) == (before.status, False, None)

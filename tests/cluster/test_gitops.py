"""The loop that Flux is for, on its own controllers, as Gyre's fleet sees it: from a commit to the cluster and back."""

import pytest

from gyre.flux import patches
from gyre.kube.client import Call, path_of
from gyre.terms.events import EventType
from gyre.terms.rows import Row, Word
from tests.cluster.loop import CLOCK, SLOWLY, GitLoop, config_map, is_ready, kind_of

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions", "flux")]

CONTROLLERS = ("source-controller", "kustomize-controller")


def ready_rows(loop: GitLoop, name: str) -> list[Row]:
    """Each version of the object in which it was Ready."""
    rows = [change.row for change in loop.watched.changes]
    return [row for row in rows if row.name == name and row.status is Word.READY]


async def test_a_commit_is_fetched_applied_and_shown(loop: GitLoop) -> None:
    first = loop.repository.commit({"apps/web.yaml": config_map("web", color="blue")})
    await loop.source()
    await loop.kustomization("apps", "./apps")

    source = await loop.until("GitRepository", "config", is_ready(first))
    apps = await loop.until("Kustomization", "apps", is_ready(first))

    assert await loop.config_map("web") == {"color": "blue"}
    assert (source.reason, apps.reason) == ("Succeeded", "ReconciliationSucceeded")
    assert apps.message == f"Applied revision: {first}"
    assert apps.source is not None
    assert (apps.source.kind, apps.source.name) == ("GitRepository", "config")
    # kustomize-controller writes its conditions a moment before the inventory
    await loop.until("Kustomization", "apps", lambda _: loop.inventory("Kustomization", "apps") != [])
    assert loop.inventory("Kustomization", "apps") == [("ConfigMap", loop.namespace, "web")]

    assert [row.revision for row in ready_rows(loop, "config")[:2]] == ["", first]
    assert ready_rows(loop, "apps")[0].message == f"Applied revision: {first}"

    await loop.watched.until_told("Kustomization", loop.namespace, "apps", "ReconciliationSucceeded")
    source_told = await loop.watched.until_told("GitRepository", loop.namespace, "config", "NewArtifact")
    assert (source_told.type, source_told.controller) == (EventType.NORMAL, "source-controller")

    second = loop.repository.commit({"apps/web.yaml": config_map("web", color="green")})
    assert is_ready(second)(await loop.reconcile("GitRepository", "config"))
    await loop.until("Kustomization", "apps", is_ready(second))

    assert await loop.config_map("web") == {"color": "green"}
    numbers = [change.position.n for change in loop.watched.changes]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_what_is_suspended_stays_as_it_is_until_it_is_resumed(loop: GitLoop) -> None:
    first = loop.repository.commit({"apps/web.yaml": config_map("web", color="blue")})
    await loop.source()
    await loop.kustomization("apps", "./apps")
    await loop.until("Kustomization", "apps", is_ready(first))
    known = kind_of("Kustomization")

    await loop.act("Kustomization", "apps", patches.suspend(known, CLOCK.now(), by="ada", reason="holiday"))
    row = loop.row("Kustomization", "apps")
    assert row is not None
    assert (row.status, row.suspended) == (Word.SUSPENDED, True)
    second = loop.repository.commit({"apps/web.yaml": config_map("web", color="green")})
    await loop.reconcile("GitRepository", "config")
    await loop.until("GitRepository", "config", is_ready(second))
    await loop.act("Kustomization", "apps", patches.reconcile(known, CLOCK.now()))

    assert await loop.config_map("web") == {"color": "blue"}
    row = loop.row("Kustomization", "apps")
    assert row is not None
    assert (row.status, row.revision) == (Word.SUSPENDED, first)

    await loop.act("Kustomization", "apps", patches.resume(known, CLOCK.now()))
    await loop.until("Kustomization", "apps", is_ready(second))

    assert await loop.config_map("web") == {"color": "green"}
    assert b"suspended-by" not in loop.body("Kustomization", "apps")


async def test_a_broken_commit_fails_with_the_controllers_words_and_heals_with_the_fix(loop: GitLoop) -> None:
    first = loop.repository.commit({"apps/web.yaml": config_map("web", color="blue")})
    await loop.source()
    await loop.kustomization("apps", "./apps")
    await loop.until("Kustomization", "apps", is_ready(first))

    loop.repository.commit({"apps/web.yaml": '{"apiVersion": "v1", "kind": "Nonsense", "metadata": {"name": "web"}}'})
    await loop.reconcile("GitRepository", "config")
    broken = await loop.until("Kustomization", "apps", lambda row: row.status is Word.FAILED)

    assert 'no matches for kind "Nonsense" in version "v1"' in broken.message
    assert broken.revision == first
    assert await loop.config_map("web") == {"color": "blue"}

    third = loop.repository.commit({"apps/web.yaml": config_map("web", color="red")})
    await loop.reconcile("GitRepository", "config")
    healed = await loop.until("Kustomization", "apps", is_ready(third))

    assert healed.message == f"Applied revision: {third}"
    assert await loop.config_map("web") == {"color": "red"}


async def test_what_depends_on_another_waits_for_it_and_says_so(loop: GitLoop) -> None:
    loop.repository.commit({"base/x.yaml": '{"kind": "Nonsense"}', "apps/web.yaml": config_map("web", color="blue")})
    await loop.source()
    await loop.kustomization("apps", "./apps", dependsOn=[{"name": "base"}])
    await loop.kustomization("base", "./base")

    blocked = await loop.until("Kustomization", "apps", lambda row: row.reason == "DependencyNotReady")
    root = await loop.until("Kustomization", "base", lambda row: row.reason == "BuildFailed")

    assert blocked.status is Word.PROGRESSING
    assert [(it.kind, it.name) for it in blocked.depends_on] == [("Kustomization", "base")]
    assert root.status is Word.FAILED
    assert await loop.config_map("web") is None

    fixed = loop.repository.commit({"base/x.yaml": config_map("base", ready="yes")})
    await loop.reconcile("GitRepository", "config")
    await loop.until("Kustomization", "base", is_ready(fixed))
    await loop.until("Kustomization", "apps", is_ready(fixed))

    assert await loop.config_map("web") == {"color": "blue"}


async def test_what_is_deleted_takes_what_it_applied_with_it(loop: GitLoop) -> None:
    first = loop.repository.commit({"apps/web.yaml": config_map("web", color="blue")})
    await loop.source()
    await loop.kustomization("apps", "./apps")
    await loop.until("Kustomization", "apps", is_ready(first))
    known = kind_of("Kustomization")

    path = path_of(known.kind, "v1", namespace=loop.namespace, name="apps")
    await loop.admin.ask(Call(path=path, method="DELETE"))
    await loop.watched.until(lambda: loop.row("Kustomization", "apps") is None, seconds=SLOWLY)

    assert await loop.config_map("web") is None
    seen = [change.new.status for change in loop.watched.changes if change.new and change.new.name == "apps"]
    assert Word.TERMINATING in seen


async def test_a_source_that_is_not_there_fails_with_the_controllers_words(loop: GitLoop) -> None:
    wrong = f"{loop.repository.url}-nowhere"
    await loop.create("GitRepository", "wrong", url=wrong, interval="10m", ref={"branch": "main"}, timeout="20s")

    row = await loop.until("GitRepository", "wrong", lambda row: row.status is Word.FAILED)

    assert row.reason == "GitOperationFailed"
    assert "repository not found" in row.message

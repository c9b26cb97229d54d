"""What a write changed stands in the audit, before and after, with nothing in it that is hidden."""

import json
from typing import Any

import pytest

from gyre.audit.asking import Outcome
from gyre.audit.reading import everything
from models.auditing import AuditEntry
from tests.schema.test_actions import ACT, target
from tests.schema.test_deleting import delete
from tests.schema.test_writes import HOOK, cluster, gyre, kustomization, read, write
from tests.support.graphql import Gyre
from tests.support.living_cluster import FROM_GIT, LivingCluster
from tests.support.lost_answers import Failing, failing

__all__ = ["cluster", "failing", "gyre"]

pytestmark = pytest.mark.anyio

NEW_HOOK = "https://hooks.slack.com/services/T0/B0/an0ther"
Change = tuple[object, object, object]


async def changes(action: str) -> list[Change]:
    """What the one deed under this word changed."""
    (record,) = [each async for each in everything() if each.begun.action == action]
    return [(each["path"], each["before"], each["after"]) for each in record.changes]


def whole(text: object) -> dict[str, Any]:
    found = json.loads(str(text))
    assert isinstance(found, dict)
    return found


async def test_what_was_made_is_told_whole_without_what_the_server_adds(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    assert (await write(ada, "create", manifest=kustomization(interval="7m")))["errors"] == []
    ((path, before, after),) = await changes("create")
    assert (path, before) == ("", None)
    assert whole(after) == {
        "apiVersion": "kustomize.toolkit.fluxcd.io/v1",
        "kind": "Kustomization",
        "metadata": {"name": "new", "namespace": "shop"},
        "spec": {**FROM_GIT, "interval": "7m", "force": False},
    }


async def test_what_was_edited_is_told_path_by_path(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    manifest = (await read(ada))["manifest"]
    manifest["spec"] |= {"interval": "3m", "timeout": "1m"}
    assert (await write(ada, "update", manifest=manifest))["errors"] == []
    assert await changes("update") == [("spec.interval", '"10m"', '"3m"'), ("spec.timeout", None, '"1m"')]
    applied = {**kustomization("apps"), "spec": {**FROM_GIT, "interval": "3m", "path": "./other"}}
    assert (await write(ada, "apply", manifest=applied, forceConflicts=True))["errors"] == []
    assert await changes("apply") == [("spec.path", '"./"', '"./other"')]


async def test_a_secret_that_changed_is_told_as_changed_and_neither_it_nor_the_one_before(
    gyre: Gyre, cluster: LivingCluster
) -> None:
    ada = await gyre.signed_in("ada")
    manifest = (await read(ada, "provider", "chat"))["manifest"]
    hidden = json.dumps(manifest["spec"]["address"])
    assert HOOK not in hidden
    manifest["spec"]["address"] = NEW_HOOK
    assert (await write(ada, "update", manifest=manifest))["errors"] == []
    assert cluster.get("Provider", "chat")["spec"]["address"] == NEW_HOOK
    assert await changes("update") == [("spec.address", hidden, hidden)]
    kept = str(await AuditEntry.all().values())
    assert [secret for secret in ("s3cret", "an0ther") if secret in kept] == []


async def test_a_secret_that_stayed_is_not_told_of(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    manifest = (await read(ada, "provider", "chat"))["manifest"]
    manifest["spec"]["channel"] = "dev"
    assert (await write(ada, "update", manifest=manifest))["errors"] == []
    assert cluster.get("Provider", "chat")["spec"]["address"] == HOOK
    assert await changes("update") == [("spec.channel", '"ops"', '"dev"')]


async def test_what_is_gone_is_told_whole_and_masked(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    assert (await delete(ada, target=target("provider", "chat")))["errors"] == []
    ((path, before, after),) = await changes("delete")
    assert (path, after) == ("", None)
    assert whole(before)["spec"].items() >= {"type": "slack", "channel": "ops"}.items()
    assert "s3cret" not in str(before)
    assert whole(before)["metadata"] == {"name": "chat", "namespace": "shop"}


async def test_what_the_cluster_refused_changed_nothing(gyre: Gyre, cluster: LivingCluster) -> None:
    ada = await gyre.signed_in("ada")
    assert (await write(ada, "create", manifest=kustomization(interval="soon")))["errors"] != []
    assert await changes("create") == []


async def test_the_cluster_is_not_asked_before_the_intent_is_kept(
    gyre: Gyre, cluster: LivingCluster, failing: Failing
) -> None:
    ada = await gyre.signed_in("ada")
    version = cluster.store.version
    failing(1, committed=False)
    answer = await ada.ask(ACT % ("Suspend", "suspend"), input={"target": target()})
    assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert cluster.store.version == version
    assert [each async for each in everything() if each.begun.action == "suspend"] == []


async def test_a_write_whose_outcome_could_not_be_kept_stays_open(
    gyre: Gyre, cluster: LivingCluster, failing: Failing
) -> None:
    ada = await gyre.signed_in("ada")
    failing(2, committed=False)
    answer = await ada.ask(ACT % ("Suspend", "suspend"), input={"target": target()})
    assert answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert cluster.get("Kustomization", "apps")["spec"]["suspend"] is True
    (record,) = [each async for each in everything() if each.begun.action == "suspend"]
    assert (record.outcome, record.ended) == (Outcome.OPEN, None)

"""What an audit entry holds."""

import pytest

from gyre.audit import Deed, intent, noted, outcome, refused
from gyre.terms.naming import ClusterName, Kind, Ref
from gyre.terms.people import Role
from gyre.terms.requests import RequestFacts
from models.auditing import AuditEntry, Phase
from tests.support.clocks import START, HandClock
from tests.support.people import HERE, People

pytestmark = pytest.mark.anyio

APPS = Ref(
    cluster=ClusterName("default"),
    kind=Kind("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations"),
    namespace="flux-system",
    name="apps",
)


async def test_a_write_has_an_intent_and_an_outcome_that_names_it(people: People, clock: HandClock) -> None:
    eve, _ = await people.signed_in("eve", Role.EDITOR)
    deed = Deed(action="suspend", who=eve, facts=HERE, on=APPS, details={"reason": "maintenance"})
    number = await intent(deed, clock=clock)
    await clock.turn(seconds=2)
    await outcome(number, deed, clock=clock, succeeded=False, reason="admission webhook denied the request")
    before, after = await AuditEntry.filter(action="suspend").order_by("id")
    for entry in (before, after):
        assert (entry.user_id, entry.username, entry.address, entry.request_id) == (
            eve.user_id,
            "eve",
            "192.0.2.7",
            "r-1",
        )
        assert (entry.cluster, entry.kind, entry.namespace, entry.name) == (
            "default",
            "kustomizations.kustomize.toolkit.fluxcd.io",
            "flux-system",
            "apps",
        )
        assert entry.details == {"reason": "maintenance"}
    assert (before.id, before.phase, before.succeeded, before.at) == (number, Phase.INTENT, None, START)
    assert (after.phase, after.intent_id, after.succeeded) == (Phase.OUTCOME, number, False)
    assert (after.at - before.at).total_seconds() == 2
    assert after.reason == "admission webhook denied the request"


async def test_a_refusal_keeps_the_true_reason_and_what_no_database_takes_is_made_visible(
    people: People, clock: HandClock
) -> None:
    facts = RequestFacts(address="\0" * 100, request_id="r\ud800")
    deed = Deed(action="sign-in", who=None, claimed="e\0ve" * 40, facts=facts)
    await refused(deed, clock=clock, reason="x" * 10_000)
    odd = Ref(cluster=ClusterName("c\0"), kind=APPS.kind, namespace="n" * 300, name="\ud800")
    details = {"reason": "a\0b", "deep": [{"x\0": "\udfff", "n": 1, "flag": True, "none": None}]}
    await noted(Deed(action="logs", who=None, facts=facts, on=odd, details=details), clock=clock)
    look = await AuditEntry.get(action="logs")
    assert (look.cluster, look.namespace, look.name) == ("c�", "n" * 252 + "…", "?")
    assert look.details == {"reason": "a�b", "deep": [{"x�": "?", "n": 1, "flag": True, "none": None}]}
    entry = await AuditEntry.get(phase=Phase.REFUSED)
    assert (entry.user_id, entry.succeeded, entry.intent_id) == ("", False, None)
    assert entry.username == ("e�ve" * 40)[:63] + "…"
    assert (len(entry.address), entry.request_id, len(entry.reason)) == (64, "r?", 4096)
    assert await AuditEntry.all().count() == 2

"""What faces refuse: told once with who and where, and of one place only so often a minute."""

import pytest

from gyre.audit import settled
from gyre.audit.answering import answering, asked_by, tell_refusal, tell_refused
from gyre.audit.sparing import MOST_A_MINUTE
from gyre.errors import Invalid, NoSuchResource, NotAllowed
from gyre.terms.requests import RequestFacts
from models.auditing import AuditEntry
from tests.support.people import HERE, People

pytestmark = pytest.mark.anyio


async def refusals() -> list[AuditEntry]:
    await settled()
    return await AuditEntry.filter(phase="refused").order_by("id")


def refuse_from(address: str) -> None:
    with answering("GET /api/flux/x", lambda: RequestFacts(address=address, request_id="r-1")):
        tell_refused("BAD_REQUEST", "no")


async def test_whoever_moves_about_in_one_network_is_one_caller(people: People) -> None:
    for number in range(MOST_A_MINUTE + 10):
        refuse_from(f"2001:db8::{number:x}")
    assert len(await refusals()) == MOST_A_MINUTE
    refuse_from("2001:db8:0:1::1")
    refuse_from("192.0.2.1")
    told = await refusals()
    assert [entry.address for entry in told[MOST_A_MINUTE:]] == ["2001:db8:0:1::1", "192.0.2.1"]
    assert told[0].details == {"what": "GET /api/flux/x", "code": "BAD_REQUEST"}


async def test_it_is_told_once_of_who_is_known_by_then(people: People) -> None:
    class Asking:
        principal = None

    ada, _ = await people.signed_in("ada")
    asking = Asking()
    error = NotAllowed("You may not do this.")
    with answering("POST /graphql", lambda: HERE):
        asked_by(asking)
        asking.principal = ada  # type: ignore[assignment]
        tell_refusal(error)
        tell_refusal(error)
    (entry,) = await refusals()
    assert (entry.username, entry.address, entry.request_id) == ("ada", "192.0.2.7", "r-1")
    assert (entry.reason, entry.details) == ("You may not do this.", {"what": "POST /graphql", "code": "FORBIDDEN"})


async def test_what_is_not_there_is_no_refusal_unless_it_kept_a_write_from_being_tried(people: People) -> None:
    with answering("POST /graphql", lambda: HERE):
        tell_refusal(NoSuchResource("There is no such object."))
        assert await refusals() == []
        tell_refusal(NoSuchResource("There is no such object."), of_write=True)
    assert [entry.reason for entry in await refusals()] == ["There is no such object."]


async def test_outside_of_a_request_nothing_is_told(people: People) -> None:
    tell_refusal(Invalid("no"))
    assert await refusals() == []

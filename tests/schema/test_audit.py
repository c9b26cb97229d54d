"""The audit as administrators read it, what the faces refuse in it, and what was changed, without its secrets."""

from typing import Any

import pytest

from gyre.audit import settled
from gyre.terms.people import Role
from models.auditing import AuditEntry
from tests.support.cluster import HELM_RELEASES, KUSTOMIZATIONS, LittleCluster, thing
from tests.support.graphql import Gyre
from tests.support.people import rule
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

ENTRIES = """query ($filter: AuditFilter, $first: Int! = 50, $after: String) {
  auditEntries(filter: $filter, first: $first, after: $after) {
    nodes { id at endedAt outcome action username userId address requestId cluster kind namespace name reason details
            changes { path before after } chain number hash }
    edges { cursor node { id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    totalCount
  }
}"""
SUSPEND = """mutation ($name: String!, $reason: String) {
  suspend(input: {target: {kind: "ks", namespace: "shop", name: $name}, reason: $reason}) { errors { code } }
}"""


@pytest.fixture
async def shop(cluster: LittleCluster, gyre: Gyre) -> LittleCluster:
    for name in ("apps", "infra"):
        cluster.has(KUSTOMIZATIONS, thing(name, "shop", spec={"path": "./x"}))
    await until(lambda: gyre.seen("ks", "infra"))
    return cluster


def brief(entries: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    return [(each["outcome"], each["action"], each["username"], each["name"]) for each in entries]


async def test_a_write_is_one_entry_with_who_where_what_and_what_it_changed(gyre: Gyre, shop: LittleCluster) -> None:
    admin, eve = await gyre.signed_in("ada"), await gyre.signed_in("eve", Role.EDITOR)
    assert (await eve.data(SUSPEND, name="apps", reason="maintenance"))["suspend"]["errors"] == []
    (entry,) = (await admin.data(ENTRIES, filter={"actions": ["suspend"]}))["auditEntries"]["nodes"]
    ids = {each.username: each.id for each in await gyre.people.users.all()}
    assert {key: entry[key] for key in ("outcome", "action", "username", "userId", "address", "reason")} == {
        "outcome": "SUCCEEDED",
        "action": "suspend",
        "username": "eve",
        "userId": ids["eve"],
        "address": "127.0.0.1",
        "reason": "",
    }
    assert (entry["cluster"], entry["kind"], entry["namespace"], entry["name"]) == (
        "default",
        "kustomizations.kustomize.toolkit.fluxcd.io",
        "shop",
        "apps",
    )
    assert len(entry["requestId"]) == 32
    assert entry["at"] <= entry["endedAt"]
    changes = {each["path"]: (each["before"], each["after"]) for each in entry["changes"]}
    assert changes["spec.suspend"] == (None, "true")
    annotations = changes["metadata.annotations"]
    assert annotations[0] is None
    assert '"gyre.dev/suspended-by":"eve"' in (annotations[1] or "")
    assert set(changes) == {"spec.suspend", "metadata.annotations"}


async def test_every_filter_narrows_and_pages_go_on_where_they_ended(gyre: Gyre, shop: LittleCluster) -> None:
    admin = await gyre.signed_in("ada")
    viewer, editor = await gyre.signed_in("vic", Role.VIEWER), await gyre.signed_in("eve", Role.EDITOR)
    for name in ("apps", "infra"):
        await editor.data(SUSPEND, name=name)
        await viewer.data(SUSPEND, name=name)

    async def found(**asked: Any) -> list[tuple[str, str, str, str]]:
        answer = (await admin.data(ENTRIES, filter=asked))["auditEntries"]
        assert answer["totalCount"] == len(answer["nodes"])
        return brief(answer["nodes"])

    done = [("SUCCEEDED", "suspend", "eve", "infra"), ("SUCCEEDED", "suspend", "eve", "apps")]
    refused = [("REFUSED", "suspend", "vic", "infra"), ("REFUSED", "suspend", "vic", "apps")]
    assert await found(who=["EVE"], actions=["suspend"]) == done
    assert await found(outcomes=["REFUSED"]) == refused
    assert await found(names=["infra"]) == [refused[0], done[0]]
    assert await found(kinds=["kustomizations"], outcomes=["SUCCEEDED"]) == done
    assert await found(kinds=["kustomizations.kustomize.toolkit.fluxcd.io"], outcomes=["SUCCEEDED"]) == done
    assert await found(kinds=["kustomization"]) == []
    assert await found(clusters=["default"], namespaces=["shop"], text="ROLE VIEWER") == refused
    assert await found(text="100%") == []
    assert await found(until="2026-01-01T00:00:00Z") == []
    assert len(await found(since="2026-01-01T00:00:00Z", outcomes=["OPEN", "FAILED"])) == 0

    pages, after = [], None
    while True:
        page = (await admin.data(ENTRIES, filter={"names": ["infra", "apps"]}, first=3, after=after))["auditEntries"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert [edge["cursor"] for edge in page["edges"]][-1] == page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 4
        pages += brief(page["nodes"])
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert pages == [refused[0], done[0], refused[1], done[1]]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"first": 501}, "between 0 and 500"),
        ({"after": "x"}, "a cursor that Gyre answered"),
        ({"filter": {"since": "yesterday"}}, "a moment as"),
        ({"filter": {"until": "2026-01-01T00:00:00"}}, "needs a time zone"),
        ({"filter": {"text": "x" * 254}}, "at most 253 characters"),
        ({"filter": {"who": ["x"] * 51}}, "at most 50 values"),
    ],
)
async def test_what_cannot_be_meant_is_refused(gyre: Gyre, asked: dict[str, Any], says: str) -> None:
    answer = await (await gyre.signed_in("ada")).ask(ENTRIES, **asked)
    assert answer["errors"][0]["extensions"]["code"] == "VALIDATION_FAILED"
    assert says in answer["errors"][0]["message"]


async def test_that_an_administrator_looked_is_in_it_once_an_hour(gyre: Gyre) -> None:
    admin = await gyre.signed_in("ada")
    for _ in range(3):
        await admin.data(ENTRIES)
    looked = (await admin.data(ENTRIES, filter={"actions": ["audit-view"]}))["auditEntries"]
    assert brief(looked["nodes"]) == [("SUCCEEDED", "audit-view", "ada", "")]


async def test_secrets_are_masked_on_both_sides_of_what_changed(gyre: Gyre, cluster: LittleCluster) -> None:
    values = {"password": "correct horse", "size": 1}
    cluster.has(HELM_RELEASES, thing("web", "shop", spec={"values": values, "interval": "1m"}))
    await until(lambda: gyre.seen("hr", "web"))
    admin = await gyre.signed_in("ada")
    target = '{target: {kind: "hr", namespace: "shop", name: "web"}}'
    await admin.data(f"mutation {{ suspend(input: {target}) {{ errors {{ code }} }} }}")
    everything = repr(await AuditEntry.all().values())
    assert "spec.suspend" in everything
    assert "correct horse" not in everything


OBJECT = """{ objectAudit(kind: "ks", namespace: "shop", name: "apps") {
  nodes { outcome action username address reason } totalCount } }"""


async def test_who_may_edit_an_object_reads_what_was_done_to_it_without_addresses_and_refusals(
    gyre: Gyre, shop: LittleCluster
) -> None:
    editor, viewer = await gyre.signed_in("eve", Role.EDITOR), await gyre.signed_in("vic", Role.VIEWER)
    await editor.data(SUSPEND, name="apps")
    await editor.data(SUSPEND, name="infra")
    await viewer.data(SUSPEND, name="apps")
    told = {"outcome": "SUCCEEDED", "action": "suspend", "username": "eve", "address": "", "reason": ""}
    assert (await editor.data(OBJECT))["objectAudit"] == {"nodes": [told], "totalCount": 1}
    assert (await viewer.ask(OBJECT))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    member = await gyre.signed_in("mia", Role.MEMBER)
    await gyre.people.give("mia", rule("kustomizations", "elsewhere", "edit"), cluster="default")
    assert (await member.ask(OBJECT))["errors"][0]["extensions"]["code"] == "RESOURCE_NOT_FOUND"


async def refusals(gyre: Gyre) -> list[tuple[str, str, str, dict[str, Any]]]:
    await settled()
    return [
        (entry.action, entry.username, entry.reason, entry.details)
        for entry in await AuditEntry.filter(phase="refused").order_by("id")
    ]


async def test_what_one_may_not_see_is_told_with_the_true_reason(gyre: Gyre, shop: LittleCluster) -> None:
    member = await gyre.signed_in("mia", Role.MEMBER)
    await gyre.people.give("mia", rule("kustomizations", "elsewhere", "view"), name="p", cluster="default")
    await member.ask('{ resource(kind: "ks", namespace: "shop", name: "apps") { name } }')
    await member.ask('{ resource(kind: "ks", namespace: "elsewhere", name: "apps") { name } }')  # it is not there
    nobody = await gyre.signed_in("noa", Role.MEMBER)
    await nobody.ask('{ resource(kind: "ks", namespace: "shop", name: "apps") { name } }')
    first, second = await refusals(gyre)
    assert first == ("view", "mia", "policy 'p' covers kustomizations in elsewhere, not namespace shop", {})
    assert second[:3] == ("view", "noa", "no role or policy gives a right on cluster default")
    assert second[3] == {"cluster": "default", "kind": "ks", "namespace": "shop", "name": "apps"}


@pytest.mark.parametrize(
    ("body", "headers", "code", "says"),
    [
        (b"{", {}, "VALIDATION_FAILED", "this is not JSON"),
        (b"x" * 1_100_000, {}, "TOO_LARGE", "too large"),
        ({"query": "{ nothing"}, {}, "GRAPHQL_PARSE_FAILED", "Syntax Error"),
        ({"query": "{ nothing }"}, {}, "GRAPHQL_VALIDATION_FAILED", "Cannot query field"),
        ({"query": "{ resources(first: 1001) { totalCount } }"}, {}, "VALIDATION_FAILED", "between 0 and 1000"),
        ({"query": "{ " + " ".join(f"a{n}: viewer {{ id }}" for n in range(51)) + " }"}, {}, "LIMIT_EXCEEDED", "50"),
        (
            {"query": 'mutation { login(username: "a", password: "' + "x" * 1025 + '") { errors { code } } }'},
            {},
            "VALIDATION_FAILED",
            "at most 1024",
        ),
        ({"query": "{ clusters { name } }"}, {"origin": "https://evil.example"}, "FORBIDDEN", "comes from"),
        ({"query": "{ clusters { name } }"}, {"sec-fetch-site": "cross-site"}, "FORBIDDEN", "another site"),
    ],
)
async def test_what_is_refused_before_a_resolver_is_asked_is_in_the_audit_once(
    gyre: Gyre, body: object, headers: dict[str, str], code: str, says: str
) -> None:
    admin = await gyre.signed_in("ada")
    await admin.post(body, **headers)
    ((action, username, reason, details),) = await refusals(gyre)
    assert (action, details["what"], details["code"]) == ("request", "POST /graphql", code)
    assert says in reason
    assert username in ("ada", "")  # before it is known who asks, only from where
    entry = await AuditEntry.get(phase="refused")
    assert (entry.address, len(entry.request_id)) == ("127.0.0.1", 32)


async def test_who_is_nobody_or_guesses_is_in_the_audit_once(gyre: Gyre) -> None:
    await gyre.nobody.ask("{ clusters { name } }")
    await gyre.nobody.ask('mutation { login(username: "eve", password: "wrong") { errors { code } } }')
    first, second = await refusals(gyre)
    assert first[:3] == ("request", "", "Sign in first.")
    assert second == ("sign-in", "eve", "no such user", {})


async def test_a_mutation_that_cannot_be_meant_is_in_the_audit_once_and_one_that_fails_is_a_failure(
    gyre: Gyre, shop: LittleCluster
) -> None:
    admin = await gyre.signed_in("ada")
    await admin.data(SUSPEND, name="apps", reason="x" * 2_000)
    await admin.data('mutation { deleteUser(id: "nobody") { errors { code } } }')
    ((action, who, _, details),) = await refusals(gyre)
    assert (action, who, details["code"]) == ("request", "ada", "VALIDATION_FAILED")
    failed = (await admin.data(ENTRIES, filter={"outcomes": ["FAILED"]}))["auditEntries"]["nodes"]
    assert [(each["action"], each["reason"]) for each in failed] == [("user-delete", "there is no user 'nobody'")]
    assert len(await refusals(gyre)) == 1


async def test_what_administration_changed_is_told_before_and_after(gyre: Gyre) -> None:
    admin = await gyre.signed_in("ada")
    user = await gyre.people.users.add("bob", "a winter's tale of mine", role=Role.VIEWER)
    changed = (
        'mutation { updateUser(input: {id: "%s", role: EDITOR, password: "another tale of mine"}) { errors { code } } }'
    )
    assert (await admin.data(changed % user.id))["updateUser"]["errors"] == []
    made = """mutation { createPolicy(input: {name: "p", rules: [{resources: ["kustomizations"], namespaces: ["a"],
        actions: ["view"]}]}) { policy { id } } }"""
    policy = (await admin.data(made))["createPolicy"]["policy"]["id"]
    renamed = 'mutation { updatePolicy(input: {id: "%s", name: "q"}) { errors { code } } }'
    assert (await admin.data(renamed % policy))["updatePolicy"]["errors"] == []
    nodes = (await admin.data(ENTRIES, filter={"actions": ["user-update", "policy-update"]}))["auditEntries"]["nodes"]
    assert [each["changes"] for each in nodes] == [
        [{"path": "name", "before": '"p"', "after": '"q"'}],
        [{"path": "role", "before": '"viewer"', "after": '"editor"'}],
    ]
    assert nodes[1]["details"]["password"] == "changed"
    assert "tale" not in repr(nodes)

"""Everyone who can ask with every call about one object, with exact answers; and what one rule shows of the whole."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from typing import Any

import pytest

from gyre.errors import Invalid
from gyre.people.paging import Wanted
from gyre.people.policies import PolicyDraft, RuleDraft
from gyre.people.users import UserChange
from gyre.terms.people import Role
from models.auditing import AuditEntry
from tests.schema.test_decisions import outcome
from tests.support.cluster import (
    EVENTS,
    GIT_REPOSITORIES,
    HELM_RELEASES,
    KUSTOMIZATIONS,
    LittleCluster,
    open_cluster,
    thing,
)
from tests.support.graphql import DEFAULT, PASSWORD, Gyre, Signed, gyre_on
from tests.support.people import rule
from tests.support.waiting import until
from tests.support.world import EVERYONE, everyone, fill

pytestmark = pytest.mark.anyio

World = tuple[Gyre, LittleCluster, dict[str, str]]
TARGET = '{kind: "ks", namespace: "shop", name: "apps"}'
CALLS = {
    "resource": '{ resource(kind: "ks", namespace: "shop", name: "apps") { name } }',
    "reconcile": f"mutation {{ reconcile(input: {{target: {TARGET}}}) {{ errors {{ code }} }} }}",
    "suspend": f"mutation {{ suspend(input: {{target: {TARGET}}}) {{ errors {{ code }} }} }}",
    "resume": f"mutation {{ resume(input: {{target: {TARGET}}}) {{ errors {{ code }} }} }}",
}
NO, NONE, OUT = "FORBIDDEN", "RESOURCE_NOT_FOUND", "CLUSTER_NOT_FOUND"
STRANGER, FIRST = "UNAUTHENTICATED", "PASSWORD_CHANGE_REQUIRED"
EXPECTED = {
    # who:         resource, reconcile, suspend, resume
    "anonymous": (STRANGER, STRANGER, STRANGER, STRANGER),
    "disabled": (STRANGER, STRANGER, STRANGER, STRANGER),
    "must-change": (FIRST, FIRST, FIRST, FIRST),
    "viewer": ("OK", NO, NO, NO),
    "editor": ("OK", "OK", "OK", "OK"),
    "admin": ("OK", "OK", "OK", "OK"),
    "none": (OUT, OUT, OUT, OUT),
    "may-view": ("OK", NO, NO, NO),
    "may-edit": ("OK", "OK", "OK", "OK"),
    "may-create": ("OK", NO, NO, NO),
    "may-delete": ("OK", NO, NO, NO),
    "may-reconcile": ("OK", "OK", NO, NO),
    "may-suspend": ("OK", NO, "OK", "OK"),
    "may-logs": ("OK", NO, NO, NO),
    "may-restart": ("OK", NO, NO, NO),
    "may-all": ("OK", "OK", "OK", "OK"),
    "by-glob": ("OK", "OK", "OK", "OK"),
    "elsewhere": (NONE, NONE, NONE, NONE),
    "other-kind": (NONE, NONE, NONE, NONE),
    "other-cluster": (OUT, OUT, OUT, OUT),
}
SEEN = {
    # who: how many of the seven objects
    "viewer": 7,
    "editor": 7,
    "admin": 7,
    "none": 0,
    "by-glob": 2,
    "elsewhere": 1,
    "other-kind": 1,
    "other-cluster": 0,
}


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("rights")
    async with open_cluster(KUSTOMIZATIONS, HELM_RELEASES, GIT_REPOSITORIES, EVENTS) as cluster:
        fill(cluster)
        async with gyre_on({DEFAULT: cluster.access(folder)}, folder) as gyre:
            yield gyre, cluster, await everyone(gyre.people)


def person(world: World, name: str) -> Signed:
    gyre, _, cookies = world
    return replace(gyre.nobody, cookie=f"gyre_session={cookies[name]}" if cookies[name] else "")


def test_everyone_is_in_the_table() -> None:
    assert set(EXPECTED) == set(EVERYONE)


@pytest.mark.parametrize("who", EVERYONE)
async def test_each_person_gets_exactly_this_for_each_call(world: World, who: str) -> None:
    _, cluster, _ = world
    for name, expected in zip(CALLS, EXPECTED[who], strict=True):
        before = len(cluster.writes)
        assert (name, outcome(await person(world, who).ask(CALLS[name]), name)) == (name, expected)
        written = len(cluster.writes) - before
        assert written == (1 if expected == "OK" and name != "resource" else 0)


LISTS = """{ resources { totalCount nodes { namespace kind } } overview { total byNamespace { namespace count }
    byKind { kind count } byCluster { cluster count } failing { name } } kinds { name count } clusters { name }
    events { totalCount nodes { namespace } } }"""


@pytest.mark.parametrize("who", [name for name in EVERYONE if EXPECTED[name][0] not in (STRANGER, FIRST)])
async def test_lists_counts_and_overview_hold_what_the_person_sees_and_nothing_else(world: World, who: str) -> None:
    data = await person(world, who).data(LISTS)
    seen = SEEN.get(who, 1)
    assert data["resources"]["totalCount"] == len(data["resources"]["nodes"]) == data["overview"]["total"] == seen
    assert sum(kind["count"] for kind in data["kinds"]) == seen
    for part in ("byNamespace", "byKind", "byCluster"):
        assert sum(each["count"] for each in data["overview"][part]) == seen
    assert [each["name"] for each in data["clusters"]] == ([] if who in ("none", "other-cluster") else ["default"])
    assert data["events"]["totalCount"] == len(data["events"]["nodes"])
    if who.startswith("may-"):
        assert data["events"]["nodes"] == [{"namespace": "shop"}]
        assert data["resources"]["nodes"] == [{"namespace": "shop", "kind": "Kustomization"}]
        assert [each["namespace"] for each in data["overview"]["byNamespace"]] == ["shop"]


async def test_what_is_refused_is_in_the_audit_with_the_true_reason(world: World) -> None:
    await person(world, "elsewhere").ask(CALLS["suspend"])
    await person(world, "viewer").ask('mutation { deleteUser(id: "x") { errors { code } } }')
    last, before = await AuditEntry.all().order_by("-id").limit(2)
    assert (last.username, last.action, last.reason) == (
        "viewer",
        "user-delete",
        "role viewer administers nothing, only role admin does",
    )
    assert before.reason == "policy 'of elsewhere' covers kustomizations in prod, not namespace shop"


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("may-view", ["VIEW"]),
        ("may-edit", ["VIEW", "CREATE", "EDIT", "RECONCILE", "SUSPEND"]),
        ("may-suspend", ["VIEW", "SUSPEND"]),
        ("may-logs", ["VIEW", "LOGS"]),
        ("admin", ["VIEW", "CREATE", "EDIT", "DELETE", "RECONCILE", "SUSPEND", "LOGS", "RESTART"]),
        ("elsewhere", []),
    ],
)
async def test_access_and_can_say_what_decide_says(world: World, who: str, allowed: list[str]) -> None:
    asked = ", ".join(
        f'{action}: can(action: {action}, kind: "ks", namespace: "shop")' for action in ("VIEW", "EDIT", "SUSPEND")
    )
    data = await person(world, who).data(
        f'{{ access(kind: "ks", namespace: "shop") {{ action allowed because }} viewer {{ {asked} }} }}'
    )
    assert [each["action"] for each in data["access"] if each["allowed"]] == allowed
    assert all(each["because"] for each in data["access"])
    assert data["viewer"] == {action: action in allowed for action in ("VIEW", "EDIT", "SUSPEND")}


@pytest.mark.parametrize(
    ("who", "actions"),
    [
        ("may-suspend", ["VIEW", "SUSPEND"]),
        ("viewer", ["VIEW"]),
        ("elsewhere", ["VIEW", "CREATE", "EDIT", "DELETE", "RECONCILE", "SUSPEND", "LOGS", "RESTART"]),
        ("none", []),
    ],
)
async def test_anywhere_is_what_some_rule_gives_wherever_it_is(world: World, who: str, actions: list[str]) -> None:
    assert await person(world, who).data("{ viewer { anywhere } }") == {"viewer": {"anywhere": actions}}


async def test_where_nothing_may_be_seen_can_answers_as_for_what_does_not_exist(world: World) -> None:
    query = '{ viewer { can(action: VIEW, kind: "ks", namespace: "shop", cluster: "%s") } }'
    for cluster in ("default", "no-such"):
        assert await person(world, "none").data(query % cluster) == {"viewer": {"can": False}}


async def test_explain_tells_which_rule_allows_and_at_what_the_others_stop(world: World) -> None:
    gyre, _, _ = world
    ids = {each.username: each.id for each in await gyre.people.users.all()}
    query = """query($user: ID!) { explain(userId: $user, action: SUSPEND, kind: "ks", namespace: "shop") {
        username active allowed because considered { policy stopsAt } } }"""
    told = {name: (await person(world, "admin").data(query, user=ids[name]))["explain"] for name in ids}
    assert told["may-suspend"]["allowed"]
    assert told["may-suspend"]["considered"] == [{"policy": "of may-suspend", "stopsAt": None}]
    stops = {name: [each["stopsAt"] for each in told[name]["considered"]] for name in told}
    assert {name: stops[name] for name in ("may-view", "elsewhere", "other-kind", "other-cluster", "none")} == {
        "may-view": ["ACTION"],
        "elsewhere": ["NAMESPACE"],
        "other-kind": ["RESOURCE"],
        "other-cluster": ["CLUSTER"],
        "none": [],
    }
    assert told["elsewhere"]["because"] == "policy 'of elsewhere' covers kustomizations in prod, not namespace shop"
    assert (told["disabled"]["active"], told["disabled"]["allowed"]) == (False, True)
    assert (told["must-change"]["allowed"], told["must-change"]["because"]) == (
        False,
        "the password has to be changed first",
    )


async def heard(socket: Any, wanted: int) -> list[tuple[str, str | None]]:
    """The next changes: type and namespace."""
    rows: list[tuple[str, str | None]] = []
    while len(rows) < wanted:
        change = (await socket.hear())["payload"]["data"]["resourceChanges"]
        rows.append((change["type"], change["row"]["namespace"] if change["row"] else None))
    return rows


async def test_an_open_subscription_follows_each_change_of_rights(world: World) -> None:
    gyre, cluster, _ = world
    mia = await gyre.signed_in("mia", Role.MEMBER)
    await gyre.people.give("mia", rule("kustomizations", "shop", "view"), name="of-mia", cluster="default")
    (policy,) = [each for each in await _policies(gyre) if each.name == "of-mia"]
    async with mia.socket() as socket:
        await socket.init()
        await socket.subscribe("1", "subscription { resourceChanges { type row { namespace } } }")
        await asyncio.sleep(0.3)
        _touch(cluster, "prod", "shop")
        assert await heard(socket, 1) == [("MODIFIED", "shop")]
        await gyre.people.directory.policies.update(
            policy.id, PolicyDraft(rules=(rule("kustomizations", "prod", "view"),))
        )
        assert await heard(socket, 1) == [("RESYNC", None)]
        _touch(cluster, "shop", "prod")
        assert await heard(socket, 1) == [("MODIFIED", "prod")]
        await gyre.people.directory.policies.delete(policy.id, even_if_bound=True)
        assert await heard(socket, 1) == [("RESYNC", None)]
        _touch(cluster, "shop", "prod")
        (user,) = [each for each in await gyre.people.users.all() if each.username == "mia"]
        await gyre.people.users.change(user.id, UserChange(role=Role.VIEWER))
        assert await heard(socket, 1) == [("RESYNC", None)]
        await gyre.people.users.change(user.id, UserChange(active=False))
        assert await socket.closed() == (4401, "The session has ended; sign in again.")


async def test_who_must_change_the_password_does_so_and_goes_on(world: World) -> None:
    gyre, _, _ = world
    await gyre.people.users.add("newcomer", PASSWORD, role=Role.VIEWER, must_change_password=True)
    new = await gyre.signed_in("newcomer")
    change = """mutation($old: String!, $new: String!) { changePassword(old: $old, new: $new) {
        viewer { username } errors { code path } } }"""
    assert outcome(await new.ask(CALLS["resource"]), "resource") == FIRST
    assert (await new.data("{ viewer { mustChangePassword } }"))["viewer"]["mustChangePassword"]
    wrong = (await new.data(change, old="not this one at all", new="another winter's tale"))["changePassword"]
    assert wrong == {"viewer": None, "errors": [{"code": "VALIDATION_FAILED", "path": ["old"]}]}
    weak = (await new.data(change, old=PASSWORD, new="short"))["changePassword"]
    assert weak == {"viewer": None, "errors": [{"code": "VALIDATION_FAILED", "path": ["new"]}]}
    done = (await new.data(change, old=PASSWORD, new="another winter's tale"))["changePassword"]
    assert done == {"viewer": {"username": "newcomer"}, "errors": []}
    assert outcome(await new.ask(CALLS["resource"]), "resource") == "OK"


async def test_every_resource_that_a_rule_may_name_is_told_and_can_be_written_and_no_other(world: World) -> None:
    gyre, _, _ = world
    named = (await (await gyre.signed_in("eve")).data("{ ruleResources }"))["ruleResources"]
    assert {"kustomizations", "helmreleases", "pods", "deployments"} <= set(named)
    policies = gyre.people.directory.policies
    rules = [RuleDraft(resources=(name,), namespaces=("*",), actions=("view",)) for name in named]
    made = [await policies.create(PolicyDraft(name=f"names {each.resources[0]}", rules=(each,))) for each in rules]
    assert [each.rules[0].resources for each in made] == [(name,) for name in named]
    other = RuleDraft(resources=("kustomization",), namespaces=("*",), actions=("view",))
    with pytest.raises(Invalid, match="did you mean kustomizations"):
        await policies.create(PolicyDraft(name="names no kind", rules=(other,)))
    for each in made:
        await policies.delete(each.id)


async def test_guessing_the_present_password_is_slowed_down(world: World) -> None:
    gyre, _, _ = world
    zoe = await gyre.signed_in("zoe", Role.VIEWER)
    guess = 'mutation { changePassword(old: "a guess at it", new: "another winter\'s tale") { errors { code } } }'
    told = [outcome(await zoe.ask(guess), "changePassword") for _ in range(6)]
    assert told == ["VALIDATION_FAILED"] * 5 + ["RATE_LIMITED"]
    assert await gyre.people.users.password_is("zoe", PASSWORD)


async def test_ones_sessions_are_listed_and_ended_and_no_one_elses(world: World) -> None:
    gyre, _, _ = world
    here, there = await gyre.signed_in("lea", Role.VIEWER), await gyre.signed_in("lea", Role.VIEWER)
    other = await gyre.signed_in("bob", Role.VIEWER)
    query = "{ sessions { id current address userAgent } }"
    mine = (await here.data(query))["sessions"]
    assert sorted(each["current"] for each in mine) == [False, True]
    (elsewhere,) = [each["id"] for each in mine if not each["current"]]
    end = f'mutation {{ endSession(id: "{elsewhere}") {{ ended errors {{ code }} }} }}'
    assert outcome(await other.ask(end), "endSession") == "SESSION_NOT_FOUND"
    assert len((await here.data(query))["sessions"]) == 2
    assert (await here.data(end))["endSession"] == {"ended": 1, "errors": []}
    assert outcome(await there.ask(query), "sessions") == STRANGER
    lea = (await here.data("{ viewer { id } }"))["viewer"]["id"]
    of_lea = f'{{ sessions(userId: "{lea}") {{ id }} }}'
    assert outcome(await other.ask(of_lea), "sessions") == NO
    assert len((await person(world, "admin").data(of_lea))["sessions"]) == 1
    ended = await person(world, "admin").data(f'mutation {{ endSessions(userId: "{lea}") {{ ended }} }}')
    assert ended == {"endSessions": {"ended": 1}}
    assert outcome(await here.ask(query), "sessions") == STRANGER


def _touch(cluster: LittleCluster, *namespaces: str) -> None:
    """One change of `apps` in each, in this order."""
    for namespace in namespaces:
        spec = {"path": f"./{cluster.version}", "interval": "10m"}
        cluster.has(KUSTOMIZATIONS, thing("apps", namespace, spec=spec))


async def _policies(gyre: Gyre) -> Iterable[Any]:
    return (await gyre.people.directory.policies.some(Wanted(first=1000))).items


async def test_a_reference_that_may_not_be_seen_is_hidden_without_a_name_whether_it_exists_or_not(world: World) -> None:
    gyre, cluster, _ = world
    source = {"sourceRef": {"kind": "GitRepository", "name": "fleet", "namespace": "hidden-namespace"}}
    waits = {"dependsOn": [{"name": "apps", "namespace": "prod"}, {"name": "apps"}]}
    lost = {"sourceRef": {"kind": "GitRepository", "name": "no-such", "namespace": "hidden-namespace"}}
    cluster.has(KUSTOMIZATIONS, thing("tied", "shop", spec={**source, **waits}), thing("lost", "shop", spec=lost))
    await until(lambda: gyre.seen("Kustomization", "lost") and gyre.seen("Kustomization", "tied"))
    query = """{ resource(kind: "ks", namespace: "shop", name: "%s") {
        source { kind namespace name hidden status } dependsOn { namespace name hidden status } } }"""
    hidden = {"kind": "GitRepository", "namespace": "", "name": "", "hidden": True, "status": None}
    mine = (await person(world, "may-view").data(query % "tied"))["resource"]
    assert mine["source"] == hidden
    assert mine["dependsOn"] == [
        {"namespace": "", "name": "", "hidden": True, "status": None},
        {"namespace": "shop", "name": "apps", "hidden": False, "status": "READY"},
    ]
    assert (await person(world, "may-view").data(query % "lost"))["resource"]["source"] == hidden
    whole = (await person(world, "viewer").data(query % "tied"))["resource"]
    assert (whole["source"]["name"], whole["source"]["hidden"], whole["source"]["status"]) == ("fleet", False, "READY")
    cluster.lacks(KUSTOMIZATIONS, "shop", "tied")
    cluster.lacks(KUSTOMIZATIONS, "shop", "lost")
    await until(lambda: not gyre.seen("Kustomization", "lost") and not gyre.seen("Kustomization", "tied"))

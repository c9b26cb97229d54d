"""API tokens over GraphQL: made once, used on every way in, never used for what is the person's own."""

from dataclasses import replace

import pytest

from gyre.terms.people import Role
from models.tokens import ApiToken
from tests.support.cluster import KUSTOMIZATIONS, LittleCluster, thing
from tests.support.graphql import Answer, Gyre, Signed, Socket
from tests.support.people import scope

pytestmark = pytest.mark.anyio

TOKEN = "{ name hint expired usedFrom scope { clusters resources namespaces actions } }"
CREATE = """mutation($input: CreateTokenInput!) {
  createToken(input: $input) { token { id name hint username expiresAt } secret errors { code message path } }
}"""
REVOKE = "mutation($id: ID!) { revokeToken(id: $id) { token { name } errors { code message } } }"
NAMES = "{ resources { nodes { namespace name } } }"
OVERVIEW = "subscription { overviewChanges { total } }"
SHOP = {"resources": ["kustomizations"], "namespaces": ["shop"], "actions": ["view"]}


async def made(who: Signed, **given: object) -> tuple[Answer, Signed]:
    """A token of theirs, and who asks with it."""
    done = (await who.data(CREATE, input={"name": "robot", **given}))["createToken"]
    assert done["errors"] == []
    return done["token"], replace(who, cookie="", token=done["secret"])


def names(data: Answer) -> list[str]:
    return [f"{node['namespace']}/{node['name']}" for node in data["resources"]["nodes"]]


async def synced(gyre: Gyre, cluster: LittleCluster) -> None:
    cluster.has(KUSTOMIZATIONS, thing("apps", "shop"), thing("apps", "prod"))
    who = await gyre.signed_in("watcher")
    while len(names(await who.data(NAMES))) < 2:
        pass


async def test_a_token_is_told_once_and_sees_what_its_scope_leaves(gyre: Gyre, cluster: LittleCluster) -> None:
    await synced(gyre, cluster)
    ada = await gyre.signed_in("ada", Role.EDITOR)
    token, robot = await made(ada, scope=[SHOP])
    assert token["hint"] == robot.token[:9]
    assert names(await ada.data(NAMES)) == ["prod/apps", "shop/apps"]
    assert names(await robot.data(NAMES)) == ["shop/apps"]
    listed = await ada.ask(f"{{ tokens {TOKEN} }}")
    assert listed["data"]["tokens"] == [
        {
            "name": "robot",
            "hint": token["hint"],
            "expired": False,
            "usedFrom": "127.0.0.1",
            "scope": [{"clusters": ["*"], **SHOP}],
        }
    ]
    assert robot.token not in str(listed)


async def test_it_comes_by_header_by_subprotocol_and_by_connection_init(gyre: Gyre, cluster: LittleCluster) -> None:
    await synced(gyre, cluster)
    _, robot = await made(await gyre.signed_in("ada", Role.EDITOR), scope=[SHOP])
    by_header = Socket(gyre.address, robot.headers)
    by_protocol = Socket(gyre.address, {}, "https://elsewhere.example", (f"gyre.token.{robot.token}",))
    by_init = Socket(gyre.address)
    payload = {"authorization": f"Bearer {robot.token}"}
    for opening, said in ((by_header, {}), (by_protocol, {}), (by_init, payload)):
        async with opening as socket:
            assert socket.raw.subprotocol == "graphql-transport-ws"
            await socket.init(**said)
            await socket.subscribe("1", OVERVIEW)
            assert (await socket.hear())["payload"] == {"data": {"overviewChanges": {"total": 1}}}
    asked = {"query": OVERVIEW}
    sse = {"accept": "text/event-stream", **robot.headers}
    async with robot.http.stream("POST", f"http://{robot.address}/graphql", json=asked, headers=sse) as events:
        lines = events.aiter_lines()
        assert [await anext(lines), await anext(lines)][1] == 'data: {"data":{"overviewChanges":{"total":1}}}'


async def test_a_wrong_token_is_refused_although_a_good_session_is_beside_it(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada")
    wrong = replace(ada, token="gyre_wrong")
    answer = await wrong.post({"query": "{ viewer { username } }"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="gyre", error="invalid_token"'
    (error,) = answer.json()["errors"]
    assert error["extensions"] == {"code": "UNAUTHENTICATED", "details": {"reason": "TOKEN_MALFORMED"}}
    async with wrong.socket() as socket:
        assert (await socket.closed())[0] == 4401
    async with ada.socket() as socket:
        await socket.say(type="connection_init", payload={"authorization": "gyre_wrong"})
        assert (await socket.closed())[0] == 4401
    async with ada.socket() as socket:
        await socket.say(type="connection_init", payload={"authorization": 7})
        assert (await socket.closed())[0] == 4400


async def test_revoking_acts_at_once_on_what_is_open(gyre: Gyre, cluster: LittleCluster) -> None:
    await synced(gyre, cluster)
    ada = await gyre.signed_in("ada", Role.EDITOR)
    token, robot = await made(ada)
    async with Socket(gyre.address) as socket, robot.socket() as other:
        await socket.init(Authorization=robot.token)
        await other.init()
        await socket.subscribe("1", OVERVIEW)
        assert (await socket.hear())["type"] == "next"
        assert (await ada.data(REVOKE, id=token["id"]))["revokeToken"] == {"token": {"name": "robot"}, "errors": []}
        assert (await socket.closed())[0] == 4401
        assert (await other.closed())[0] == 4401
    answer = await robot.post({"query": NAMES})
    assert answer.json()["errors"][0]["extensions"]["details"] == {"reason": "TOKEN_REVOKED"}
    assert (await ada.data("{ tokens { id } }")) == {"tokens": []}


@pytest.mark.parametrize("role", [Role.ADMIN, Role.VIEWER])
async def test_no_token_makes_another_or_changes_a_password_or_signs_out(gyre: Gyre, role: Role) -> None:
    ada = await gyre.signed_in("ada", role)
    _, robot = await made(ada)
    me = (await ada.data("{ viewer { id } }"))["viewer"]["id"]
    words = 'old: "a long winter\'s tale", new: "a summer\'s tale of mine"'
    tried = [
        'createToken(input: {name: "more"}) { errors { code } }',
        f"changePassword({words}) {{ errors {{ code }} }}",
        f'updateUser(input: {{id: "{me}", password: "a summer\'s tale of mine"}}) {{ errors {{ code }} }}',
        "logout { errors { code } }",
    ]
    for mutation in tried:
        answer = await robot.ask(f"mutation {{ {mutation} }}")
        said = answer.get("errors") or next(iter(answer["data"].values()))["errors"]
        assert [each.get("code") or each["extensions"]["code"] for each in said] == ["FORBIDDEN"], mutation
    assert await ApiToken.all().count() == 1
    assert await gyre.people.users.password_is("ada", "a long winter's tale")
    assert (await ada.data("{ viewer { username } }"))["viewer"] == {"username": "ada"}


async def test_a_narrowed_token_learns_nothing_of_its_owners_account_but_may_end_itself(gyre: Gyre) -> None:
    ada = await gyre.signed_in("ada", Role.ADMIN)
    token, robot = await made(ada, scope=[{**SHOP, "actions": ["*"]}])
    other, _ = await made(ada, name="other")
    for query in ("{ sessions { id } }", "{ tokens { id } }", "{ users { totalCount } }"):
        assert (await robot.ask(query))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    for mutation in ("endSessions { errors { code } }", f'revokeToken(id: "{other["id"]}") {{ errors {{ code }} }}'):
        answer = await robot.data(f"mutation {{ {mutation} }}")
        assert next(iter(answer.values()))["errors"] == [{"code": "FORBIDDEN"}]
    assert (await robot.data("{ viewer { administers } }"))["viewer"] == {"administers": False}
    assert (await robot.data(REVOKE, id=token["id"]))["revokeToken"]["errors"] == []
    assert (await robot.post({"query": NAMES})).status_code == 401
    assert [each["id"] for each in (await ada.data("{ tokens { id } }"))["tokens"]] == [other["id"]]


async def test_an_administrator_lists_and_revokes_anyones_and_others_only_their_own(gyre: Gyre) -> None:
    eve, root = await gyre.signed_in("eve", Role.EDITOR), await gyre.signed_in("root", Role.ADMIN)
    bob = await gyre.signed_in("bob", Role.EDITOR)
    token, robot = await made(eve)
    me = (await eve.data("{ viewer { id } }"))["viewer"]["id"]
    query = "query($id: ID!) { tokens(userId: $id) { id username } }"
    assert (await bob.ask(query, id=me))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    gone = (await bob.data(REVOKE, id=token["id"]))["revokeToken"]
    missing = (await bob.data(REVOKE, id=me))["revokeToken"]
    assert [each["errors"][0]["code"] for each in (gone, missing)] == ["TOKEN_NOT_FOUND"] * 2
    assert (await root.data(query, id=me))["tokens"] == [{"id": token["id"], "username": "eve"}]
    _, of_root = await made(root, name="all", scope=[{name: ["*"] for name in SHOP}])
    assert (await of_root.data(query, id=me))["tokens"] == [{"id": token["id"], "username": "eve"}]
    assert (await of_root.data(REVOKE, id=token["id"]))["revokeToken"]["errors"] == []
    assert (await robot.post({"query": NAMES})).status_code == 401


async def test_a_token_of_the_little_scope_is_narrowed_by_cluster(gyre: Gyre, cluster: LittleCluster) -> None:
    await synced(gyre, cluster)
    ada = await gyre.signed_in("ada", Role.ADMIN)
    elsewhere = await gyre.people.token("ada", scope("*", "*", "*", "elsewhere"))
    robot = replace(ada, cookie="", token=elsewhere.secret)
    assert await robot.data("{ resources { totalCount } clusters { name } }") == {
        "resources": {"totalCount": 0},
        "clusters": [],
    }

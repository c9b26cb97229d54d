"""Users and groups as administrators handle them in GraphQL: each change acts at once, and an administrator stays."""

from typing import Any

import pytest

from gyre.terms.people import Role
from tests.schema.test_decisions import outcome
from tests.support.graphql import PASSWORD, Gyre, Signed
from tests.support.people import rule

pytestmark = pytest.mark.anyio

USER = "user { id username role active mustChangePassword groups } errors { code path }"
CREATE = f"mutation($input: CreateUserInput!) {{ done: createUser(input: $input) {{ {USER} }} }}"
UPDATE = f"mutation($input: UpdateUserInput!) {{ done: updateUser(input: $input) {{ {USER} }} }}"
DELETE = f"mutation($id: ID!) {{ done: deleteUser(id: $id) {{ {USER} }} }}"
USERS = '{ users(text: "e") { totalCount nodes { username role active signedInAt } } }'
GROUP = "group { id name description members { username } } errors { code path }"
MAKE_GROUP = f"mutation($input: CreateGroupInput!) {{ done: createGroup(input: $input) {{ {GROUP} }} }}"
CHANGE_GROUP = f"mutation($input: UpdateGroupInput!) {{ done: updateGroup(input: $input) {{ {GROUP} }} }}"
DROP_GROUP = f"mutation($id: ID!) {{ done: deleteGroup(id: $id) {{ {GROUP} }} }}"
LOGIN = """mutation($password: String!) {
  done: login(username: "eve", password: $password) { viewer { username } errors { code } }
}"""
VIEWER = "{ viewer { username role } }"
OTHER = "a summer's tale of mine"
LAST = [{"code": "CONFLICT", "path": []}]


async def done(who: Signed, query: str, **variables: Any) -> Any:
    return (await who.data(query, **variables))["done"]


async def lets_in(gyre: Gyre, password: str) -> object:
    """What signing in as eve is answered with: OK or the code."""
    answer = await gyre.nobody.ask(LOGIN, password=password)
    gyre.http.cookies.clear()
    return outcome(answer, "done")


async def test_a_user_is_made_changed_disabled_let_in_again_and_deleted(gyre: Gyre) -> None:
    root = await gyre.signed_in("root")
    new = {"username": "Eve", "password": PASSWORD, "role": "EDITOR"}
    made = await done(root, CREATE, input=new)
    eve = {"id": made["user"]["id"], "username": "eve", "role": "EDITOR", "active": True}
    eve |= {"mustChangePassword": False, "groups": []}
    assert made == {"user": eve, "errors": []}
    again = await done(root, CREATE, input=new)
    assert again == {"user": None, "errors": [{"code": "ALREADY_EXISTS", "path": ["username"]}]}
    weak = await done(root, CREATE, input={"username": "mia", "password": "short"})
    assert weak == {"user": None, "errors": [{"code": "VALIDATION_FAILED", "path": ["password"]}]}
    assert (await root.data(USERS))["users"] == {
        "totalCount": 1,
        "nodes": [{"username": "eve", "role": "EDITOR", "active": True, "signedInAt": None}],
    }

    signed = await gyre.signed_in("eve")
    changed = await done(root, UPDATE, input={"id": eve["id"], "role": "VIEWER"})
    assert changed == {"user": eve | {"role": "VIEWER"}, "errors": []}
    assert (await signed.data(VIEWER))["viewer"] == {"username": "eve", "role": "VIEWER"}
    disabled = await done(root, UPDATE, input={"id": eve["id"], "active": False})
    assert disabled == {"user": eve | {"role": "VIEWER", "active": False}, "errors": []}
    assert outcome(await signed.ask("{ users { totalCount } }"), "users") == "UNAUTHENTICATED"
    assert await lets_in(gyre, PASSWORD) == "UNAUTHENTICATED"
    await done(root, UPDATE, input={"id": eve["id"], "active": True})
    assert outcome(await signed.ask("{ users { totalCount } }"), "users") == "UNAUTHENTICATED"
    assert await lets_in(gyre, PASSWORD) == "OK"
    forced = await done(root, UPDATE, input={"id": eve["id"], "password": OTHER, "mustChangePassword": True})
    assert forced["user"]["mustChangePassword"] is True
    assert [await lets_in(gyre, each) for each in (PASSWORD, OTHER)] == ["UNAUTHENTICATED", "OK"]

    assert (await done(root, DELETE, id=eve["id"]))["errors"] == []
    assert await lets_in(gyre, OTHER) == "UNAUTHENTICATED"
    assert (await root.data(USERS))["users"] == {"totalCount": 0, "nodes": []}
    gone = [await done(root, DELETE, id=eve["id"]), await done(root, UPDATE, input={"id": eve["id"], "role": "ADMIN"})]
    assert gone == [{"user": None, "errors": [{"code": "USER_NOT_FOUND", "path": []}]}] * 2


async def test_the_last_administrator_can_be_neither_demoted_nor_disabled_nor_deleted(gyre: Gyre) -> None:
    root = await gyre.signed_in("root")
    (person,) = await gyre.people.users.all()
    second = await gyre.people.users.add("second", PASSWORD, role=Role.ADMIN)
    await gyre.people.users.set_active("second", active=False)
    for change in ({"role": "EDITOR"}, {"active": False}):
        assert await done(root, UPDATE, input={"id": person.id, **change}) == {"user": None, "errors": LAST}
    assert await done(root, DELETE, id=person.id) == {"user": None, "errors": LAST}
    assert (await root.data(VIEWER))["viewer"] == {"username": "root", "role": "ADMIN"}
    kept = await gyre.people.users.called("Root")
    assert (kept.id, kept.role, kept.active) == (person.id, Role.ADMIN, True)
    await done(root, UPDATE, input={"id": second.id, "active": True})
    assert (await done(root, UPDATE, input={"id": person.id, "role": "VIEWER"}))["errors"] == []
    assert outcome(await root.ask(DELETE, id=second.id), "done") == "FORBIDDEN"


async def test_a_group_gives_what_it_has_to_who_is_in_it_as_long_as_they_are(gyre: Gyre) -> None:
    root, eve = await gyre.signed_in("root"), await gyre.signed_in("eve", Role.MEMBER)
    ids = {each.username: each.id for each in await gyre.people.users.all()}
    shop = {"name": "shop", "description": "who sells", "members": [ids["eve"]]}
    made = await done(root, MAKE_GROUP, input=shop)
    group = {"id": made["group"]["id"], "name": "shop", "description": "who sells", "members": [{"username": "eve"}]}
    assert made == {"group": group, "errors": []}
    taken = await done(root, MAKE_GROUP, input={"name": "SHOP"})
    assert taken == {"group": None, "errors": [{"code": "ALREADY_EXISTS", "path": ["name"]}]}
    nobody = await done(root, CHANGE_GROUP, input={"id": group["id"], "name": "other", "add": ["nobody"]})
    assert nobody == {"group": None, "errors": [{"code": "USER_NOT_FOUND", "path": ["members"]}]}

    await gyre.people.give("root", rule("kustomizations", "shop", "view"), name="sees shop")
    policy = (await root.data('{ policies(text: "sees shop") { nodes { id } } }'))["policies"]["nodes"][0]["id"]
    bind = "mutation($input: CreateBindingInput!) { done: createBinding(input: $input) { errors { code } } }"
    given = {"policyId": policy, "cluster": "*", "groupId": group["id"]}
    assert (await done(root, bind, input=given))["errors"] == []
    can = '{ viewer { groups can(action: VIEW, kind: "Kustomization", namespace: "shop") } }'

    async def now() -> tuple[list[str], bool]:
        viewer = (await eve.data(can))["viewer"]
        return viewer["groups"], viewer["can"]

    assert await now() == (["shop"], True)
    left = await done(root, CHANGE_GROUP, input={"id": group["id"], "name": "the shop", "remove": [ids["eve"]]})
    assert left == {"group": group | {"name": "the shop", "members": []}, "errors": []}
    assert await now() == ([], False)
    await done(root, CHANGE_GROUP, input={"id": group["id"], "add": [ids["eve"]]})
    assert await now() == (["the shop"], True)
    assert (await done(root, DROP_GROUP, id=group["id"]))["errors"] == []
    assert await now() == ([], False)
    gone = await done(root, DROP_GROUP, id=group["id"])
    assert gone == {"group": None, "errors": [{"code": "GROUP_NOT_FOUND", "path": ["groupId"]}]}

"""API tokens as their owners handle them: every word checked before anything is kept."""

from dataclasses import fields

import pytest

from gyre.errors import AlreadyExists, Conflict, GyreError, Invalid, NoSuchCluster, NoSuchToken, NoSuchUser
from gyre.people.tokens import LONGEST_DAYS, MOST_TOKENS, NamedToken, TokenDraft
from models.tokens import ApiToken
from tests.support.clocks import HandClock
from tests.support.people import PASSWORD, People, scope

pytestmark = pytest.mark.anyio

ONE = scope("kustomizations", "shop", "view")


@pytest.fixture
async def ada(people: People) -> str:
    return (await people.users.add("ada", PASSWORD)).id


async def test_a_token_is_listed_without_its_text_the_newest_first(people: People, clock: HandClock, ada: str) -> None:
    await people.users.add("bob", PASSWORD)
    first = await people.token("ada", ONE, name="first", days=1)
    await clock.turn(hours=12)
    second = await people.token("ada", name="second")
    await people.token("bob")
    await clock.turn(hours=12)
    listed = await people.directory.tokens.of(ada)
    assert [(each.name, each.expired, each.scope) for each in listed] == [
        ("second", False, None),
        ("first", True, (ONE,)),
    ]
    assert [each.id for each in listed] == [second.token.id, first.token.id]
    assert first.secret not in repr(listed)
    assert first.token.hint == first.secret[:9]
    assert "secret" not in {field.name for field in fields(NamedToken)}


@pytest.mark.parametrize(
    ("draft", "error", "path"),
    [
        (TokenDraft(name=""), Invalid, ["name"]),
        (TokenDraft(name="a\x00b"), Invalid, ["name"]),
        (TokenDraft(name="x", days=0), Invalid, ["expiresInDays"]),
        (TokenDraft(name="x", days=LONGEST_DAYS + 1), Invalid, ["expiresInDays"]),
        (TokenDraft(name="x", scope=()), Invalid, ["scope"]),
        (TokenDraft(name="x", scope=(ONE,) * 21), Invalid, ["scope"]),
        (
            TokenDraft(name="x", scope=(ONE, scope("kustomization", "shop", "view"))),
            Invalid,
            ["scope", "1", "resources"],
        ),
        (TokenDraft(name="x", scope=(scope("*", "Shop", "view"),)), Invalid, ["scope", "0", "namespaces"]),
        (TokenDraft(name="x", scope=(scope("*", "*", "admin"),)), Invalid, ["scope", "0", "actions"]),
        (TokenDraft(name="x", scope=(scope("*", "*", ""),)), Invalid, ["scope", "0", "actions"]),
        (TokenDraft(name="x", scope=(scope("*", "*", "*", ""),)), Invalid, ["scope", "0", "clusters"]),
        (TokenDraft(name="x", scope=(scope("*", "*", "*", "prob"),)), NoSuchCluster, ["scope", "0", "clusters"]),
        (
            TokenDraft(name="x", scope=(scope("*", "*", "*", "* prod " + "c " * 100),)),
            Invalid,
            ["scope", "0", "clusters"],
        ),
        (TokenDraft(name="ROBOT"), AlreadyExists, ["name"]),
    ],
)
async def test_what_cannot_be_meant_is_refused_by_place_and_nothing_is_kept(
    people: People, ada: str, draft: TokenDraft, error: type[GyreError], path: list[str]
) -> None:
    await people.token("ada")
    with pytest.raises(error) as wrong:
        await people.directory.tokens.create(ada, draft, clusters=("prod", "test"))
    assert wrong.value.details["path"] == path
    assert await ApiToken.all().count() == 1


async def test_a_near_cluster_is_suggested(people: People, ada: str) -> None:
    draft = TokenDraft(name="x", scope=(scope("*", "*", "*", "prob"),))
    with pytest.raises(NoSuchCluster, match="Did you mean prod"):
        await people.directory.tokens.create(ada, draft, clusters=("prod",))


async def test_a_user_has_a_bounded_number_of_tokens_and_a_revoked_ones_name_is_free(people: People, ada: str) -> None:
    made = [await people.token("ada", name=f"t{number}") for number in range(MOST_TOKENS)]
    with pytest.raises(Conflict):
        await people.token("ada", name="more")
    await people.directory.tokens.revoke(made[0].token.id, "by ada")
    again = await people.token("ada", name="t0")
    assert again.secret != made[0].secret


async def test_nobody_and_nothing_answer_as_such(people: People, ada: str) -> None:
    with pytest.raises(NoSuchUser):
        await people.directory.tokens.create("x", TokenDraft(name="x"), clusters=None)
    made = await people.token("ada")
    assert await people.directory.tokens.find(made.token.id) == made.token
    await people.directory.tokens.revoke(made.token.id, "by ada")
    for unknown in (made.token.id, "x", ""):
        assert await people.directory.tokens.find(unknown) is None
        with pytest.raises(NoSuchToken):
            await people.directory.tokens.revoke(unknown, "by ada")

"""Which user an arrival from a provider is, and what outlives the provider."""

import pytest

from gyre.auth.oidc import Arrival
from gyre.errors import AccountDisabled, AlreadyExists, Conflict, Invalid, NoAccount, NoSuchUser
from gyre.identity_providers import IdentityProvider
from gyre.people.groups import GroupDraft
from gyre.people.identities import MOST_IDENTITIES
from gyre.terms.people import Role
from models.identities import ClaimedGroup, Identity
from models.people import User
from tests.support.clocks import START, HandClock
from tests.support.people import People

pytestmark = pytest.mark.anyio

ACME = IdentityProvider(id="acme", issuer="https://sso.acme.test", client_id="gyre")
OTHER = IdentityProvider(id="other", issuer="https://sso.other.test", client_id="gyre")


def came(subject: str = "1", *, provider: IdentityProvider = ACME, makes: bool = True, groups: str = "") -> Arrival:
    return Arrival(
        provider=provider.id,
        issuer=provider.issuer,
        subject=subject,
        username="ada",
        creates_user=makes,
        groups=tuple(groups.split()),
    )


async def test_nobody_is_made_unless_that_is_allowed(people: People) -> None:
    with pytest.raises(NoAccount, match=r"there is no user here for you yet; .* your subject at acme: 1"):
        await people.directory.identities.welcome(came(makes=False))
    assert await User.all().count() == 0


async def test_who_was_linked_comes_in_as_that_user(people: People) -> None:
    ada = await people.users.add("ada", "a long winter's tale", role=Role.EDITOR)
    linked = await people.directory.identities.link(ada.id, ACME.issuer, "1")
    assert (linked.user_id, linked.username) == (ada.id, "ada")
    assert (await people.directory.identities.welcome(came(makes=False))).user_id == ada.id
    assert (await User.get(id=ada.id)).role is Role.EDITOR
    assert (await Identity.get()).signed_in_at is not None


async def test_a_subject_is_one_users_and_a_user_has_few(people: People) -> None:
    ada = await people.users.add("ada", "a long winter's tale")
    bob = await people.users.add("bob", "a long winter's tale")
    link = people.directory.identities.link
    await link(ada.id, ACME.issuer, "1")
    with pytest.raises(AlreadyExists):
        await link(bob.id, ACME.issuer, "1")
    await link(bob.id, OTHER.issuer, "1")  # the same subject elsewhere is somebody else
    for number in range(2, MOST_IDENTITIES + 1):
        await link(ada.id, ACME.issuer, str(number))
    with pytest.raises(Conflict):
        await link(ada.id, ACME.issuer, "one too many")
    for subject in ("", "x" * 256, "a\0b"):
        with pytest.raises(Invalid):
            await link(bob.id, ACME.issuer, subject)
    with pytest.raises(NoSuchUser):
        await link("nobody", ACME.issuer, "9")


async def test_what_was_unlinked_is_nobody_any_more(people: People) -> None:
    ada = await people.users.add("ada", "a long winter's tale")
    await people.directory.groups.create(GroupDraft(name="ops"))
    await people.directory.identities.link(ada.id, ACME.issuer, "1")
    await people.directory.identities.welcome(came(groups="ops"))
    assert (await people.users.one(ada.id)).groups == ("ops",)
    assert (await people.directory.identities.of(ada.id))[0].subject == "1"
    await people.directory.identities.unlink(ada.id, ACME.issuer, "1")
    assert await people.directory.identities.of(ada.id) == []
    assert (await people.users.one(ada.id)).groups == ()
    with pytest.raises(NoAccount):
        await people.directory.identities.welcome(came(makes=False))
    with pytest.raises(NoSuchUser):
        await people.directory.identities.unlink(ada.id, ACME.issuer, "1")


@pytest.mark.parametrize("configured", [(), (OTHER,)])
async def test_a_provider_that_is_taken_away_puts_nobody_in_a_group(
    people: People, configured: tuple[IdentityProvider, ...]
) -> None:
    await people.directory.groups.create(GroupDraft(name="ops"))
    welcomed = await people.directory.identities.welcome(came(groups="ops dev"))
    await people.directory.identities.forget_others([ACME])
    assert (await people.users.one(welcomed.user_id)).groups == ("ops",)
    await people.directory.identities.forget_others(configured)
    assert (await people.users.one(welcomed.user_id)).groups == ()


async def test_however_many_they_are_none_is_left_in_a_group(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gyre.people.identities.AT_ONCE", 2)
    for subject in range(5):
        ada = await people.users.add(f"ada-{subject}", "a long winter's tale")
        await people.directory.identities.link(ada.id, ACME.issuer, str(subject))
        await people.directory.identities.welcome(came(str(subject), groups="ops dev"))
    await people.directory.identities.forget_others([OTHER])
    assert await ClaimedGroup.all().count() == 0


async def test_a_disabled_user_is_refused_and_not_taken_for_one_who_came_in(people: People, clock: HandClock) -> None:
    welcomed = await people.directory.identities.welcome(came(groups="ops"))
    await people.users.set_active("ada", active=False)
    await clock.turn(hours=1)
    for groups in ("ops", "ops dev"):
        with pytest.raises(AccountDisabled):
            await people.directory.identities.welcome(came(groups=groups))
    identity = await Identity.get(user_id=welcomed.user_id)
    assert identity.signed_in_at == START
    assert [claimed.name for claimed in await ClaimedGroup.all()] == ["ops"]


async def test_an_arrival_that_changes_nothing_wakes_nobody(people: People) -> None:
    await people.directory.identities.welcome(came(groups="ops"))
    before = people.version.generation
    assert (await people.directory.identities.welcome(came(groups="ops"))).changed == {}
    assert people.version.generation == before
    await people.directory.identities.welcome(came(groups="ops dev"))
    assert people.version.generation == before + 1

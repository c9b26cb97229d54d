"""How somebody likes Gyre to look, changed from several browsers of theirs."""

import asyncio

import pytest

from gyre.errors import Invalid, NoSuchUser
from gyre.people.profiles import Favourite, PreferenceChange, Preferences, Theme, View
from models.identities import Preferences as Kept
from tests.support.people import People

pytestmark = pytest.mark.anyio

APPS = Favourite(cluster="default", kind="Kustomization", namespace="shop", name="apps")
FAILING = View(name="failing", query="status=Failed")


@pytest.mark.parametrize("before", [Preferences(), Preferences(theme=Theme.LIGHT, views=(FAILING,))])
async def test_of_changes_from_several_browsers_at_once_none_is_lost(people: People, before: Preferences) -> None:
    ada, prefer = await people.users.add("ada", "a long winter's tale"), people.directory.profiles.prefer
    if before != Preferences():
        await prefer(ada.id, PreferenceChange(theme=before.theme, views=before.views))
    await asyncio.gather(
        prefer(ada.id, PreferenceChange(theme=Theme.DARK)), prefer(ada.id, PreferenceChange(favourites=(APPS,)))
    )
    after = Preferences(theme=Theme.DARK, favourites=(APPS,), views=before.views)
    assert await people.directory.profiles.preferences(ada.id) == after


async def test_what_cannot_be_kept_leaves_everything_as_it_was(people: People) -> None:
    ada, prefer = await people.users.add("ada", "a long winter's tale"), people.directory.profiles.prefer
    for change in (PreferenceChange(), PreferenceChange(theme=Theme.DARK, favourites=(APPS, APPS))):
        with pytest.raises(Invalid):
            await prefer(ada.id, change)
    assert await Kept.all().count() == 0
    with pytest.raises(NoSuchUser):
        await prefer("00000000-0000-4000-8000-000000000000", PreferenceChange(theme=Theme.DARK))
    assert await Kept.all().count() == 0

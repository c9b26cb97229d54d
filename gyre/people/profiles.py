"""What people write of themselves: their name and address, and how they like Gyre to look.

Nothing here gives a right. Whose it is, is asked by resolvers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Final

import msgspec
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction

from gyre.clock import Clock
from gyre.errors import Invalid, NoSuchUser
from gyre.people.rows import user_row
from gyre.people.words import id_in
from models.asking import asking_the_database
from models.identities import Preferences as Kept
from models.people import User

LONGEST_NAME: Final = 128
LONGEST_EMAIL: Final = 254
MOST_FAVOURITES: Final = 200
MOST_VIEWS: Final = 100
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[^\s@<>()\[\],;:\\\"]+")

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=253)]


class Theme(Enum):
    """Which colours somebody likes."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Name and e-mail address; in a change None leaves it as it is, and empty takes it away."""

    display_name: str | None = None
    email: str | None = None

    def checked(self) -> "Profile":
        """The same without blanks around it, or Invalid."""
        name, email = (text if text is None else text.strip() for text in (self.display_name, self.email))
        if name and (len(name) > LONGEST_NAME or not name.isprintable()):
            where = {"field": "displayName", "path": ["displayName"]}
            raise Invalid(f"a name has at most {LONGEST_NAME} characters that can be printed", details=where)
        if email and not is_email(email):
            where = {"field": "email", "path": ["email"]}
            raise Invalid("this is no e-mail address", details=where)
        return Profile(display_name=name, email=email)


def is_email(text: str) -> bool:
    """Whether it has the form of an e-mail address; whether anyone reads it there, nobody knows."""
    return len(text) <= LONGEST_EMAIL and text.isprintable() and _EMAIL.fullmatch(text) is not None


class Favourite(msgspec.Struct, frozen=True):
    """An object to come back to."""

    cluster: Name
    kind: Name
    namespace: Annotated[str, msgspec.Meta(max_length=253)]
    name: Name


class View(msgspec.Struct, frozen=True):
    """A list as it was narrowed, under a name; the query is that of the page's address."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    query: Annotated[str, msgspec.Meta(max_length=2_000)]


class Preferences(msgspec.Struct, frozen=True):
    """How somebody likes Gyre to look."""

    theme: Theme = Theme.SYSTEM
    favourites: Annotated[tuple[Favourite, ...], msgspec.Meta(max_length=MOST_FAVOURITES)] = ()
    views: Annotated[tuple[View, ...], msgspec.Meta(max_length=MOST_VIEWS)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceChange:
    """What is to be other; None leaves a part as it is."""

    theme: Theme | None = None
    favourites: tuple[Favourite, ...] | None = None
    views: tuple[View, ...] | None = None


class Profiles:
    """What each user wrote of themselves."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def of(self, user_id: str) -> Profile:
        """Their name and address; empty when there is none."""
        with asking_the_database():
            user = await user_row(user_id)
        return Profile(display_name=user.display_name or "", email=user.email or "")

    async def change(self, user_id: str, change: Profile) -> Profile:
        """Change it, or Invalid."""
        checked = change.checked()
        asked = {"display_name": checked.display_name, "email": checked.email}
        changes = {field: text or None for field, text in asked.items() if text is not None}
        if not changes:
            raise Invalid("say what is to be changed: displayName or email")
        with asking_the_database():
            await User.filter(id=id_in(user_id)).update(**changes)
        return await self.of(user_id)

    async def preferences(self, user_id: str) -> Preferences:
        """What they last chose, or the defaults."""
        with asking_the_database():
            kept = await Kept.get_or_none(user_id=id_in(user_id))
        return msgspec.convert(kept.content, Preferences) if kept else Preferences()

    async def prefer(self, user_id: str, change: PreferenceChange) -> Preferences:
        """Change some, one browser after another; Invalid for what is too long or too much."""
        asked = {"theme": change.theme, "favourites": change.favourites, "views": change.views}
        changes = {field: value for field, value in asked.items() if value is not None}
        if not changes:
            raise Invalid("say what is to be changed: theme, favourites or views")
        with asking_the_database():
            async with in_transaction() as transaction:
                before = await self._taken(user_id, transaction)
                preferences, content = _changed(before, changes)
                await Kept.filter(user_id=id_in(user_id)).using_db(transaction).update(content=content)
        return preferences

    async def _taken(self, user_id: str, transaction: BaseDBAsyncClient) -> Preferences:
        """What they are now. Its row is written first, made when there is none, so that changes take turns."""
        row = Kept(user_id=id_in(user_id), content={}, changed_at=self._clock.now())
        try:
            await Kept.bulk_create([row], on_conflict=["user_id"], update_fields=["changed_at"], using_db=transaction)
        except IntegrityError as gone:
            raise NoSuchUser(f"there is no user {user_id[:64]!r}") from gone
        kept = await Kept.get(user_id=row.user_id, using_db=transaction)
        return msgspec.convert(kept.content, Preferences)


def _changed(before: Preferences, changes: Mapping[str, object]) -> tuple[Preferences, dict[str, object]]:
    """What they are with these changes, checked, and as it is kept."""
    content = msgspec.to_builtins(msgspec.structs.replace(before, **changes))
    for each in (*content["favourites"], *content["views"]):
        if not all(text.isprintable() for text in each.values()):
            raise Invalid("favourites and views hold only characters that can be printed")
    try:
        checked = msgspec.convert(content, Preferences)
    except msgspec.ValidationError as wrong:
        raise Invalid(f"these preferences cannot be kept: {wrong}") from wrong
    for field in ("favourites", "views"):
        if len(set(getattr(checked, field))) < len(getattr(checked, field)):
            raise Invalid(f"one of the {field} is there twice", details={"path": [field]})
    return checked, content

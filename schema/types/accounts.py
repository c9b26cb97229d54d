"""How people come in, by invitation or by who they are to providers; and what they write of themselves.

What they are and how they are kept is gyre.people's.
"""

from typing import Self

import strawberry

from gyre.clock import rfc3339
from gyre.people import profiles
from gyre.people.identities import Linked
from gyre.people.invites import Invitation as OpenInvitation
from gyre.people.profiles import Theme
from gyre.terms.people import Role
from resolvers.accounts import Link
from schema.types.actions import MutationError
from schema.types.administration import User
from schema.types.declare import described, input_type, object_type, optional
from schema.types.scalars import DateTime


@object_type
class Identity:
    """Who a user is to a sign-in provider: whoever it vouches for as this subject signs in as the user."""

    user_id: strawberry.ID = described("The user's id.")
    username: str = described("The user's name.")
    issuer: str = described("The provider's address.")
    subject: str = described("What the provider calls them; it never changes.")

    @classmethod
    def of(cls, linked: Linked) -> Self:
        """An identity as gyre.people has it."""
        user_id = strawberry.ID(linked.user_id)
        return cls(user_id=user_id, username=linked.username, issuer=linked.issuer, subject=linked.subject)


@input_type
class IdentityInput:
    """Who somebody is to a sign-in provider."""

    user_id: strawberry.ID = described("The user's id.")
    provider: str = described("The provider's id, as it is configured.")
    subject: str = described("What the provider calls them; the audit names it when somebody new is turned away.")


@object_type
class IdentityPayload:
    """The answer to linking and unlinking."""

    identity: Identity | None = optional("The identity, when it worked.")
    errors: list[MutationError] = described("Why it did not work.", default_factory=list)


@object_type
class Invitation:
    """What the link of an invitation is for."""

    username: str = described("The name they will sign in with.")
    expires_at: DateTime = described("Until when the link holds.")

    @classmethod
    def of(cls, found: OpenInvitation) -> Self:
        """An invitation that is open."""
        return cls(username=found.username, expires_at=DateTime(rfc3339(found.expires_at)))


@input_type
class InviteUserInput:
    """Whom to invite."""

    username: str = described("The name they will sign in with.")
    role: Role | None = optional("Their built-in role; MEMBER when it is left out.")
    display_name: str | None = optional("What they are called.")
    email: str | None = optional("Their e-mail address; nothing is sent there.")


@object_type
class InvitePayload:
    """The answer to inviting. The link is told here and never again: give it to them yourself."""

    user: User | None = optional("The user, when it worked.")
    link: str | None = optional("The link to give them; a path when the server does not know its own address.")
    expires_at: DateTime | None = optional("Until when it holds.")
    errors: list[MutationError] = described("Why it did not work.", default_factory=list)

    @classmethod
    def of(cls, made: Link) -> Self:
        """An invitation that was made."""
        invited = made.invited
        expires_at = DateTime(rfc3339(invited.expires_at))
        return cls(user=User.of(invited.person), link=made.url, expires_at=expires_at)


@object_type
class Profile:
    """What somebody wrote of themselves."""

    display_name: str = described("What they are called; empty when they did not say.")
    email: str = described("Their e-mail address; empty when they did not say.")

    @classmethod
    def of(cls, found: profiles.Profile) -> Self:
        """A profile as gyre.people has it."""
        return cls(display_name=found.display_name or "", email=found.email or "")


@object_type
class ProfilePayload:
    """The answer to a change of one's profile."""

    profile: Profile | None = optional("The profile, when it worked.")
    errors: list[MutationError] = described("Why it did not work.", default_factory=list)


@object_type
class Favourite:
    """An object to come back to. It may be gone by now."""

    cluster: str = described("Its cluster.")
    kind: str = described("Its kind.")
    namespace: str = described("Its namespace; empty for what has none.")
    name: str = described("Its name.")


@object_type
class SavedView:
    """A list as it was narrowed, under a name."""

    name: str = described("What you call it.")
    query: str = described("The query of the page's address.")


@object_type
class Preferences:
    """How you like Gyre to look, on every device."""

    theme: Theme = described("Light, dark, or as the device has it.")
    favourites: list[Favourite] = described("Your favourites, in your order.")
    views: list[SavedView] = described("Your saved views, in your order.")

    @classmethod
    def of(cls, found: profiles.Preferences) -> Self:
        """Preferences as gyre.people has them."""
        return cls(
            theme=found.theme,
            favourites=[
                Favourite(cluster=each.cluster, kind=each.kind, namespace=each.namespace, name=each.name)
                for each in found.favourites
            ],
            views=[SavedView(name=each.name, query=each.query) for each in found.views],
        )


@input_type
class FavouriteInput:
    """An object to come back to."""

    cluster: str = described("Its cluster.")
    kind: str = described("Its kind.")
    namespace: str = described("Its namespace; empty for what has none.")
    name: str = described("Its name.")


@input_type
class SavedViewInput:
    """A list as it was narrowed, under a name."""

    name: str = described("What you call it; 100 characters at most.")
    query: str = described("The query of the page's address; 2,000 characters at most.")


@input_type
class PreferencesInput:
    """What you like otherwise; what is left out stays."""

    theme: Theme | None = optional("Light, dark, or as the device has it.")
    favourites: list[FavouriteInput] | None = optional("All your favourites, 200 at most.")
    views: list[SavedViewInput] | None = optional("All your saved views, 100 at most.")

    def change(self) -> profiles.PreferenceChange:
        """The change as gyre.people takes it."""
        favourites = (
            None
            if self.favourites is None
            else tuple(
                profiles.Favourite(each.cluster, each.kind, each.namespace, each.name) for each in self.favourites
            )
        )
        views = None if self.views is None else tuple(profiles.View(each.name, each.query) for each in self.views)
        return profiles.PreferenceChange(theme=self.theme, favourites=favourites, views=views)


@object_type
class PreferencesPayload:
    """The answer to a change of your preferences."""

    preferences: Preferences | None = optional("All of them, when it worked.")
    errors: list[MutationError] = described("Why it did not work.", default_factory=list)

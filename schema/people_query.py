"""What can be asked about people and their rights.

Who may ask is decided in resolvers.
"""

from typing import Annotated

import strawberry

from gyre.people.paging import Wanted
from resolvers import accounts, administration, explaining, people, tokens
from resolvers.explaining import Place
from schema.types.accounts import Identity, Invitation, Preferences, Profile
from schema.types.administration import BindingPage, GroupPage, PolicyPage, UserPage
from schema.types.arguments import AnotherUser, ClusterThere, InviteToken, KindThere, NamespaceThere, Wish
from schema.types.declare import computed, object_type
from schema.types.people import Session
from schema.types.tokens import ApiToken
from schema.types.verdicts import Access, Explanation

Info = strawberry.Info
Text = Annotated[str, strawberry.argument(description="Only those with this in their name, in any case.")]
First = Annotated[int, strawberry.argument(description="How many; 1,000 at most.")]
Offset = Annotated[int, strawberry.argument(description="Pass over so many.")]


@object_type
class PeopleQuery:
    """What can be asked about people and their rights."""

    @computed("The users. For administrators.")
    async def users(self, info: Info, text: Text = "", first: First = 50, offset: Offset = 0) -> UserPage:
        """A part of the users."""
        return UserPage.of(await administration.users(info.context, Wanted(text=text, first=first, offset=offset)))

    @computed("The groups. For administrators.")
    async def groups(self, info: Info, text: Text = "", first: First = 50, offset: Offset = 0) -> GroupPage:
        """A part of the groups."""
        return GroupPage.of(await administration.groups(info.context, Wanted(text=text, first=first, offset=offset)))

    @computed("The policies. For administrators.")
    async def policies(self, info: Info, text: Text = "", first: First = 50, offset: Offset = 0) -> PolicyPage:
        """A part of the policies."""
        wanted = Wanted(text=text, first=first, offset=offset)
        return PolicyPage.of(await administration.policies(info.context, wanted))

    @computed("The bindings. For administrators.")
    async def bindings(  # GraphQL arguments are always given by name
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="Only of policies with this in their name.")] = "",
        policy_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only those of this policy.")
        ] = None,
        user_id: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only this user's own, not those of their groups.")
        ] = None,
        group_id: Annotated[strawberry.ID | None, strawberry.argument(description="Only this group's.")] = None,
        first: First = 50,
        offset: Offset = 0,
    ) -> BindingPage:
        """A part of the bindings."""
        wanted = Wanted(text=text, first=first, offset=offset)
        only = {"policy_id": policy_id, "user_id": user_id, "group_id": group_id}
        return BindingPage.of(await administration.bindings(info.context, wanted, **only))

    @computed("Your open sessions; for administrators also another user's.")
    async def sessions(self, info: Info, user_id: AnotherUser = None) -> list[Session]:
        """Open sessions."""
        found = await people.sessions(info.context, user_id)
        return Session.each(found, info.context.signed_in().session_id)

    @computed("Your API tokens, the newest first; for administrators also another user's.")
    async def tokens(self, info: Info, user_id: AnotherUser = None) -> list[ApiToken]:
        """API tokens that nobody revoked."""
        return [ApiToken.of(each) for each in await tokens.tokens(info.context, user_id)]

    @computed("What the link of an invitation is for, to whoever holds it; null when it holds no more.")
    async def invitation(self, info: Info, token: InviteToken) -> Invitation | None:
        """An open invitation."""
        found = await accounts.invitation(info.context, token)
        return None if found is None else Invitation.of(found)

    @computed("Your own name and e-mail address.")
    async def profile(self, info: Info) -> Profile:
        """What one wrote of oneself."""
        return Profile.of(await accounts.profile(info.context))

    @computed("How you like Gyre to look: theme, favourites, saved views.")
    async def preferences(self, info: Info) -> Preferences:
        """One's preferences."""
        return Preferences.of(await accounts.preferences(info.context))

    @computed("Who a user is to sign-in providers. For administrators.")
    async def identities(
        self, info: Info, user_id: Annotated[strawberry.ID, strawberry.argument(description="Whose.")]
    ) -> list[Identity]:
        """Identities of a user."""
        return [Identity.of(each) for each in await accounts.identities(info.context, user_id)]

    @computed("What you may do there, and why or why not.")
    async def access(
        self,
        info: Info,
        kind: KindThere,
        namespace: NamespaceThere,
        name: Annotated[
            str | None,
            strawberry.argument(description="One object: then only what its kind can; RESOURCE_NOT_FOUND if unseen."),
        ] = None,
        cluster: ClusterThere = "default",
    ) -> list[Access]:
        """Each action and its verdict."""
        place = Place(cluster=cluster, kind=kind, namespace=namespace)
        return [Access.of(each) for each in await explaining.access(info.context, place, name)]

    @computed("Why a user may or may not do something. For administrators.")
    async def explain(  # GraphQL arguments are always given by name
        self,
        info: Info,
        user_id: Annotated[strawberry.ID, strawberry.argument(description="Who.")],
        action: Wish,
        kind: KindThere,
        namespace: NamespaceThere,
        cluster: ClusterThere = "default",
    ) -> Explanation:
        """Which rule allows it, or what is missing."""
        place = Place(cluster=cluster, kind=kind, namespace=namespace)
        return Explanation.of(await explaining.explained(info.context, user_id, action, place))

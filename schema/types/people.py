"""Who is signed in, what they may do, their sessions, and the answers to signing in and out.

Sessions are gyre.auth's.
"""

from collections.abc import Iterable
from typing import Self

import strawberry

from gyre.access.administering import may_administer
from gyre.access.matching import anywhere
from gyre.auth.sessions import OpenSession
from gyre.clock import rfc3339
from gyre.terms.people import Principal, Role
from resolvers import explaining
from resolvers.explaining import Place
from schema.types.actions import MutationError
from schema.types.arguments import ClusterThere, KindThere, NamespaceThere, Wish
from schema.types.declare import computed, described, object_type, optional
from schema.types.enums import Action
from schema.types.scalars import DateTime


@object_type
class Viewer:
    """You."""

    id: strawberry.ID = described("The user's id.")
    username: str = described("The name you sign in with.")
    role: Role = described("Your built-in role.")
    groups: list[str] = described("The groups you are in.")
    must_change_password: bool = described("Whether you must change your password before anything else is answered.")
    administers: bool = described("Whether you may administer users, groups, policies and bindings.")
    anywhere: list[Action] = described(
        "What you may do to something, somewhere. `can` and `access` say what and where."
    )

    @classmethod
    def of(cls, principal: Principal) -> Self:
        """Who asks."""
        return cls(
            id=strawberry.ID(principal.user_id),
            username=principal.username,
            role=principal.role,
            groups=list(principal.groups),
            must_change_password=principal.must_change_password,
            administers=bool(may_administer(principal)),
            anywhere=list(anywhere(principal)),
        )

    @computed("Whether you may do this to objects of a kind in a namespace. `access` says why.", personal=True)
    def can(
        self,
        info: strawberry.Info,
        action: Wish,
        kind: KindThere,
        namespace: NamespaceThere,
        cluster: ClusterThere = "default",
    ) -> bool:
        """Whether they may."""
        return explaining.can(info.context, action, Place(cluster=cluster, kind=kind, namespace=namespace))


@object_type
class LoginPayload:
    """The answer to signing in. The session itself is in a cookie: `gyre_session`, over https `__Host-gyre_session`."""

    viewer: Viewer | None = optional("You, when it worked.")
    errors: list[MutationError] = described("Why it did not work.", default_factory=list)


@object_type
class LogoutPayload:
    """The answer to signing out."""

    continue_at: str | None = optional(
        "Where a browser goes on to end its session at the provider too, when it signed in through one that offers it."
    )
    errors: list[MutationError] = described("Why it did not work.", default_factory=list)


@object_type
class Session:
    """One sign-in that is not over."""

    id: strawberry.ID = described("The session's id, to end it with.")
    created_at: DateTime = described("When it began.")
    seen_at: DateTime = described("When it was last used, right to five minutes.")
    expires_at: DateTime = described("When it ends at the latest.")
    address: str = described("The address it began at.")
    user_agent: str = described("What the browser or script called itself.")
    current: bool = described("Whether it is the one you ask with.")

    @classmethod
    def each(cls, found: Iterable[OpenSession], asking: str) -> list[Self]:
        """Sessions as a list shows them."""
        return [
            cls(
                id=strawberry.ID(each.id),
                created_at=DateTime(rfc3339(each.created_at)),
                seen_at=DateTime(rfc3339(each.seen_at)),
                expires_at=DateTime(rfc3339(each.expires_at)),
                address=each.address,
                user_agent=each.user_agent,
                current=each.id == asking,
            )
            for each in found
        ]


@object_type
class ChangePasswordPayload:
    """The answer to changing one's password."""

    viewer: Viewer | None = optional("You, when it worked.")
    errors: list[MutationError] = described("Why it did not work.", default_factory=list)


@object_type
class EndSessionsPayload:
    """The answer to ending sessions."""

    ended: int = described("How many were ended.", default=0)
    errors: list[MutationError] = described("Why none was.", default_factory=list)

"""API tokens, as their owners and administrators see and make them.

What they are and how they are kept is gyre.people's.
"""

from typing import Self

import strawberry

from gyre.clock import rfc3339
from gyre.people.tokens import USUAL_DAYS, NamedToken, NewToken, ScopeDraft, TokenDraft
from schema.types.actions import MutationError
from schema.types.declare import described, input_type, object_type, optional
from schema.types.scalars import DateTime


@object_type
class TokenRule:
    """What a token is narrowed to: these actions on these resources in these namespaces of these clusters."""

    clusters: list[str] = described("Names of clusters, or `*`.")
    resources: list[str] = described("Plurals as `kustomizations`, or `*`.")
    namespaces: list[str] = described("Names, or patterns as `team-*`. What has no namespace is covered by `*` alone.")
    actions: list[str] = described(
        "Actions in lower case, or `*`. Any implies view; edit also create, reconcile, suspend."
    )

    @classmethod
    def of(cls, rule: ScopeDraft) -> Self:
        """A rule as gyre.people has it."""
        return cls(
            clusters=list(rule.clusters),
            resources=list(rule.resources),
            namespaces=list(rule.namespaces),
            actions=list(rule.actions),
        )


@object_type
class ApiToken:
    """An API token that nobody revoked. Its text was told once, when it was made."""

    id: strawberry.ID = described("The token's id, to revoke it with.")
    user_id: strawberry.ID = described("The id of the user it acts for.")
    username: str = described("The name of that user.")
    name: str = described("What its owner calls it.")
    hint: str = described("How its text begins.")
    scope: list[TokenRule] | None = described("What it is narrowed to; null: all its owner may do, at each moment.")
    created_at: DateTime = described("When it was made.")
    expires_at: DateTime = described("When it ends by itself.")
    expired: bool = described("Whether it has.")
    used_at: DateTime | None = described("When it was last used, right to an hour; null when never.")
    used_from: str = described("The address it was last used from.")

    @classmethod
    def of(cls, token: NamedToken) -> Self:
        """A token as gyre.people has it."""
        return cls(
            id=strawberry.ID(token.id),
            user_id=strawberry.ID(token.user_id),
            username=token.username,
            name=token.name,
            hint=token.hint,
            scope=None if token.scope is None else [TokenRule.of(rule) for rule in token.scope],
            created_at=DateTime(rfc3339(token.created_at)),
            expires_at=DateTime(rfc3339(token.expires_at)),
            expired=token.expired,
            used_at=DateTime(rfc3339(token.used_at)) if token.used_at else None,
            used_from=token.used_from,
        )


@input_type
class TokenRuleInput:
    """A rule of a token's scope. Each list needs a word at least; `*` stands for all."""

    resources: list[str] = described("Plurals as `kustomizations`.")
    namespaces: list[str] = described("Names, or patterns as `team-*`.")
    actions: list[str] = described("view, create, edit, delete, reconcile, suspend, logs, restart.")
    clusters: list[str] = strawberry.field(description="Names of clusters.", default_factory=lambda: ["*"])


@input_type
class CreateTokenInput:
    """A new API token of yours."""

    name: str = described("What you call it; none of your other tokens has this name.")
    expires_in_days: int = strawberry.field(
        description="After how many days it ends by itself; 3,650 at most.", default=USUAL_DAYS
    )
    scope: list[TokenRuleInput] | None = optional(
        "What it is narrowed to, of what you may do at each moment. Left out: nothing is taken away."
    )

    def draft(self) -> TokenDraft:
        """The token as the resolvers take it."""
        rules = None if self.scope is None else tuple(map(_draft, self.scope))
        return TokenDraft(name=self.name, days=self.expires_in_days, scope=rules)


@object_type
class CreateTokenPayload:
    """The answer to making a token."""

    token: ApiToken | None = optional("The token, when it worked.")
    secret: str | None = optional("Its text, `gyre_…`: keep it now, it is nowhere else and never shown again.")
    errors: list[MutationError] = described("Why it did not work.", default_factory=list)

    @classmethod
    def of(cls, made: NewToken) -> Self:
        """A token just made."""
        return cls(token=ApiToken.of(made.token), secret=made.secret)


@object_type
class RevokeTokenPayload:
    """The answer to revoking a token."""

    token: ApiToken | None = optional("The token that is none any more, when it worked.")
    errors: list[MutationError] = described("Why it did not work.", default_factory=list)


def _draft(rule: TokenRuleInput) -> ScopeDraft:
    return ScopeDraft(
        resources=tuple(rule.resources),
        namespaces=tuple(rule.namespaces),
        actions=tuple(rule.actions),
        clusters=tuple(rule.clusters),
    )

"""What one may do somewhere, and why; and the answers to administration.

Decisions are gyre.access's.
"""

from typing import Self

from gyre.access.explaining import Considered
from resolvers import explaining
from schema.types.actions import MutationError
from schema.types.administration import Binding, Group, Policy, User
from schema.types.declare import described, object_type, optional
from schema.types.enums import Action, Step


@object_type
class Access:
    """Whether you may do one thing there, and why."""

    action: Action = described("What.")
    allowed: bool = described("Whether you may.")
    because: str = described("The rule that allows it, or what is missing.")

    @classmethod
    def of(cls, access: explaining.Access) -> Self:
        """A decision."""
        return cls(action=access.action, allowed=access.allowed, because=access.because)


@object_type
class ConsideredRule:
    """A rule the user has, and how far it goes."""

    policy: str = described("The policy's name; `role:viewer` and the like for what a role gives.")
    cluster: str = described("The cluster it is given on, or `*`.")
    resources: list[str] = described("The resources it names.")
    namespaces: list[str] = described("The namespaces it names.")
    actions: list[str] = described("The actions it names.")
    stops_at: Step | None = described("What it does not cover; null when it allows what was asked.")

    @classmethod
    def of(cls, considered: Considered) -> Self:
        """A grant that was looked at."""
        rule = considered.grant.rule
        return cls(
            policy=rule.policy,
            cluster=considered.grant.cluster,
            resources=list(rule.resources),
            namespaces=list(rule.namespaces),
            actions=list(rule.actions),
            stops_at=considered.stops_at,
        )


@object_type
class Explanation:
    """Why a user may or may not do something."""

    username: str = described("The user.")
    active: bool = described("Whether they may sign in at all.")
    allowed: bool = described("Whether they may do it once signed in.")
    because: str = described("The rule that allows it, or what is missing.")
    considered: list[ConsideredRule] = described("Every rule they have: those that allow it, then the nearest misses.")

    @classmethod
    def of(cls, explained: explaining.Explained) -> Self:
        """An explanation."""
        verdict = explained.explanation.verdict
        return cls(
            username=explained.username,
            active=explained.active,
            allowed=bool(verdict),
            because=verdict.because,
            considered=[ConsideredRule.of(each) for each in explained.explanation.considered],
        )


@object_type
class UserPayload:
    """The answer to a change of a user."""

    user: User | None = optional("The user after the change, or as it was deleted; null when it was refused.")
    errors: list[MutationError] = described("Why it was refused.", default_factory=list)


@object_type
class GroupPayload:
    """The answer to a change of a group."""

    group: Group | None = optional("The group after the change, or as it was deleted; null when it was refused.")
    errors: list[MutationError] = described("Why it was refused.", default_factory=list)


@object_type
class PolicyPayload:
    """The answer to a change of a policy."""

    policy: Policy | None = optional("The policy after the change, or as it was deleted; null when it was refused.")
    errors: list[MutationError] = described("Why it was refused.", default_factory=list)


@object_type
class BindingPayload:
    """The answer to giving or taking away a policy."""

    binding: Binding | None = optional("The binding as it is, or was; null when it was refused.")
    errors: list[MutationError] = described("Why it was refused.", default_factory=list)

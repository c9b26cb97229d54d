"""Users, groups, policies and bindings, as administrators see and write them.

What they are and how they are kept is gyre.people's.
"""

from collections.abc import Iterable
from typing import Self

import strawberry

from gyre.clock import rfc3339
from gyre.people.bindings import BindingDraft, NamedBinding
from gyre.people.groups import GroupDraft, NamedGroup
from gyre.people.paging import Part
from gyre.people.policies import NamedPolicy, PolicyDraft, RuleDraft
from gyre.people.users import Person, UserChange
from gyre.terms.people import Role
from gyre.terms.people import Rule as KeptRule
from schema.types.declare import described, input_type, object_type, optional
from schema.types.scalars import DateTime


@object_type
class User:
    """A user of Gyre."""

    id: strawberry.ID = described("The user's id.")
    username: str = described("The name they sign in with.")
    display_name: str = described("What they are called; empty when nobody said.")
    email: str = described("Their e-mail address; empty when nobody said.")
    role: Role = described("Their built-in role.")
    groups: list[str] = described("The names of the groups they are in.")
    active: bool = described("Whether they may sign in.")
    must_change_password: bool = described("Whether they must change their password before anything else.")
    created_at: DateTime = described("When they were made.")
    signed_in_at: DateTime | None = described("When they last signed in; null when never.")

    @classmethod
    def of(cls, person: Person) -> Self:
        """A user as gyre.people has it."""
        return cls(
            id=strawberry.ID(person.id),
            username=person.username,
            display_name=person.display_name,
            email=person.email,
            role=person.role,
            groups=list(person.groups),
            active=person.active,
            must_change_password=person.must_change_password,
            created_at=DateTime(rfc3339(person.created_at)),
            signed_in_at=DateTime(rfc3339(person.signed_in_at)) if person.signed_in_at else None,
        )


@object_type
class UserPage:
    """A part of the users."""

    nodes: list[User] = described("The users, by name.")
    total_count: int = described("How many match.")

    @classmethod
    def of(cls, part: Part[Person]) -> Self:
        """A part of the list."""
        return cls(nodes=[User.of(person) for person in part.items], total_count=part.total)


@object_type
class GroupMember:
    """A user in a group."""

    id: strawberry.ID = described("The user's id.")
    username: str = described("The user's name.")


@object_type
class Group:
    """Several users who are given policies as one."""

    id: strawberry.ID = described("The group's id.")
    name: str = described("Its name.")
    description: str = described("What it is for.")
    members: list[GroupMember] = described("Who is in it, by name.")
    created_at: DateTime = described("When it was made.")
    changed_at: DateTime = described("When it, or who is in it, last changed.")

    @classmethod
    def of(cls, group: NamedGroup) -> Self:
        """A group as gyre.people has it."""
        return cls(
            id=strawberry.ID(group.id),
            name=group.name,
            description=group.description,
            members=[GroupMember(id=strawberry.ID(each.id), username=each.username) for each in group.members],
            created_at=DateTime(rfc3339(group.created_at)),
            changed_at=DateTime(rfc3339(group.changed_at)),
        )


@object_type
class GroupPage:
    """A part of the groups."""

    nodes: list[Group] = described("The groups, by name.")
    total_count: int = described("How many match.")

    @classmethod
    def of(cls, part: Part[NamedGroup]) -> Self:
        """A part of the list."""
        return cls(nodes=[Group.of(group) for group in part.items], total_count=part.total)


@object_type
class Rule:
    """What a policy allows: these actions on these resources in these namespaces."""

    resources: list[str] = described("Plurals as `kustomizations`, or `*`.")
    namespaces: list[str] = described("Names, or patterns as `team-*`. What has no namespace is covered by `*` alone.")
    actions: list[str] = described(
        "Actions in lower case, or `*`. Any implies view; edit also create, reconcile, suspend."
    )

    @classmethod
    def of(cls, rule: KeptRule) -> Self:
        """A rule as gyre.access has it."""
        return cls(resources=list(rule.resources), namespaces=list(rule.namespaces), actions=list(rule.actions))


@object_type
class Policy:
    """Rules under a name."""

    id: strawberry.ID = described("The policy's id.")
    name: str = described("Its name.")
    description: str = described("What it is for.")
    rules: list[Rule] = described("What it allows; rules only add.")
    created_at: DateTime = described("When it was made.")
    changed_at: DateTime = described("When it last changed.")

    @classmethod
    def of(cls, policy: NamedPolicy) -> Self:
        """A policy as gyre.people has it."""
        return cls(
            id=strawberry.ID(policy.id),
            name=policy.name,
            description=policy.description,
            rules=[Rule.of(rule) for rule in policy.rules],
            created_at=DateTime(rfc3339(policy.created_at)),
            changed_at=DateTime(rfc3339(policy.changed_at)),
        )


@object_type
class PolicyPage:
    """A part of the policies."""

    nodes: list[Policy] = described("The policies, by name.")
    total_count: int = described("How many match.")

    @classmethod
    def of(cls, part: Part[NamedPolicy]) -> Self:
        """A part of the list."""
        return cls(nodes=[Policy.of(policy) for policy in part.items], total_count=part.total)


@object_type
class Binding:
    """A policy given to a user or to a group."""

    id: strawberry.ID = described("The binding's id.")
    policy_id: strawberry.ID = described("The policy's id.")
    policy: str = described("The policy's name.")
    user_id: strawberry.ID | None = described("The user's id; null when it is given to a group.")
    username: str | None = described("The user's name.")
    group_id: strawberry.ID | None = described("The group's id; null when it is given to a user.")
    group: str | None = described("The group's name.")
    cluster: str = described("The cluster it is given on, or `*`.")
    created_at: DateTime = described("When it was given.")

    @classmethod
    def of(cls, binding: NamedBinding) -> Self:
        """A binding as gyre.people has it."""
        return cls(
            id=strawberry.ID(binding.id),
            policy_id=strawberry.ID(binding.policy_id),
            policy=binding.policy,
            user_id=strawberry.ID(binding.user_id) if binding.user_id else None,
            username=binding.username,
            group_id=strawberry.ID(binding.group_id) if binding.group_id else None,
            group=binding.group,
            cluster=binding.cluster,
            created_at=DateTime(rfc3339(binding.created_at)),
        )


@object_type
class BindingPage:
    """A part of the bindings."""

    nodes: list[Binding] = described("The bindings, by policy.")
    total_count: int = described("How many match.")

    @classmethod
    def of(cls, part: Part[NamedBinding]) -> Self:
        """A part of the list."""
        return cls(nodes=[Binding.of(binding) for binding in part.items], total_count=part.total)


@input_type
class CreateUserInput:
    """A new user."""

    username: str = described("The name they sign in with.")
    password: str = described("Their first password, 12 characters at least.")
    role: Role = strawberry.field(description="Their built-in role.", default=Role.VIEWER)
    must_change_password: bool = strawberry.field(
        description="Whether they must change the password before anything else.", default=False
    )


@input_type
class UpdateUserInput:
    """What is to be other about a user; what is left out stays."""

    id: strawberry.ID = described("The user's id.")
    role: Role | None = optional("Another role.")
    active: bool | None = optional("false: they are signed out everywhere and can't sign in.")
    password: str | None = optional("Another password; they are signed out everywhere.")
    must_change_password: bool | None = optional("Whether they must change the password before anything else.")

    def change(self) -> UserChange:
        """The change as the resolvers take it."""
        return UserChange(
            role=self.role,
            active=self.active,
            password=self.password,
            must_change_password=self.must_change_password,
        )


@input_type
class CreateGroupInput:
    """A new group."""

    name: str = described("Its name.")
    description: str = strawberry.field(description="What it is for.", default="")
    members: list[strawberry.ID] = strawberry.field(description="The ids of its users.", default_factory=list)

    def draft(self) -> GroupDraft:
        """The group as the resolvers take it."""
        return GroupDraft(name=self.name, description=self.description, add=tuple(map(str, self.members)))


@input_type
class UpdateGroupInput:
    """What is to be other about a group; what is left out stays."""

    id: strawberry.ID = described("The group's id.")
    name: str | None = optional("Another name.")
    description: str | None = optional("Another description.")
    add: list[strawberry.ID] = strawberry.field(description="Ids of users who come in.", default_factory=list)
    remove: list[strawberry.ID] = strawberry.field(description="Ids of users who leave.", default_factory=list)

    def draft(self) -> GroupDraft:
        """The change as the resolvers take it."""
        return GroupDraft(
            name=self.name,
            description=self.description,
            add=tuple(map(str, self.add)),
            remove=tuple(map(str, self.remove)),
        )


@input_type
class RuleInput:
    """A rule. Each list needs a word at least; `*` stands for all."""

    resources: list[str] = described("Plurals as `kustomizations`.")
    namespaces: list[str] = described("Names, or patterns as `team-*`.")
    actions: list[str] = described("view, create, edit, delete, reconcile, suspend, logs, restart.")


@input_type
class CreatePolicyInput:
    """A new policy."""

    name: str = described("Its name.")
    rules: list[RuleInput] = described("What it allows.")
    description: str = strawberry.field(description="What it is for.", default="")

    def draft(self) -> PolicyDraft:
        """The policy as the resolvers take it."""
        return PolicyDraft(name=self.name, description=self.description, rules=_drafts(self.rules))


@input_type
class UpdatePolicyInput:
    """What is to be other about a policy; what is left out stays."""

    id: strawberry.ID = described("The policy's id.")
    name: str | None = optional("Another name.")
    rules: list[RuleInput] | None = optional("Other rules, in place of all it has.")
    description: str | None = optional("Another description.")

    def draft(self) -> PolicyDraft:
        """The change as the resolvers take it."""
        rules = None if self.rules is None else _drafts(self.rules)
        return PolicyDraft(name=self.name, description=self.description, rules=rules)


@input_type
class CreateBindingInput:
    """A policy for a user or for a group: one of the two is given."""

    policy_id: strawberry.ID = described("The policy's id.")
    cluster: str = described("The cluster it is given on, or `*` for all.")
    user_id: strawberry.ID | None = optional("The user's id.")
    group_id: strawberry.ID | None = optional("The group's id.")

    def draft(self) -> BindingDraft:
        """The binding as the resolvers take it."""
        return BindingDraft(
            policy_id=self.policy_id, cluster=self.cluster, user_id=self.user_id, group_id=self.group_id
        )


def _drafts(rules: Iterable[RuleInput]) -> tuple[RuleDraft, ...]:
    return tuple(
        RuleDraft(resources=tuple(rule.resources), namespaces=tuple(rule.namespaces), actions=tuple(rule.actions))
        for rule in rules
    )

"""Users, groups, policies and bindings, for administrators alone; every change and every refusal is in the audit.

What they are and how they are kept is gyre.people's.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from gyre.access.administering import may_administer
from gyre.access.rules import NAMES_IN_A_RULE
from gyre.audit import Deed, Found, differences, noted_hourly, recorded, refused
from gyre.errors import Invalid, NotAllowed
from gyre.people.bindings import BindingDraft, NamedBinding
from gyre.people.groups import GroupDraft, NamedGroup
from gyre.people.paging import Part, Wanted
from gyre.people.policies import MOST_RULES, NamedPolicy, PolicyDraft
from gyre.people.users import Person, UserChange
from gyre.terms.people import Role
from resolvers.context import Context
from resolvers.states import of_binding, of_group, of_policy, of_user


async def require_admin(context: Context, word: str, details: Mapping[str, object] | None = None) -> Deed:
    """The deed that is permitted. Raises NotAllowed, with the reason, for who is no administrator."""
    principal = context.signed_in()
    deed = Deed(action=word, who=principal, facts=context.facts, details=details or {})
    verdict = may_administer(principal)
    if not verdict:
        error = NotAllowed(f"You may not do this: {verdict.because}.")
        await refused(deed, clock=context.services.clock, reason=verdict.because, told=error)
        raise error
    return deed


async def looked(context: Context, word: str, details: Mapping[str, object] | None = None) -> None:
    """A list that administrators alone see is looked at: recorded once an hour for each of them."""
    deed = await require_admin(context, word, details)
    of = str(deed.details)
    noted_hourly(deed, clock=context.services.clock, of=of)


@asynccontextmanager
async def administering(context: Context, word: str, **details: object) -> AsyncIterator[Found]:
    """What happens inside is permitted and recorded."""
    deed = await require_admin(context, word, {name: told for name, told in details.items() if told is not None})
    async with recorded(deed, clock=context.services.clock) as found:
        yield found


async def users(context: Context, wanted: Wanted) -> Part[Person]:
    """Users, by name."""
    await looked(context, "user-list")
    wanted.check()
    return await context.services.directory.users.some(wanted)


async def create_user(
    context: Context, username: str, password: str, *, role: Role, must_change_password: bool
) -> Person:
    """A new user."""
    async with administering(context, "user-create", username=username, role=role.value) as found:
        made = await context.services.directory.users.add(
            username, password, role=role, must_change_password=must_change_password
        )
        found["userId"] = made.id
        found.changes = differences(None, of_user(made))
    return made


async def change_user(context: Context, user_id: str, change: UserChange) -> Person:
    """Another role or password for a user, or an end or a new beginning of being let in."""
    told = {
        "role": change.role.value if change.role else None,
        "active": change.active,
        "password": None if change.password is None else "changed",
        "mustChangePassword": change.must_change_password,
    }
    async with administering(context, "user-update", userId=user_id, **told) as found:
        if change.password is not None and context.signed_in().token_id:
            raise NotAllowed("You may not do this: an API token may not change a password; sign in.")
        if change == UserChange():
            raise Invalid("Say what is to be changed: role, active, password or mustChangePassword.")
        before = await context.services.directory.users.one(user_id)
        changed = await context.services.directory.users.change(user_id, change)
        found["username"] = changed.username
        found.changes = differences(of_user(before), of_user(changed))
    return changed


async def delete_user(context: Context, user_id: str) -> Person:
    """Delete a user with all they were given."""
    async with administering(context, "user-delete", userId=user_id) as found:
        gone = await context.services.directory.users.delete(user_id)
        found["username"] = gone.username
        found.changes = differences(of_user(gone), None)
    return gone


async def groups(context: Context, wanted: Wanted) -> Part[NamedGroup]:
    """Groups, by name."""
    await looked(context, "group-list")
    wanted.check()
    return await context.services.directory.groups.some(wanted)


async def create_group(context: Context, draft: GroupDraft) -> NamedGroup:
    """A new group."""
    async with administering(context, "group-create", name=draft.name, add=list(draft.add)) as found:
        made = await context.services.directory.groups.create(draft)
        found["groupId"] = made.id
        found.changes = differences(None, of_group(made))
    return made


async def update_group(context: Context, group_id: str, draft: GroupDraft) -> NamedGroup:
    """Change a group, or who is in it."""
    told = {"name": draft.name, "add": list(draft.add), "remove": list(draft.remove)}
    async with administering(context, "group-update", groupId=group_id, **told) as found:
        before = await context.services.directory.groups.one(group_id)
        changed = await context.services.directory.groups.update(group_id, draft)
        found.changes = differences(of_group(before), of_group(changed))
    return changed


async def delete_group(context: Context, group_id: str) -> NamedGroup:
    """Delete a group; what it was given ends."""
    async with administering(context, "group-delete", groupId=group_id) as found:
        gone = await context.services.directory.groups.delete(group_id)
        found["name"] = gone.name
        found.changes = differences(of_group(gone), None)
    return gone


async def policies(context: Context, wanted: Wanted) -> Part[NamedPolicy]:
    """Policies, by name."""
    await looked(context, "policy-list")
    wanted.check()
    return await context.services.directory.policies.some(wanted)


async def policy(context: Context, policy_id: str) -> NamedPolicy:
    """One policy."""
    await looked(context, "policy-view", {"policyId": policy_id})
    return await context.services.directory.policies.one(policy_id)


async def create_policy(context: Context, draft: PolicyDraft) -> NamedPolicy:
    """A new policy."""
    async with administering(context, "policy-create", name=draft.name, rules=_rules(draft)) as found:
        made = await context.services.directory.policies.create(draft)
        found["policyId"] = made.id
        found.changes = differences(None, of_policy(made))
    return made


async def update_policy(context: Context, policy_id: str, draft: PolicyDraft) -> NamedPolicy:
    """Change a policy, for everyone who has it, at once."""
    told = {"name": draft.name, "rules": _rules(draft)}
    async with administering(context, "policy-update", policyId=policy_id, **told) as found:
        before = await context.services.directory.policies.one(policy_id)
        changed = await context.services.directory.policies.update(policy_id, draft)
        found.changes = differences(of_policy(before), of_policy(changed))
    return changed


async def delete_policy(context: Context, policy_id: str, *, even_if_bound: bool) -> NamedPolicy:
    """Delete a policy; Conflict while someone has it, unless that may end."""
    async with administering(context, "policy-delete", policyId=policy_id, evenIfBound=even_if_bound) as found:
        gone = await context.services.directory.policies.delete(policy_id, even_if_bound=even_if_bound)
        found["name"] = gone.name
        found.changes = differences(of_policy(gone), None)
    return gone


async def bindings(
    context: Context,
    wanted: Wanted,
    *,
    policy_id: str | None = None,
    user_id: str | None = None,
    group_id: str | None = None,
) -> Part[NamedBinding]:
    """Bindings, by policy."""
    await looked(context, "binding-list")
    wanted.check()
    return await context.services.directory.bindings.some(
        wanted, policy_id=policy_id, user_id=user_id, group_id=group_id
    )


async def create_binding(context: Context, draft: BindingDraft) -> NamedBinding:
    """Give a policy to a user or a group, on one cluster or on all."""
    told = {"policyId": draft.policy_id, "userId": draft.user_id, "groupId": draft.group_id, "on": draft.cluster}
    async with administering(context, "binding-create", **told) as found:
        operators = context.services.registry.operators
        made = await context.services.directory.bindings.create(draft, clusters=operators)
        found["bindingId"] = made.id
        found.changes = differences(None, of_binding(made))
    return made


async def delete_binding(context: Context, binding_id: str) -> NamedBinding:
    """Take a policy away."""
    async with administering(context, "binding-delete", bindingId=binding_id) as found:
        gone = await context.services.directory.bindings.delete(binding_id)
        found |= {"policy": gone.policy, "user": gone.username, "group": gone.group, "on": gone.cluster}
        found.changes = differences(of_binding(gone), None)
    return gone


def _rules(draft: PolicyDraft) -> list[dict[str, list[str]]] | None:
    """The rules as they were asked for, in full, so that the audit can say who allowed what."""
    if draft.rules is None:
        return None
    return [
        {
            "resources": list(rule.resources[:NAMES_IN_A_RULE]),
            "namespaces": list(rule.namespaces[:NAMES_IN_A_RULE]),
            "actions": list(rule.actions[:NAMES_IN_A_RULE]),
        }
        for rule in draft.rules[:MOST_RULES]
    ]

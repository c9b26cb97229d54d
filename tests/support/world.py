"""A little world for tests of rights: everyone who can ask, and objects and people to see and change."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from gyre.identity_providers import IdentityProvider
from gyre.people.bindings import BindingDraft
from gyre.people.groups import GroupDraft
from gyre.people.paging import Wanted
from gyre.people.policies import PolicyDraft
from gyre.people.profiles import PreferenceChange, Theme
from gyre.people.tokens import TokenDraft
from gyre.terms.people import Role
from models.clusters import StoredCluster
from models.identities import Invite, Preferences
from models.people import User
from tests.support.cluster import EVENTS, GIT_REPOSITORIES, HELM_RELEASES, KUSTOMIZATIONS, LittleCluster, event, thing
from tests.support.people import PASSWORD, People, rule

MARKER = "marker-of-an-object"
PRIVATE = (
    MARKER,
    "spare-person",
    "spare-group",
    "spare-policy",
    "spare-token",
    "spare-subject",
    "hidden-namespace",
)
"""Words that stand in objects, people and rights alone, and in no question."""

ACME = IdentityProvider(id="acme", issuer="https://sso.acme.test", client_id="gyre")

ROLES = {"viewer": Role.VIEWER, "editor": Role.EDITOR, "admin": Role.ADMIN, "disabled": Role.ADMIN, "none": Role.MEMBER}
RULES = {
    "may-view": ("kustomizations", "shop", "view"),
    "may-edit": ("kustomizations", "shop", "edit"),
    "may-create": ("kustomizations", "shop", "create"),
    "may-delete": ("kustomizations", "shop", "delete"),
    "may-reconcile": ("kustomizations", "shop", "reconcile"),
    "may-suspend": ("kustomizations", "shop", "suspend"),
    "may-logs": ("kustomizations", "shop", "logs"),
    "may-restart": ("kustomizations", "shop", "restart"),
    "may-all": ("kustomizations", "shop", "*"),
    "by-glob": ("*", "sh*", "reconcile suspend"),
    "elsewhere": ("kustomizations", "prod", "*"),
    "other-kind": ("helmreleases", "shop", "*"),
    "other-cluster": ("*", "*", "*"),
}
"""Members, each with one rule."""

EVERYONE = ("anonymous", *ROLES, "must-change", *RULES)


def cluster_of(name: str) -> str:
    """Where the rule of this member is given."""
    return "other" if name == "other-cluster" else "default"


def fill(cluster: LittleCluster) -> None:
    """Objects in three namespaces, each with the marker in what can be read of it."""
    marked: dict[str, Any] = {
        "metadata": {"labels": {"team": MARKER}},
        "spec": {"path": f"./{MARKER}", "interval": "10m"},
    }
    for namespace in ("shop", "prod", "hidden-namespace"):
        cluster.has(KUSTOMIZATIONS, thing("apps", namespace, **marked))
        cluster.has(HELM_RELEASES, thing("web", namespace, **marked))
        cluster.has(EVENTS, event(f"apps.{namespace}", namespace=namespace, message=MARKER))
    cluster.has(GIT_REPOSITORIES, thing("fleet", "hidden-namespace", **marked))


async def spare(people: People) -> dict[str, str]:
    """Somebody whom others may want to know of or change, with all that a user can have: the ids of it."""
    principal, _ = await people.signed_in("spare-person", Role.MEMBER)
    group = await people.directory.groups.create(GroupDraft(name="spare-group", add=(principal.user_id,)))
    policy = await people.directory.policies.create(
        PolicyDraft(name="spare-policy", rules=(rule("kustomizations", "hidden-namespace", "view"),))
    )
    draft = BindingDraft(policy_id=policy.id, group_id=group.id, cluster="*")
    binding = await people.directory.bindings.create(draft, clusters=())
    token = await people.directory.tokens.create(principal.user_id, TokenDraft(name="spare-token"), clusters=())
    await people.directory.identities.link(principal.user_id, ACME.issuer, "spare-subject")
    await people.directory.invites.renew(principal.user_id)
    await people.directory.profiles.prefer(principal.user_id, PreferenceChange(theme=Theme.LIGHT))
    return {
        "user": principal.user_id,
        "group": group.id,
        "policy": policy.id,
        "binding": binding.id,
        "session": principal.session_id,
        "token": token.token.id,
    }


async def everyone(people: People) -> dict[str, str]:
    """All who can ask, by name, with the cookie they ask with; anonymous has none."""
    cookies = {"anonymous": ""}
    for name, role in ROLES.items():
        _, cookies[name] = await people.signed_in(name, role)
    await people.users.set_active("disabled", active=False)
    await people.users.add("must-change", PASSWORD, role=Role.ADMIN, must_change_password=True)
    _, cookies["must-change"] = await people.signed_in("must-change")
    for name, words in RULES.items():
        _, cookies[name] = await people.signed_in(name, Role.MEMBER)
        await people.give(name, rule(*words), cluster=cluster_of(name))
    return cookies


async def kept(people: People, *, but: str = "") -> Mapping[str, object]:
    """All that administration could change, to be compared; `but` is who may change what is their own."""
    directory, wanted = people.directory, Wanted(first=1000)
    users = [each for each in (await directory.users.some(wanted)).items if each.username != but]
    owners = [each.id for each in users]
    sessions = {owner: await people.sessions.open_of(owner) for owner in owners}
    return {
        "users": [asdict(each) for each in users],
        "groups": [asdict(each) for each in (await directory.groups.some(wanted)).items],
        "policies": [asdict(each) for each in (await directory.policies.some(wanted)).items],
        "bindings": [asdict(each) for each in (await directory.bindings.some(wanted)).items],
        "tokens": [asdict(token) for owner in owners for token in await directory.tokens.of(owner)],
        "clusters": [dict(each) for each in await StoredCluster.all().order_by("name").values()],
        "identities": [asdict(each) for owner in owners for each in await directory.identities.of(owner)],
        "sessions": {owner: [each.id for each in found] for owner, found in sessions.items()},
        "passwords": {each.username: each.password_hash for each in await User.exclude(username=but)},
        "invites": {str(each.user_id): each.token_hash for each in await Invite.all()},
        "preferences": {str(each.user_id): each.content for each in await Preferences.exclude(user__username=but)},
    }

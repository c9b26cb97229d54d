"""What each of the world of rights may do with a Kustomization of `shop`, and which objects they see, on either face.

What a face's routes and fields take for what is in the tests that call them: tests/rest_compat/test_rules.py and
tests/schema/test_rules.py.
"""

from collections.abc import Collection, Mapping

from gyre.people.tokens import ScopeDraft
from gyre.terms.naming import Kind
from gyre.terms.people import Action, Role
from tests.support.cluster import GIT_REPOSITORIES, HELM_RELEASES, KUSTOMIZATIONS
from tests.support.people import People, rule, scope
from tests.support.world import ROLES, RULES, cluster_of

READ = frozenset({Action.VIEW})
ALL = frozenset({Action.VIEW, Action.CREATE, Action.EDIT, Action.DELETE, Action.RECONCILE, Action.SUSPEND})
BY_EDIT = ALL - {Action.DELETE}
MAY: Mapping[str, frozenset[Action]] = {
    "viewer": READ,
    "editor": ALL,
    "admin": ALL,
    "may-view": READ,
    "may-edit": BY_EDIT,
    "may-create": READ | {Action.CREATE},
    "may-delete": READ | {Action.DELETE},
    "may-reconcile": READ | {Action.RECONCILE},
    "may-suspend": READ | {Action.SUSPEND},
    "may-logs": READ,
    "may-restart": READ,
    "may-all": ALL,
    "by-glob": READ | {Action.RECONCILE, Action.SUSPEND},
    "token-to-edit": BY_EDIT,
    "token-to-delete": READ | {Action.DELETE},
    "token-of-a-viewer": READ,
}
"""`edit` gives create, reconcile and suspend, anything gives view (docs/access.md)."""

BLIND: Mapping[str, str] = {
    "elsewhere": "RESOURCE_NOT_FOUND",
    "other-kind": "RESOURCE_NOT_FOUND",
    "other-cluster": "CLUSTER_NOT_FOUND",
}
"""Who has rights, but not to see this: every deed is answered as for what does not exist."""

Where = tuple[str, str]
OBJECTS: Mapping[Where, tuple[Kind, str]] = {
    **{("Kustomization", each): (KUSTOMIZATIONS, "apps") for each in ("shop", "prod", "hidden-namespace")},
    **{("HelmRelease", each): (HELM_RELEASES, "web") for each in ("shop", "prod", "hidden-namespace")},
    ("GitRepository", "hidden-namespace"): (GIT_REPOSITORIES, "fleet"),
}
"""The seven objects of the world of rights, by kind and namespace."""

MINE: frozenset[Where] = frozenset({("Kustomization", "shop")})
SEES: Mapping[str, Collection[Where]] = {
    **dict.fromkeys(("viewer", "editor", "admin"), OBJECTS),
    **dict.fromkeys(("none", "other-cluster"), ()),
    **dict.fromkeys((who for who in RULES if who.startswith("may-")), MINE),
    "by-glob": {*MINE, ("HelmRelease", "shop")},
    "elsewhere": {("Kustomization", "prod")},
    "other-kind": {("HelmRelease", "shop")},
}
"""Which of them each sees who may look at all."""

TOKENS: Mapping[str, tuple[Role, ScopeDraft]] = {
    "token-to-edit": (Role.ADMIN, scope("kustomizations", "shop", "edit")),
    "token-to-delete": (Role.EDITOR, scope("*", "shop", "delete")),
    "token-of-a-viewer": (Role.VIEWER, scope("*", "*", "*")),
}


async def headers_of(people: People, who: str) -> dict[str, str]:
    """Make this one of the table, signed in or with a token: what their requests carry."""
    role, narrowed = TOKENS[who] if who in TOKENS else (ROLES.get(who, Role.MEMBER), None)
    _, cookie = await people.signed_in(who, role)
    if who in RULES:
        await people.give(who, rule(*RULES[who]), cluster=cluster_of(who))
    if narrowed is None:
        return {"cookie": f"gyre_session={cookie}"}
    return {"authorization": f"Bearer {(await people.token(who, narrowed)).secret}"}

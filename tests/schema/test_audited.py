"""Every mutation, and every read of what others may not see, is in the audit: who, from where, what, and how it ended.

A root field that is new has to be entered here.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace

import pytest

from gyre.audit import settled
from gyre.audit.asking import Outcome
from gyre.audit.reading import Record, everything
from gyre.terms.people import Role
from models.auditing import AuditEntry
from tests.schema.test_actions import GIT
from tests.schema.test_writes import READ, WRITE, kustomization
from tests.support.graphql import DEFAULT, Gyre, Signed, gyre_on
from tests.support.living_cluster import living_cluster
from tests.support.people import PASSWORD
from tests.support.walking import called, roots
from tests.support.world import ACME, spare

pytestmark = pytest.mark.anyio

DONE, FAILED, REFUSED = Outcome.SUCCEEDED, Outcome.FAILED, Outcome.REFUSED
APPS = ("default", "kustomizations.kustomize.toolkit.fluxcd.io", "shop", "apps")
NOTHING = ("", "", "", "")

MUTATIONS: Mapping[str, tuple[str, Outcome]] = {
    "createUser": ("user-create", DONE),
    "inviteUser": ("user-invite", DONE),
    "renewInvite": ("invite-renew", DONE),
    "withdrawInvite": ("invite-withdraw", DONE),
    "acceptInvite": ("invite-accept", REFUSED),
    "updateUser": ("user-update", DONE),
    "createGroup": ("group-create", DONE),
    "updateGroup": ("group-update", DONE),
    "createPolicy": ("policy-create", DONE),
    "updatePolicy": ("policy-update", DONE),
    "createBinding": ("binding-create", DONE),
    "createToken": ("token-create", DONE),
    "linkIdentity": ("identity-link", DONE),
    "addCluster": ("cluster-add", FAILED),
    "updateCluster": ("cluster-update", FAILED),
    "testCluster": ("cluster-test", DONE),
    "removeCluster": ("cluster-remove", FAILED),
    "updateProfile": ("profile-update", DONE),
    "updatePreferences": ("preferences-update", DONE),
    "changePassword": ("password-change", FAILED),
    "login": ("sign-in", REFUSED),
    "logout": ("sign-out", DONE),
    "endSessions": ("session-end-others", DONE),
    "createResource": ("create", DONE),
    "updateResource": ("update", DONE),
    "applyResource": ("apply", DONE),
    "reconcile": ("reconcile", DONE),
    "suspend": ("suspend", DONE),
    "resume": ("resume", DONE),
    "deleteResource": ("delete", DONE),
    "unlinkIdentity": ("identity-unlink", DONE),
    "deleteBinding": ("binding-delete", DONE),
    "deletePolicy": ("policy-delete", DONE),
    "deleteGroup": ("group-delete", DONE),
    "revokeToken": ("token-revoke", DONE),
    "endSession": ("session-end", DONE),
    "deleteUser": ("user-delete", DONE),
}
"""Under which word each is recorded, and how it ends here, in an order in which nothing is gone that is needed."""

SUSPENDED_AT, SUSPENDED_BY = (f'metadata.annotations["gyre.dev/suspended-{word}"]' for word in ("at", "by"))
CHANGED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("createUser", "createGroup", "createPolicy", "createBinding", "createToken"), ("",)),
    **dict.fromkeys(("deleteUser", "deleteGroup", "deletePolicy", "deleteBinding", "revokeToken"), ("",)),
    **dict.fromkeys(("inviteUser", "linkIdentity", "unlinkIdentity", "createResource", "deleteResource"), ("",)),
    "updateUser": ("role",),
    "updateGroup": ("description",),
    "updatePolicy": ("description",),
    "updateProfile": ("displayName",),
    "updatePreferences": ("theme",),
    "updateResource": ("spec.interval",),
    "applyResource": ("spec.interval",),
    "reconcile": ("metadata.annotations",),
    "suspend": (SUSPENDED_AT, SUSPENDED_BY, "spec.suspend"),
    "resume": (SUSPENDED_AT, SUSPENDED_BY, 'metadata.annotations["reconcile.fluxcd.io/requestedAt"]', "spec.suspend"),
}
"""The paths of which each tells what was before and after; empty for the whole of what was made or is gone."""

OF_OBJECTS = {"createResource", "updateResource", "applyResource", "reconcile", "suspend", "resume", "deleteResource"}
OTHERWISE = {
    "updateUser": 'mutation {{ updateUser(input: {{id: "{user}", role: VIEWER}}) {{ errors {{ code }} }} }}',
    "updateProfile": 'mutation {{ updateProfile(displayName: "Ada") {{ errors {{ code }} }} }}',
}
"""What would change nothing as it is called elsewhere."""

WRITTEN = {"createResource": "1m", "updateResource": "7m", "applyResource": "9m"}
"""What interval each writes."""

BY_NOBODY_KNOWN = {"login": "login-username", "acceptInvite": ""}
"""What is refused to whoever asks: the name they gave."""

READS: Mapping[str, str] = {
    "auditEntries": "audit-view",
    "bindings": "binding-list",
    "explain": "explain",
    "groups": "group-list",
    "identities": "identity-list",
    "liveManifest": "unmask",
    "policies": "policy-list",
    "users": "user-list",
}
"""What administrators alone, or who may edit an object, are shown."""

OF_SOMEONE_ELSE = {"sessions": "session-list", "tokens": "token-list"}
OPEN_READS = {
    *("access", "cluster", "clusters", "deletionPreview", "events", "invitation", "kinds", "objectAudit", "overview"),
    *("preferences", "profile", "resource", "resources", "ruleResources", "viewer"),
}
"""What shows no more than whoever asks may see anyway."""


@dataclass(frozen=True, slots=True)
class World:
    gyre: Gyre
    ids: dict[str, str]

    async def told_of(self, who: Signed, document: str, **variables: object) -> list[Record]:
        """What the audit says of one call."""
        await settled()
        last = await AuditEntry.all().order_by("-id").first()
        await who.ask(document, **variables)
        found = [record async for record in everything()]
        return [record for record in found if record.begun.id > (last.id if last else 0)]


@pytest.fixture
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("audited")
    async with living_cluster(folder) as cluster:
        cluster.has("GitRepository", "fleet", GIT)
        async with gyre_on({DEFAULT: cluster.access}, folder, oidc_providers=(ACME,)) as gyre:
            yield World(gyre, await spare(gyre.people))


def test_every_root_field_is_entered_here() -> None:
    assert set(MUTATIONS) == set(roots("mutation"))
    assert set(READS) | set(OF_SOMEONE_ELSE) | OPEN_READS == set(roots("query"))


async def document_of(world: World, name: str, who: Signed) -> tuple[str, dict[str, object]]:
    """The mutation called so that it can end well: what is written has all that it needs."""
    if name in OTHERWISE:
        return OTHERWISE[name].format(**world.ids), {}
    if name not in WRITTEN:
        return called("mutation", name, world.ids).document, {}
    manifest = kustomization("apps", interval=WRITTEN[name])
    if name == "updateResource":
        seen = (await who.data(READ, kind="ks", name="apps"))["resource"]
        manifest["metadata"]["resourceVersion"] = seen["resourceVersion"]
    what = name.removesuffix("Resource")
    force = {"forceConflicts": True} if what == "apply" else {}  # what others manage of it is taken over
    return WRITE % (what.capitalize(), what), {"input": {"manifest": manifest, **force}}


async def test_every_mutation_is_recorded_once_under_its_word_with_who_where_and_how_it_ended(world: World) -> None:
    told: dict[str, tuple[str, Outcome]] = {}
    changed: dict[str, tuple[object, ...]] = {}
    for name in MUTATIONS:
        ada = await world.gyre.signed_in("ada")  # anew, since some of them end the session
        document, variables = await document_of(world, name, ada)
        (record,) = await world.told_of(ada, document, **variables)
        begun = record.begun
        told[name] = (begun.action, record.outcome)
        if record.changes:
            changed[name] = tuple(each["path"] for each in record.changes)
        assert begun.username == BY_NOBODY_KNOWN.get(name, "ada"), name
        assert bool(begun.user_id) is (name not in BY_NOBODY_KNOWN), name
        assert (begun.address, len(begun.request_id)) == ("127.0.0.1", 32), name
        on = (begun.cluster, begun.kind, begun.namespace, begun.name)
        assert on == (APPS if name in OF_OBJECTS else NOTHING), (name, record.reason)
        assert bool(record.reason) is (record.outcome is not DONE), name
        assert (record.ended is None) is (name in {*BY_NOBODY_KNOWN, "logout"}), name  # all else has an intent before
    assert told == MUTATIONS
    assert changed == CHANGED


async def test_every_mutation_by_who_may_not_is_recorded_once_as_refused(world: World) -> None:
    own = {"acceptInvite", "changePassword", "createToken", "endSessions", "login", "logout"}
    own |= {"updatePreferences", "updateProfile"}
    vic = await world.gyre.signed_in("vic", Role.VIEWER)
    for name in MUTATIONS.keys() - own:
        (record,) = await world.told_of(vic, called("mutation", name, world.ids).document)
        assert (record.outcome, record.begun.username) == (REFUSED, "vic"), name
        assert (record.begun.address, len(record.begun.request_id)) == ("127.0.0.1", 32), name
        assert record.reason, name


async def test_every_mutation_by_nobody_is_recorded_once_as_refused(world: World) -> None:
    for name in MUTATIONS:
        (record,) = await world.told_of(world.gyre.nobody, called("mutation", name, world.ids).document)
        assert (record.outcome, record.begun.user_id, record.begun.address) == (REFUSED, "", "127.0.0.1"), name
        expected = MUTATIONS[name][0] if name in BY_NOBODY_KNOWN else "request"
        assert record.begun.action == expected, name


async def test_every_mutation_before_the_password_is_changed_is_recorded_once_as_refused(world: World) -> None:
    people = world.gyre.people
    await people.users.add("new", PASSWORD, role=Role.ADMIN, must_change_password=True)
    new = await world.gyre.signed_in("new")
    for name in MUTATIONS.keys() - {*BY_NOBODY_KNOWN, "changePassword", "logout"}:
        (record,) = await world.told_of(new, called("mutation", name, world.ids).document)
        assert (record.outcome, record.begun.username) == (REFUSED, "new"), name
        assert record.details["code"] == "PASSWORD_CHANGE_REQUIRED", name


async def test_what_others_may_not_see_is_recorded_when_it_is_looked_at(world: World) -> None:
    ada, vic = await world.gyre.signed_in("ada"), await world.gyre.signed_in("vic", Role.VIEWER)
    assert (await ada.data(WRITE % ("Create", "create"), input={"manifest": kustomization("apps")})) is not None
    for name, word in READS.items():
        (record,) = await world.told_of(ada, called("query", name, world.ids).document)
        assert (record.begun.action, record.outcome, record.begun.username) == (word, DONE, "ada"), name
        assert (record.begun.address, len(record.begun.request_id)) == ("127.0.0.1", 32), name
        (record,) = await world.told_of(vic, called("query", name, world.ids).document)
        assert (record.begun.action, record.outcome, record.begun.username) == (word, REFUSED, "vic"), name
    for name, word in OF_SOMEONE_ELSE.items():
        document = f'{{ {name}(userId: "{world.ids["user"]}") {{ id }} }}'
        (record,) = await world.told_of(ada, document)
        assert (record.begun.action, record.outcome, record.begun.username) == (word, DONE, "ada"), name
        assert record.details == {"userId": world.ids["user"]}
        assert await world.told_of(ada, f"{{ {name} {{ id }} }}") == []  # one's own
    for name in OPEN_READS:
        assert await world.told_of(ada, called("query", name, world.ids).document) == [], name


async def test_that_a_token_was_used_is_recorded_beside_what_was_done_with_it(world: World) -> None:
    await world.gyre.signed_in("ada")
    token = await world.gyre.people.token("ada")
    script = replace(world.gyre.nobody, token=token.secret)
    first = await world.told_of(script, called("query", "users", world.ids).document)
    again = await world.told_of(script, called("mutation", "createGroup", world.ids).document)
    assert [record.begun.action for record in first] == ["token-use", "user-list"]
    assert [record.begun.action for record in again] == ["group-create"]
    assert all(record.details["tokenId"] == token.token.id for record in (*first, *again))

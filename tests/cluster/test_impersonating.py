"""Writes in people's own names on a real API server: decided by their rights there, and audited so."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from gyre.kube.access import from_kubeconfig
from gyre.kube.client import Call, KubeClient, path_of
from tests.cluster.control_plane import ControlPlane
from tests.cluster.features import STEPS, Hand, Place, works
from tests.cluster.granting import RBAC, grant
from tests.cluster.program import open_program, person
from tests.cluster.writing import BUCKETS, Writer, bucket
from tests.support.access_page import roles

pytestmark = [pytest.mark.cluster, pytest.mark.anyio, pytest.mark.usefixtures("definitions")]

SUSPEND = """mutation($namespace: String!) {
  suspend(input: {target: {kind: "buckets", namespace: $namespace, name: "a"}}) {
    resource { suspended } errors { code message }
  }
}"""


ATTEMPTS = {
    "create": "create",
    "apply of a new object": "patch",
    "update": "update",
    "apply": "patch",
    "delete": "delete",
}
"""The ways to write, and what each of them is for Kubernetes."""
LOGGED_SECONDS = 30


async def written(plane: ControlPlane, user: str, count: int) -> list[tuple[str, str, int]]:
    """In whose name this user wrote, how, and what came of it, once so many writes are in the log."""
    verbs = set(ATTEMPTS.values())
    async with asyncio.timeout(LOGGED_SECONDS):
        while len(writes := [it for it in plane.logged(user) if it["verb"] in verbs]) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    named = [it.get("impersonatedUser", {}).get("username", "") for it in writes]
    return [(name, it["verb"], it["responseStatus"]["code"]) for name, it in zip(named, writes, strict=True)]


async def give_group(admin: KubeClient, namespace: str, group: str, *verbs: str) -> None:
    """Whoever is in this group may do this to buckets in this namespace."""
    rules = [{"apiGroups": [BUCKETS.kind.group], "resources": ["buckets"], "verbs": verbs}]
    kind = "rbac.authorization.k8s.io"
    role: dict[str, Any] = {"apiVersion": f"{kind}/v1", "kind": "Role", "metadata": {"name": "acts"}, "rules": rules}
    binding = {
        "apiVersion": f"{kind}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "acts"},
        "roleRef": {"apiGroup": kind, "kind": "Role", "name": "acts"},
        "subjects": [{"apiGroup": kind, "kind": "Group", "name": group}],
    }
    for plural, document in (("roles", role), ("rolebindings", binding)):
        path = f"{RBAC}/namespaces/{namespace}/{plural}"
        await admin.ask(Call(path=path, method="POST", body=json.dumps(document).encode()))


async def test_kubernetes_decides_by_the_rights_of_who_writes(
    plane: ControlPlane, admin: KubeClient, namespace: str, user: str, tmp_path: Path
) -> None:
    await Writer(admin, BUCKETS, namespace).create(bucket("a"))
    prefix = f"{user}-as:"
    await give_group(admin, namespace, f"{prefix}shop", "patch")
    await grant(admin, user, *roles()["gyre-reads"], *roles()["gyre-impersonates"])
    access = from_kubeconfig(plane.kubeconfig(user))
    async with open_program(access, tmp_path, impersonate=True, impersonate_prefix=prefix) as root:
        eve, mia = await person(root, "eve"), await person(root, "mia", "shop")

        refused = (await eve.data(SUSPEND, namespace=namespace))["suspend"]
        assert refused["resource"] is None
        assert refused["errors"] == [
            {
                "code": "FORBIDDEN",
                "message": (
                    f'buckets.{BUCKETS.kind.group} "a" is forbidden: User "{prefix}eve" cannot patch resource '
                    f'"buckets" in API group "{BUCKETS.kind.group}" in the namespace "{namespace}"'
                ),
            }
        ]
        path = path_of(BUCKETS.kind, BUCKETS.version, namespace=namespace, name="a")
        assert "suspend" not in json.loads(await admin.ask(Call(path=path)))["spec"]

        done = (await mia.data(SUSPEND, namespace=namespace))["suspend"]
        assert done == {"resource": {"suspended": True}, "errors": []}
        assert json.loads(await admin.ask(Call(path=path)))["spec"]["suspend"] is True

    assert await written(plane, user, 2) == [(f"{prefix}eve", "patch", 403), (f"{prefix}mia", "patch", 200)]
    reads = [it for it in plane.logged(user) if it["verb"] in ("list", "watch")]
    assert reads
    assert [it for it in reads if "impersonatedUser" in it] == []


async def test_what_is_created_edited_applied_and_deleted_is_decided_so_too(
    plane: ControlPlane, admin: KubeClient, namespace: str, user: str, tmp_path: Path
) -> None:
    await Writer(admin, BUCKETS, namespace).create(bucket("a"))
    prefix = f"{user}-as:"
    await give_group(admin, namespace, f"{prefix}shop", "create", "update", "patch", "delete")
    (writing,) = roles()["gyre-writes"]
    await grant(admin, user, *roles()["gyre-reads"], *roles()["gyre-impersonates"], {**writing, "verbs": ["get"]})
    place = Place(plane, admin, namespace, tmp_path, user)
    access = from_kubeconfig(plane.kubeconfig(user))
    async with open_program(access, tmp_path, impersonate=True, impersonate_prefix=prefix) as root:
        eve = Hand(place, await person(root, "eve"))
        assert {name for name in STEPS if not await works(eve, name)} == set(ATTEMPTS)
        said = zip(eve.refusals, ATTEMPTS.values(), strict=True)
        for (code, words), verb in said:
            assert code == "FORBIDDEN"
            assert f'User "{prefix}eve" cannot {verb} resource "buckets" in API group' in words

        mia = Hand(place, await person(root, "mia", "shop"))
        assert [name for name in STEPS if not await works(mia, name)] == []

    refused = [(f"{prefix}eve", verb, 403) for verb in ATTEMPTS.values()]
    done = [
        (f"{prefix}mia", verb, code) for verb, code in zip(ATTEMPTS.values(), (201, 201, 200, 200, 200), strict=True)
    ]
    assert await written(plane, user, len(refused + done)) == refused + done

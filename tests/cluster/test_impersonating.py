"""Writes in people's own names on a real API server: decided by their rights there, and audited so."""

import json
from pathlib import Path
from typing import Any

import pytest

from gyre.kube.access import from_kubeconfig
from gyre.kube.client import Call, KubeClient, path_of
from tests.cluster.control_plane import ControlPlane
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


async def give_group(admin: KubeClient, namespace: str, group: str) -> None:
    """Whoever is in this group may patch buckets in this namespace."""
    rules = [{"apiGroups": [BUCKETS.kind.group], "resources": ["buckets"], "verbs": ["patch"]}]
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
    await give_group(admin, namespace, f"{prefix}shop")
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

    entries = [json.loads(line) for line in plane.audit_log.read_text().splitlines()]
    patches = [entry for entry in entries if entry["verb"] == "patch" and namespace in entry["requestURI"]]
    told = {(entry["user"]["username"], entry["impersonatedUser"]["username"]) for entry in patches}
    assert told == {(user, f"{prefix}eve"), (user, f"{prefix}mia")}
    reads = [entry for entry in entries if entry["user"].get("username") == user and entry["verb"] in ("list", "watch")]
    assert reads
    assert [entry for entry in reads if "impersonatedUser" in entry] == []

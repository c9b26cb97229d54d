"""Gives users of the real cluster rights, and takes them away.

What Gyre needs of them: docs/access.md.
"""

import asyncio
import json

from gyre.kube.client import Call, KubeClient

RBAC = "/apis/rbac.authorization.k8s.io/v1"
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
KNOWN_SECONDS = 30


async def grant(admin: KubeClient, user: str, *rules: dict[str, list[str]]) -> None:
    """This user may do this, and nothing else; returns when the API server knows."""
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": user}}
    binding = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": user},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": user},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
    }
    for plural, document in (("clusterroles", {**role, "rules": list(rules)}), ("clusterrolebindings", binding)):
        await admin.ask(Call(path=f"{RBAC}/{plural}", method="POST", body=json.dumps(document).encode()))
    async with asyncio.timeout(KNOWN_SECONDS):
        while rules and not await may(admin, user, rules[-1]):  # noqa: ASYNC110  # its informers have no event for us
            await asyncio.sleep(0.05)


async def may(admin: KubeClient, user: str, rule: dict[str, list[str]]) -> bool:
    """Whether the API server would let this user do the first thing of this rule."""
    asked = {"group": rule["apiGroups"][0], "resource": rule["resources"][0], "verb": rule["verbs"][0]}
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": user, "resourceAttributes": asked},
    }
    answer = json.loads(await admin.ask(Call(path=REVIEWS, method="POST", body=json.dumps(review).encode())))
    return bool(answer["status"]["allowed"])


async def revoke(admin: KubeClient, user: str, *rules: dict[str, list[str]]) -> None:
    """This user may do nothing any more, these rules among it; returns when the API server knows."""
    for plural in ("clusterrolebindings", "clusterroles"):
        await admin.ask(Call(path=f"{RBAC}/{plural}/{user}", method="DELETE"))
    async with asyncio.timeout(KNOWN_SECONDS):
        while rules and await may(admin, user, rules[-1]):  # noqa: ASYNC110  # its informers have no event for us
            await asyncio.sleep(0.05)

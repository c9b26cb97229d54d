"""What Kubernetes makes of a Deployment: a ReplicaSet for each template, Pods, and the counts in their status."""

import hashlib
from collections.abc import Iterator

import orjson

from gyre.demo.life.conditions import put
from gyre.demo.life.steps import Step, Steps, Target, Work
from gyre.demo.resources import Manifest

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
HASH_LABEL = "pod-template-hash"
NODES = ("node-1", "node-2", "node-3")
START_SECONDS = 1.4
SURPLUS = 10  # a Deployment scaled down by more than this at once keeps Pods; the demo's have five at most


def reconcile(work: Work) -> Steps:
    """One look at a Deployment: bring its Pods to what it wants."""
    if work.deleting:
        return
    hash_ = template_hash(work.spec["template"])
    wanted = int(work.spec.get("replicas", 1))
    sets = _replica_sets(work)
    current = next((each for each in sets if each["metadata"]["labels"][HASH_LABEL] == hash_), None)
    older = [each for each in sets if each is not current and each["spec"]["replicas"]]
    pullable = all(work.world.outside.pullable(c["image"]) for c in work.spec["template"]["spec"]["containers"])
    name = f"{work.name}-{hash_}"
    pods = _pods(work, name, wanted)
    settled = current is not None and (current.get("status") or {}).get("readyReplicas", 0) == wanted and not older
    if settled and not _missing(work, pods) and _counts(work) == (wanted, wanted):
        return
    yield from _start(work, name, hash_, pods, older)
    if not pullable:
        _count(work, new=wanted, new_ready=0, old=sum(each["spec"]["replicas"] for each in older))
        work.apply(*(_pod(work, name, hash_, pod, "ImagePullBackOff") for pod in pods))
        yield work.step()
        return
    _finish(work, name, hash_, pods, older)
    yield work.step()


def template_hash(template: Manifest) -> str:
    """Ten letters that stand for a Pod template."""
    digest = hashlib.sha256(orjson.dumps(template, option=orjson.OPT_SORT_KEYS)).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:10])


def _start(work: Work, name: str, hash_: str, pods: list[str], older: list[Manifest]) -> Iterator[Step]:
    running = sum(each["spec"]["replicas"] for each in older)
    if work.world.get("ReplicaSet", work.namespace, name) is None:
        work.tell("ScalingReplicaSet", f"Scaled up replica set {name} from 0 to {len(pods)}")
    work.apply(_replica_set(work, name, hash_, replicas=len(pods), ready=0))
    _count(work, new=len(pods), new_ready=0, old=running)
    yield work.step()
    work.apply(*(_pod(work, name, hash_, pod, "ContainerCreating") for pod in _missing(work, pods)))
    yield work.step(START_SECONDS)


def _finish(work: Work, name: str, hash_: str, pods: list[str], older: list[Manifest]) -> None:
    work.apply(*(_pod(work, name, hash_, pod, "") for pod in pods))
    work.apply(_replica_set(work, name, hash_, replicas=len(pods), ready=len(pods)))
    for each in older:
        old_name, old_hash = each["metadata"]["name"], each["metadata"]["labels"][HASH_LABEL]
        work.tell("ScalingReplicaSet", f"Scaled down replica set {old_name} from {each['spec']['replicas']} to 0")
        work.apply(_replica_set(work, old_name, old_hash, replicas=0, ready=0, template=each["spec"]["template"]))
        work.delete(*(Target("Pod", work.namespace, pod) for pod in _pods(work, old_name, each["spec"]["replicas"])))
    surplus = [pod for pod in _pods(work, name, len(pods) + SURPLUS) if pod not in pods]
    work.delete(*(Target("Pod", work.namespace, pod) for pod in surplus if _has(work, pod)))
    _count(work, new=len(pods), new_ready=len(pods), old=0)


def _has(work: Work, pod: str) -> bool:
    return work.world.get("Pod", work.namespace, pod) is not None


def _counts(work: Work) -> tuple[int, int]:
    return int(work.status.get("updatedReplicas", 0)), int(work.status.get("readyReplicas", 0))


def _missing(work: Work, pods: list[str]) -> list[str]:
    return [pod for pod in pods if not _has(work, pod)]


def _replica_sets(work: Work) -> list[Manifest]:
    uid = work.manifest["metadata"]["uid"]
    return [
        each
        for each in work.world.list("ReplicaSet", work.namespace)
        if any(owner["uid"] == uid for owner in each["metadata"].get("ownerReferences") or ())
    ]


def _pods(work: Work, replica_set: str, count: int) -> list[str]:
    names = []
    for number in range(count):
        digest = hashlib.sha256(f"{work.namespace}/{replica_set}/{number}".encode()).digest()
        names.append(f"{replica_set}-{''.join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:5])}")
    return names


def _owner(kind: str, name: str, uid: str) -> Manifest:
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "name": name,
        "uid": uid,
        "controller": True,
        "blockOwnerDeletion": True,
    }


def _replica_set(
    work: Work, name: str, hash_: str, *, replicas: int, ready: int, template: Manifest | None = None
) -> Manifest:
    labels = {**work.spec["selector"]["matchLabels"], HASH_LABEL: hash_}
    template = template or work.spec["template"]
    metadata = {**(template.get("metadata") or {}), "labels": labels}
    status = {"replicas": replicas, "readyReplicas": ready, "availableReplicas": ready, "observedGeneration": 1}
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "name": name,
            "namespace": work.namespace,
            "labels": labels,
            "ownerReferences": [_owner("Deployment", work.name, work.manifest["metadata"]["uid"])],
        },
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {**template, "metadata": metadata},
        },
        "status": status,
    }


def _pod(work: Work, replica_set: str, hash_: str, name: str, waiting: str) -> Manifest:
    live = work.world.get("ReplicaSet", work.namespace, replica_set)
    template = work.spec["template"]
    containers = template["spec"]["containers"]
    number = int(hashlib.sha256(name.encode()).hexdigest()[:4], 16)
    meta: Manifest = {
        "name": name,
        "namespace": work.namespace,
        "labels": {**((template.get("metadata") or {}).get("labels") or {}), HASH_LABEL: hash_},
    }
    if live is not None:
        meta["ownerReferences"] = [_owner("ReplicaSet", replica_set, live["metadata"]["uid"])]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": meta,
        "spec": {**template["spec"], "nodeName": NODES[number % len(NODES)]},
        "status": {
            "phase": "Pending" if waiting else "Running",
            "podIP": f"10.42.{number % 250}.{number // 256}",
            "startTime": work.now,
            "conditions": [_condition("Ready", not waiting, work), _condition("PodScheduled", True, work)],
            "containerStatuses": [_container(each, waiting, work.now) for each in containers],
        },
    }


def _condition(type_: str, holds: bool, work: Work) -> Manifest:  # noqa: FBT001 - reads as the condition's own value
    return {"type": type_, "status": "True" if holds else "False", "lastTransitionTime": work.now}


def _container(container: Manifest, waiting: str, now: str) -> Manifest:
    state: Manifest = {"running": {"startedAt": now}}
    if waiting:
        state = {"waiting": {"reason": waiting}}
        if waiting == "ImagePullBackOff":
            state["waiting"]["message"] = f'Back-off pulling image "{container["image"]}"'
    return {
        "name": container["name"],
        "image": container["image"],
        "ready": not waiting,
        "started": not waiting,
        "restartCount": 0,
        "state": state,
    }


def _count(work: Work, *, new: int, new_ready: int, old: int) -> None:
    """The counts of a status: Pods of the present template, how many of them are ready, and Pods of older ones."""
    status = work.status
    status["observedGeneration"] = work.generation
    status["replicas"] = new + old
    status["updatedReplicas"] = new
    status["readyReplicas"] = status["availableReplicas"] = new_ready + old
    if new > new_ready:
        status["unavailableReplicas"] = new - new_ready
    else:
        status.pop("unavailableReplicas", None)
    rolled_out, enough = new_ready == new and not old, new_ready + old >= new
    progress = "NewReplicaSetAvailable" if rolled_out else "ReplicaSetUpdated"
    available = "MinimumReplicasAvailable" if enough else "MinimumReplicasUnavailable"
    for type_, holds, reason in (("Progressing", True, progress), ("Available", enough, available)):
        condition = {"type": type_, "status": "True" if holds else "False", "reason": reason, "message": reason}
        put(status, condition, at=work.now)

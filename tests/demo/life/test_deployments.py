"""What becomes of a Deployment: ReplicaSets, Pods, rollouts, and what somebody does to them."""

from gyre.demo.outside.registries import Image
from gyre.demo.outside.workloads import App, manifests
from tests.support.living import Living

IMAGE = "ghcr.io/acme/cart"


def deployed(living: Living, *, replicas: int = 2, tag: str = "1.0.0") -> None:
    living.outside.has(images=[Image(IMAGE, ["1.0.0", "1.1.0"])])
    deployment = manifests(App(name="cart", image=f"{IMAGE}:{tag}", replicas=replicas), "shop")[-1]
    living.store.create(living.store.resources.named("Deployment"), "shop", deployment)


def counts(living: Living) -> tuple[int, int, int]:
    status = living.status("Deployment", "cart")
    return status["replicas"], status["updatedReplicas"], status["readyReplicas"]


def image(tag: str) -> dict[str, object]:
    container = {"name": "cart", "image": f"{IMAGE}:{tag}"}
    return {"spec": {"template": {"spec": {"containers": [container]}}}}


def test_pods_start_and_belong_to_a_replica_set_that_belongs_to_the_deployment(living: Living) -> None:
    deployed(living)
    living.passes(0.5)
    assert counts(living) == (2, 2, 0)
    assert [each["status"]["phase"] for each in living.engine.list("Pod")] == ["Pending", "Pending"]
    living.passes(2)
    assert counts(living) == (2, 2, 2)
    (replica_set,) = living.engine.list("ReplicaSet")
    uid = living.get("Deployment", "cart")["metadata"]["uid"]
    assert replica_set["metadata"]["ownerReferences"][0]["uid"] == uid
    for pod in living.engine.list("Pod"):
        assert pod["metadata"]["ownerReferences"][0]["uid"] == replica_set["metadata"]["uid"]
        assert pod["status"]["phase"] == "Running"
        assert pod["status"]["containerStatuses"][0]["ready"] is True
    available = living.says("Deployment", "cart", "Available")
    assert available is not None
    assert available[:2] == ("True", "MinimumReplicasAvailable")


def test_a_new_image_rolls_out_and_the_old_pods_go(living: Living) -> None:
    deployed(living)
    living.passes(3)
    old = set(living.names("Pod"))
    living.patch("Deployment", "cart", image("1.1.0"))
    living.passes(0.5)
    assert counts(living) == (4, 2, 2)
    living.passes(3)
    assert counts(living) == (2, 2, 2)
    assert not old & set(living.names("Pod"))
    assert sorted(each["spec"]["replicas"] for each in living.engine.list("ReplicaSet")) == [0, 2]


def test_an_image_that_is_not_there_leaves_the_old_pods_running(living: Living) -> None:
    deployed(living)
    living.passes(3)
    living.patch("Deployment", "cart", image("9.9.9"))
    living.passes(5)
    assert counts(living) == (4, 2, 2)
    phases = sorted(each["status"]["phase"] for each in living.engine.list("Pod"))
    assert phases == ["Pending", "Pending", "Running", "Running"]
    living.patch("Deployment", "cart", image("1.0.0"))
    living.passes(5)
    assert counts(living) == (2, 2, 2)


def test_scaling_makes_and_removes_pods(living: Living) -> None:
    deployed(living)
    living.passes(3)
    living.patch("Deployment", "cart", {"spec": {"replicas": 3}})
    living.passes(3)
    assert (len(living.names("Pod")), counts(living)) == (3, (3, 3, 3))
    living.patch("Deployment", "cart", {"spec": {"replicas": 1}})
    living.passes(3)
    assert (len(living.names("Pod")), counts(living)) == (1, (1, 1, 1))


def test_a_pod_that_somebody_deletes_comes_back(living: Living) -> None:
    deployed(living)
    living.passes(3)
    before = {each["metadata"]["uid"] for each in living.engine.list("Pod")}
    living.delete("Pod", living.names("Pod")[0])
    living.passes(3)
    after = {each["metadata"]["uid"] for each in living.engine.list("Pod")}
    assert (len(after), len(after & before)) == (2, 1)


def test_a_restart_by_annotation_replaces_all_pods(living: Living) -> None:
    deployed(living)
    living.passes(3)
    before = set(living.names("Pod"))
    stamp = {"kubectl.kubernetes.io/restartedAt": "2026-01-31T12:00:00Z"}
    living.patch("Deployment", "cart", {"spec": {"template": {"metadata": {"annotations": stamp}}}})
    living.passes(3)
    assert counts(living) == (2, 2, 2)
    assert not before & set(living.names("Pod"))

"""How a Kustomization builds, applies, prunes, checks, waits and fails, in the words of kustomize-controller."""

from typing import Any

from gyre.demo.outside.git import Commit, Content, Repository
from gyre.demo.outside.registries import Image
from gyre.demo.outside.workloads import App, config_map, manifests
from tests.support.living import Living

URL = "https://git.example/shop"
FIRST, SECOND = "a" * 40, "b" * 40
REVISION = f"main@sha1:{FIRST}"
SPEC: dict[str, Any] = {
    "path": "./cart",
    "prune": True,
    "interval": "10m",
    "retryInterval": "1m",
    "timeout": "3m",
    "sourceRef": {"kind": "GitRepository", "name": "shop"},
}
CART = App(name="cart", settings={"LOG_LEVEL": "info"}, image="ghcr.io/acme/cart:1.0.0")


def described(living: Living, **paths: Content) -> Repository:
    repository = Repository(URL, {"main": Commit(FIRST, "Add the cart")}, dict(paths))
    living.outside.has([repository], images=[Image("ghcr.io/acme/cart", ["1.0.0", "1.1.0"])])
    living.has("GitRepository", "shop", {"url": URL, "interval": "1m", "ref": {"branch": "main"}})
    living.passes(3)
    return repository


def cart(app: App = CART) -> Content:
    return Content(lambda namespace: manifests(app, namespace))


def test_it_applies_what_stands_at_its_path(living: Living) -> None:
    described(living, cart=cart())
    living.has("Kustomization", "cart", SPEC)
    living.passes(5)
    applied = ("True", "ReconciliationSucceeded", f"Applied revision: {REVISION}")
    assert living.says("Kustomization", "cart") == applied
    assert living.says("Kustomization", "cart", "Reconciling") is None
    assert living.says("Kustomization", "cart", "Healthy") is None
    status = living.status("Kustomization", "cart")
    assert (status["lastAppliedRevision"], status["lastAttemptedRevision"]) == (REVISION, REVISION)
    assert status["observedGeneration"] == 1
    assert status["inventory"]["entries"] == [
        {"id": "shop_cart-config__ConfigMap", "v": "v1"},
        {"id": "shop_cart__Service", "v": "v1"},
        {"id": "shop_cart_apps_Deployment", "v": "v1"},
    ]
    owner = {"kustomize.toolkit.fluxcd.io/name": "cart", "kustomize.toolkit.fluxcd.io/namespace": "shop"}
    assert owner.items() <= living.get("Deployment", "cart")["metadata"]["labels"].items()
    changes = "ConfigMap/shop/cart-config created\nService/shop/cart created\nDeployment/shop/cart created"
    told = living.events("cart")
    assert ("Normal", "Progressing", changes) in told
    assert [each[1] for each in told][-1] == "ReconciliationSucceeded"
    assert told[-1][2].endswith("next run in 10m0s")


def test_it_says_how_far_it_is(living: Living) -> None:
    described(living, cart=cart())
    living.has("Kustomization", "cart", SPEC)
    living.passes(0.1)
    assert living.says("Kustomization", "cart") == ("Unknown", "Progressing", "Reconciliation in progress")
    fetching = f"Fetching manifests for revision {REVISION} with a timeout of 3m0s"
    assert living.says("Kustomization", "cart", "Reconciling") == ("True", "Progressing", fetching)


def test_history_counts_what_is_the_same_and_keeps_five(living: Living) -> None:
    repository = described(living, cart=cart())
    living.has("Kustomization", "cart", {**SPEC, "interval": "1m"})
    living.passes(200)
    (only,) = living.status("Kustomization", "cart")["history"]
    assert only["totalReconciliations"] == 4
    assert only["lastReconciledStatus"] == "ReconciliationSucceeded"
    assert only["metadata"] == {"revision": REVISION}
    for number in range(6):
        repository.paths = {
            "cart": cart(
                App(name="cart", settings={"LOG_LEVEL": "info"}, image="ghcr.io/acme/cart:1.0.0", port=8000 + number)
            )
        }
        repository.push("main", f"Move to port {number}")
        living.passes(70)
    history = living.status("Kustomization", "cart")["history"]
    assert len(history) == 5
    assert history[0]["metadata"]["revision"] == living.status("Kustomization", "cart")["lastAppliedRevision"]


def test_a_path_that_is_not_there_fails_until_the_spec_names_one_that_is(living: Living) -> None:
    described(living, cart=cart())
    living.has("Kustomization", "cart", {**SPEC, "path": "./chart"})
    living.passes(5)
    said = living.says("Kustomization", "cart")
    assert said is not None
    assert said[:2] == ("False", "ArtifactFailed")
    assert said[2].startswith("kustomization path not found: stat /tmp/kustomization-")
    assert said[2].endswith("/chart: no such file or directory")
    retrying = living.says("Kustomization", "cart", "Reconciling")
    assert retrying is not None
    assert retrying[1] == "ProgressingWithRetry"
    assert living.status("Kustomization", "cart")["observedGeneration"] == -1
    living.patch("Kustomization", "cart", {"spec": {"path": "./cart"}})
    living.passes(5)
    assert living.says("Kustomization", "cart") == ("True", "ReconciliationSucceeded", f"Applied revision: {REVISION}")
    assert living.status("Kustomization", "cart")["observedGeneration"] == 2


def test_a_mistake_in_the_manifests_fails_until_a_commit_mends_it(living: Living) -> None:
    mistake = "accumulating resources: yaml: line 14: did not find expected key"
    repository = described(living, cart=Content(mistake=mistake))
    living.has("Kustomization", "cart", SPEC)
    living.passes(5)
    failed = ("False", "BuildFailed", f"kustomize build failed: {mistake}")
    assert living.says("Kustomization", "cart") == failed
    assert living.events("cart")[-1] == ("Warning", *failed[1:])
    repository.paths = {"cart": cart()}
    repository.push("main", "Mend it")
    living.passes(70)
    said = living.says("Kustomization", "cart")
    assert said is not None
    assert said[:2] == ("True", "ReconciliationSucceeded")


def test_a_deployment_that_cannot_start_fails_the_health_check_until_the_image_is_one_that_is_there(
    living: Living,
) -> None:
    described(living, cart=cart(App(name="cart", settings={"LOG_LEVEL": "info"}, image="ghcr.io/acme/cart:9.9.9")))
    living.has("Kustomization", "cart", {**SPEC, "wait": True})
    living.passes(3)
    running = f"Running health checks for revision {REVISION} with a timeout of 3m0s"
    assert living.says("Kustomization", "cart", "Healthy") == ("Unknown", "Progressing", running)
    living.passes(15)
    late = "timeout waiting for: [Deployment/shop/cart status: 'InProgress']"
    assert living.says("Kustomization", "cart") == ("False", "HealthCheckFailed", late)
    assert living.says("Kustomization", "cart", "Healthy") == ("False", "HealthCheckFailed", late)
    assert living.events("cart")[-1] == ("Warning", "HealthCheckFailed", f"health check failed after 3m0s: {late}")
    assert living.status("Kustomization", "cart")["history"][0]["lastReconciledStatus"] == "HealthCheckFailed"
    (pod,) = living.engine.list("Pod")
    waiting = pod["status"]["containerStatuses"][0]["state"]["waiting"]
    assert waiting == {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "ghcr.io/acme/cart:9.9.9"'}
    living.patch("Kustomization", "cart", {"spec": {"images": [{"name": "ghcr.io/acme/cart", "newTag": "1.1.0"}]}})
    living.passes(10)
    assert living.says("Kustomization", "cart") == ("True", "ReconciliationSucceeded", f"Applied revision: {REVISION}")
    healthy = living.says("Kustomization", "cart", "Healthy")
    assert healthy is not None
    assert healthy[:2] == ("True", "Succeeded")
    image = living.get("Deployment", "cart")["spec"]["template"]["spec"]["containers"][0]["image"]
    assert image == "ghcr.io/acme/cart:1.1.0"


def test_what_is_no_more_in_the_repository_is_pruned(living: Living) -> None:
    both = Content(
        lambda namespace: (config_map("one", namespace, {"a": "1"}), config_map("two", namespace, {"b": "2"}))
    )
    repository = described(living, cart=both)
    living.has("Kustomization", "cart", SPEC)
    living.passes(5)
    assert living.names("ConfigMap") == ["one", "two"]
    repository.paths = {"cart": Content(lambda namespace: (config_map("one", namespace, {"a": "1"}),))}
    repository.push("main", "Remove two")
    living.passes(70)
    assert living.names("ConfigMap") == ["one"]
    assert ("Normal", "Progressing", "ConfigMap/shop/two deleted") in living.events("cart")
    assert living.status("Kustomization", "cart")["inventory"]["entries"] == [{"id": "shop_one__ConfigMap", "v": "v1"}]


def test_what_somebody_changed_by_hand_is_put_right_at_the_next_run(living: Living) -> None:
    described(living, cart=cart())
    living.has("Kustomization", "cart", SPEC)
    living.passes(5)
    living.patch("Deployment", "cart", {"spec": {"replicas": 4}})
    living.delete("ConfigMap", "cart-config")
    living.annotate("Kustomization", "cart", requested_at="put it right")
    living.passes(5)
    assert living.get("Deployment", "cart")["spec"]["replicas"] == 1
    assert living.names("ConfigMap") == ["cart-config"]
    changes = "ConfigMap/shop/cart-config created\nDeployment/shop/cart configured"
    assert ("Normal", "Progressing", changes) in living.events("cart")


def test_a_chain_waits_for_its_one_root_and_runs_when_that_is_ready(living: Living) -> None:
    described(living, cart=cart(), other=Content(), third=Content())
    living.has("Kustomization", "root", {**SPEC, "path": "./missing"})
    living.has("Kustomization", "middle", {**SPEC, "path": "./other", "dependsOn": [{"name": "root"}]})
    living.has("Kustomization", "leaf", {**SPEC, "path": "./third", "dependsOn": [{"name": "middle"}]})
    living.passes(30)
    blocked = ("False", "DependencyNotReady", "dependency 'shop/root' is not ready")
    assert living.says("Kustomization", "middle") == blocked
    assert living.says("Kustomization", "leaf") == (
        "False",
        "DependencyNotReady",
        "dependency 'shop/middle' is not ready",
    )
    assert living.says("Kustomization", "middle", "Reconciling") is None
    told = "Dependencies do not meet ready condition, retrying in 5s"
    assert living.events("middle") == [("Normal", "DependencyNotReady", told)]
    assert "lastAppliedRevision" not in living.status("Kustomization", "leaf")
    living.patch("Kustomization", "root", {"spec": {"path": "./cart"}})
    living.passes(20)
    for name in ("root", "middle", "leaf"):
        assert living.says("Kustomization", name) == (
            "True",
            "ReconciliationSucceeded",
            f"Applied revision: {REVISION}",
        )


def test_a_dependency_that_is_not_there_is_named(living: Living) -> None:
    described(living, cart=cart())
    living.has("Kustomization", "cart", {**SPEC, "dependsOn": [{"name": "gone", "namespace": "infra"}]})
    living.passes(5)
    missing = "dependency 'infra/gone' not found: kustomizations.kustomize.toolkit.fluxcd.io \"gone\" not found"
    assert living.says("Kustomization", "cart") == ("False", "DependencyNotReady", missing)


def test_a_source_that_is_not_there_or_has_nothing_yet_is_named(living: Living) -> None:
    living.has("Kustomization", "cart", SPEC)
    living.passes(2)
    missing = 'gitrepositories.source.toolkit.fluxcd.io "shop" not found'
    assert living.says("Kustomization", "cart") == ("False", "ArtifactFailed", missing)
    living.outside.has([Repository(URL, {"main": Commit(FIRST)}, {"cart": cart()}, password="secret")])
    living.has("GitRepository", "shop", {"url": URL, "interval": "1m", "ref": {"branch": "main"}})
    living.annotate("Kustomization", "cart", requested_at="again")
    living.passes(3)
    assert living.says("Kustomization", "cart") == (
        "False",
        "ArtifactFailed",
        "Source artifact not found, retrying in 5s",
    )


def test_a_suspended_one_applies_nothing_and_catches_up_when_resumed(living: Living) -> None:
    repository = described(living, cart=cart())
    living.has("Kustomization", "cart", SPEC)
    living.passes(5)
    living.patch("Kustomization", "cart", {"spec": {"suspend": True}})
    repository.paths = {"cart": cart(App(name="cart", settings={"LOG_LEVEL": "info"}, image="ghcr.io/acme/cart:1.1.0"))}
    repository.push("main", "Update the cart")
    living.passes(3600)
    assert living.status("Kustomization", "cart")["lastAppliedRevision"] == REVISION
    assert living.status("Kustomization", "cart")["observedGeneration"] == 1
    living.patch("Kustomization", "cart", {"spec": {"suspend": None}})
    living.annotate("Kustomization", "cart", requested_at="resumed")
    living.passes(5)
    status = living.status("Kustomization", "cart")
    assert status["lastAppliedRevision"] == f"main@sha1:{repository.heads['main'].hash}"
    assert (status["observedGeneration"], status["lastHandledReconcileAt"]) == (3, "resumed")


def test_a_deleted_one_takes_its_objects_along_only_when_it_prunes(living: Living) -> None:
    described(living, cart=cart(), kept=Content(lambda namespace: (config_map("kept", namespace, {}),)))
    living.has("Kustomization", "cart", SPEC)
    living.has("Kustomization", "kept", {**SPEC, "path": "./kept", "prune": False})
    living.passes(5)
    living.delete("Kustomization", "cart")
    living.delete("Kustomization", "kept")
    living.passes(5)
    assert living.names("Kustomization") == []
    assert living.names("Deployment") == []
    assert living.names("Pod") == []
    assert living.names("ConfigMap") == ["kept"]


def test_a_namespace_that_is_not_there_is_named_and_nothing_is_applied(living: Living) -> None:
    described(living, cart=cart())
    living.has("Kustomization", "cart", {**SPEC, "targetNamespace": "nowhere"})
    living.passes(5)
    failed = 'ConfigMap/nowhere/cart-config dry-run failed (NotFound): namespaces "nowhere" not found'
    assert living.says("Kustomization", "cart") == ("False", "ReconciliationFailed", failed)
    assert living.names("Deployment") == []
    living.store.create(living.store.resources.named("Namespace"), "", {"metadata": {"name": "nowhere"}})
    living.passes(70)
    said = living.says("Kustomization", "cart")
    assert said is not None
    assert said[:2] == ("True", "ReconciliationSucceeded")
    assert living.names("Deployment") == ["cart"]

"""How Flux itself, its report, sets of resources and their inputs are kept, as the operator's kinds are."""

from typing import Any

from gyre.demo.outside.git import Commit, Repository
from tests.support.living import Living

INSTANCE = {"distribution": {"registry": "ghcr.io/fluxcd", "version": "2.8.x"}}
TEMPLATE = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "team-<< inputs.team >>", "namespace": "shop"},
    "data": {"tier": "<< inputs.tier >>"},
}


def resource_set(*inputs: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"inputs": list(inputs), "resources": [TEMPLATE], **more}


def test_an_instance_installs_the_newest_version_of_its_range(living: Living) -> None:
    living.has("FluxInstance", "flux", INSTANCE)
    living.passes(5)
    status = living.status("FluxInstance", "flux")
    said = living.says("FluxInstance", "flux")
    assert said is not None
    assert said[:2] == ("True", "ReconciliationSucceeded")
    assert said[2].startswith("Reconciliation finished in ")
    assert status["lastAppliedRevision"].startswith("v2.8.6@sha256:")
    assert "observedGeneration" not in status
    names = ["source-controller", "kustomize-controller", "helm-controller", "notification-controller"]
    assert [each["name"] for each in status["components"]] == names
    assert {"id": "shop_source-controller_apps_Deployment", "v": "v1"} in status["inventory"]["entries"]
    assert living.get("Deployment", "helm-controller")["status"]["readyReplicas"] == 1
    living.patch("FluxInstance", "flux", {"spec": {"distribution": {"version": "9.x"}}})
    living.passes(5)
    failed = ("False", "ArtifactFailed", "no version of Flux matches '9.x'")
    assert living.says("FluxInstance", "flux") == failed
    assert living.events("flux")[-1] == ("Warning", *failed[1:])


def test_force_and_the_switch_annotation_are_answered(living: Living) -> None:
    living.has("FluxInstance", "flux", INSTANCE)
    living.passes(5)
    living.annotate("FluxInstance", "flux", requested_at="t1", force_at="t1")
    living.passes(5)
    status = living.status("FluxInstance", "flux")
    assert (status["lastHandledReconcileAt"], status["lastHandledForceAt"]) == ("t1", "t1")
    living.annotate("FluxInstance", "flux", operator="disabled")
    living.patch("FluxInstance", "flux", {"spec": {"distribution": {"version": "2.9.x"}}})
    living.annotate("FluxInstance", "flux", requested_at="t2")
    living.passes(30)
    assert living.status("FluxInstance", "flux")["lastHandledReconcileAt"] == "t1"
    living.annotate("FluxInstance", "flux", operator="enabled", requested_at="t3")
    living.passes(5)
    status = living.status("FluxInstance", "flux")
    assert status["lastHandledReconcileAt"] == "t3"
    assert status["lastAppliedRevision"].startswith("v2.9.4@")


def test_a_report_counts_what_is_there(living: Living) -> None:
    living.has("FluxReport", "flux", {"distribution": {"entitlement": "acme", "status": "Installed"}})
    git = {"url": "https://git.example/x", "interval": "1m", "ref": {"branch": "main"}}
    living.has("GitRepository", "one", git)
    living.has("GitRepository", "two", {**git, "suspend": True})
    living.has("GitRepository", "three", {**git, "secretRef": {"name": "missing"}})
    living.passes(400)
    reconcilers = living.get("FluxReport", "flux")["spec"]["reconcilers"]
    stats = next(each["stats"] for each in reconcilers if each["kind"] == "GitRepository")
    assert stats == {"running": 2, "failing": 1, "suspended": 1}
    assert living.says("FluxReport", "flux") == ("True", "ReconciliationSucceeded", "Reporting finished in 21ms")


def test_a_set_makes_its_resources_for_each_input(living: Living) -> None:
    living.has("ResourceSet", "teams", resource_set({"team": "a", "tier": "gold"}, {"team": "b", "tier": "silver"}))
    living.passes(3)
    assert living.names("ConfigMap") == ["team-a", "team-b"]
    made = living.get("ConfigMap", "team-a")
    assert made["data"] == {"tier": "gold"}
    assert made["metadata"]["labels"]["resourceset.fluxcd.controlplane.io/name"] == "teams"
    status = living.status("ResourceSet", "teams")
    ids = [each["id"] for each in status["inventory"]["entries"]]
    assert ids == ["shop_team-a__ConfigMap", "shop_team-b__ConfigMap"]
    assert status["lastAppliedRevision"].startswith("sha256:")
    assert status["history"][0]["lastReconciledStatus"] == "ReconciliationSucceeded"
    living.patch("ResourceSet", "teams", {"spec": {"inputs": [{"team": "b", "tier": "silver"}]}})
    living.passes(3)
    assert living.names("ConfigMap") == ["team-b"]
    living.delete("ResourceSet", "teams")
    living.passes(3)
    assert living.names("ConfigMap") == []
    assert living.names("ResourceSet") == []


def test_a_set_that_asks_for_an_input_that_is_not_given_fails_until_it_is(living: Living) -> None:
    living.has("ResourceSet", "teams", resource_set({"team": "a"}))
    living.passes(3)
    missing = "build failed: template: resources: map has no entry for key 'tier'"
    assert living.says("ResourceSet", "teams") == ("False", "BuildFailed", missing)
    living.patch("ResourceSet", "teams", {"spec": {"inputs": [{"team": "a", "tier": "gold"}]}})
    living.passes(3)
    assert living.names("ConfigMap") == ["team-a"]


def test_a_set_follows_its_input_provider(living: Living) -> None:
    url = "https://git.example/pulls"
    repository = Repository(url, {"pr-1": Commit("a" * 40, "Try it", "Ines")})
    living.outside.has([repository])
    provider = {"type": "GitHubPullRequest", "url": url, "defaultValues": {"tier": "preview"}}
    living.has("ResourceSetInputProvider", "pulls", provider)
    template = {**TEMPLATE, "metadata": {"name": "<< inputs.branch >>", "namespace": "shop"}}
    living.has("ResourceSet", "previews", {"inputsFrom": [{"name": "pulls"}], "resources": [template]})
    living.passes(5)
    (exported,) = living.status("ResourceSetInputProvider", "pulls")["exportedInputs"]
    assert (exported["branch"], exported["author"], exported["tier"]) == ("pr-1", "Ines", "preview")
    assert living.names("ConfigMap") == ["pr-1"]
    repository.push("pr-2", "Try another")
    living.annotate("ResourceSetInputProvider", "pulls", requested_at="t1", force_at="t1")
    living.passes(5)
    assert living.names("ConfigMap") == ["pr-1", "pr-2"]
    assert living.status("ResourceSetInputProvider", "pulls")["lastHandledForceAt"] == "t1"


def test_a_set_waits_for_what_it_depends_on(living: Living) -> None:
    depends_on = [
        {"apiVersion": "v1", "kind": "ConfigMap", "name": "first"},
    ]
    living.has("ResourceSet", "teams", resource_set({"team": "a", "tier": "gold"}, dependsOn=depends_on))
    living.passes(3)
    waits = "dependency v1/ConfigMap/shop/first not found"
    assert living.says("ResourceSet", "teams") == ("False", "DependencyNotReady", waits)
    first = {"metadata": {"name": "first"}, "data": {}}
    living.store.create(living.store.resources.named("ConfigMap"), "shop", first)
    living.passes(8)
    assert living.names("ConfigMap") == ["first", "team-a"]


def test_a_template_may_be_text_or_steps(living: Living) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: from-text\n---\n"
    living.has("ResourceSet", "text", {"resourcesTemplate": text})
    step = {"name": "one", "resources": [{**TEMPLATE, "metadata": {"name": "from-step"}, "data": {}}]}
    living.has("ResourceSet", "steps", {"steps": [step]})
    living.passes(3)
    assert living.names("ConfigMap") == ["from-step", "from-text"]


def test_a_template_that_is_no_object_or_no_yaml_is_said_to_be_so(living: Living) -> None:
    living.has("ResourceSet", "nameless", {"resources": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": "x"}]})
    living.has("ResourceSet", "garbled", {"resourcesTemplate": "a: [1"})
    living.passes(3)
    nameless = "build failed: a resource has no apiVersion, kind or name"
    assert living.says("ResourceSet", "nameless") == ("False", "BuildFailed", nameless)
    said = living.says("ResourceSet", "garbled")
    assert said is not None
    assert said[1] == "BuildFailed"
    assert said[2].startswith("build failed: yaml: ")

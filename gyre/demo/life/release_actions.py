"""What helm-controller does to a release: install, upgrade, test, roll back, uninstall; and what it says of each."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from gyre.demo.life import health, inventory
from gyre.demo.life.conditions import READY, RECONCILING, STALLED, find
from gyre.demo.life.durations import go, seconds
from gyre.demo.life.steps import Step, Target, Work
from gyre.demo.outside.git import digest_of
from gyre.demo.outside.registries import Chart
from gyre.demo.resources import Manifest

RELEASED = "Released"
REMEDIATED = "Remediated"
TESTED = "TestSuccess"
KEPT_SNAPSHOTS = 5
RETRY_SECONDS = 10.0
SUCCEEDED = {"install": "InstallSucceeded", "upgrade": "UpgradeSucceeded"}
FAILED = {"install": "InstallFailed", "upgrade": "UpgradeFailed"}


@dataclass(slots=True)
class Release:
    """One release that shall be made: a chart in a version, with values."""

    work: Work
    chart: Chart
    version: str
    values: Manifest
    config_digest: str

    @property
    def namespace(self) -> str:
        """Where its objects are."""
        return str(self.work.spec.get("targetNamespace") or self.work.namespace)

    @property
    def name(self) -> str:
        """What Helm calls it."""
        prefix = f"{self.work.spec['targetNamespace']}-" if "targetNamespace" in self.work.spec else ""
        return str(self.work.spec.get("releaseName") or f"{prefix}{self.work.name}")

    @property
    def known(self) -> set[str]:
        """The ids in the inventory now."""
        return {each["id"] for each in (self.work.status.get("inventory") or {}).get("entries", ())}

    def objects(self) -> list[Manifest]:
        """Its objects, with the labels that name their owner."""
        labels = {
            "app.kubernetes.io/managed-by": "Helm",
            "helm.toolkit.fluxcd.io/name": self.work.name,
            "helm.toolkit.fluxcd.io/namespace": self.work.namespace,
        }
        made = []
        for each in self.chart.objects(self.name, self.values, self.namespace, self.version):
            meta = {**each["metadata"], "labels": {**(each["metadata"].get("labels") or {}), **labels}}
            made.append({**each, "metadata": meta})
        return made


def install_or_upgrade(release: Release) -> Iterator[Step]:
    """One release action, and what follows when it fails."""
    work = release.work
    history: list[Manifest] = work.status.setdefault("history", [])
    action = "install" if not history or history[0]["status"] == "uninstalled" else "upgrade"
    message = f"Running '{action}' action with timeout of {_timeout(work, action)}"
    work.reconciling(message)
    work.mark(READY, "Unknown", "Progressing", message)
    yield work.step(1.2)
    work.status["lastAttemptedReleaseAction"] = action
    problem = release.chart.objection(release.version, release.values)
    if not problem:
        problem = yield from _apply(release, action)
    if problem:
        yield from _failed(release, action, problem)
    else:
        yield from _succeeded(release, action)


def _apply(release: Release, action: str) -> Generator[Step, None, str]:
    """Write the release's objects and wait for them; what went wrong is returned."""
    work, objects = release.work, release.objects()
    if inventory.homeless(work.world, objects):
        if not (work.spec.get("install") or {}).get("createNamespace"):
            return f'failed to create resource: namespaces "{release.namespace}" not found'
        work.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": release.namespace}})
    changes = inventory.difference(work.world, objects, release.known)
    entries = [inventory.entry(each) for each in objects]
    gone = release.known - {each["id"] for each in entries}
    work.apply(*(each for each, _ in changes))
    work.delete(*map(inventory.target, sorted(gone)))
    work.status["inventory"] = {"entries": entries}
    yield work.step(0.5)
    if (work.spec.get(action) or {}).get("disableWait"):
        return ""
    targets = [Target(m["kind"], m["metadata"]["namespace"], m["metadata"]["name"]) for m in objects]
    yield from health.wait(work, targets)
    sick = health.sick(work.world, targets)
    return f"resource {sick[0].replace(' status:', ' not ready. status:')}, context deadline exceeded" if sick else ""


def _snapshot(release: Release, status: str, action: str) -> None:
    work, history = release.work, release.work.status["history"]
    version = 1 + max((each["version"] for each in history), default=0)
    if status == "deployed":
        for each in history:
            each["status"] = "superseded" if each["status"] == "deployed" else each["status"]
    newest: Manifest = {
        "name": release.name,
        "namespace": release.namespace,
        "version": version,
        "chartName": release.chart.name,
        "chartVersion": release.version,
        "appVersion": release.chart.versions.get(release.version, release.version),
        "configDigest": release.config_digest,
        "digest": digest_of(f"{release.name} {version} {release.config_digest}"),
        "status": status,
        "action": action,
        "firstDeployed": history[-1]["firstDeployed"] if history else work.now,
        "lastDeployed": work.now,
    }
    work.status["history"] = [newest, *history][:KEPT_SNAPSHOTS]


def _titles(snapshot: Manifest) -> tuple[str, str]:
    """`ns/name.v3` and `chart@1.2.3`."""
    return (
        f"{snapshot['namespace']}/{snapshot['name']}.v{snapshot['version']}",
        f"{snapshot['chartName']}@{snapshot['chartVersion']}",
    )


def _succeeded(release: Release, action: str) -> Iterator[Step]:
    work = release.work
    _snapshot(release, "deployed", action)
    full, chart = _titles(work.status["history"][0])
    message = f"Helm {action} succeeded for release {full} with chart {chart}"
    work.mark(RELEASED, "True", SUCCEEDED[action], message)
    work.tell(SUCCEEDED[action], message)
    work.drop(REMEDIATED)
    if (work.spec.get("test") or {}).get("enable"):
        work.mark(TESTED, "Unknown", "AwaitingTests", f"Helm release {full} with chart {chart} is awaiting tests")
        work.reconciling(f"Running 'test' action with timeout of {_timeout(work, 'test')}")
        yield work.step(0.8)
        passed = f"Helm test succeeded for release {full} with chart {chart}: 1 test hook completed successfully"
        work.mark(TESTED, "True", "TestSucceeded", passed)
        work.tell("TestSucceeded", passed)
    for counter in ("failures", "installFailures", "upgradeFailures"):
        work.status.pop(counter, None)
    settle(work)
    work.answer_request()
    yield work.step(again_in=seconds(work.spec["interval"], 600))


def _failed(release: Release, action: str, problem: str) -> Iterator[Step]:
    work = release.work
    status = work.status
    where = f"release {release.namespace}/{release.name} with chart {release.chart.name}@{release.version}"
    message = f"Helm {action} failed for {where}: {problem}"
    previous = next((each for each in status["history"] if each["status"] == "deployed"), None)
    _snapshot(release, "failed", action)
    for counter in ("failures", f"{action}Failures"):
        status[counter] = status.get(counter, 0) + 1
    work.mark(RELEASED, "False", FAILED[action], message)
    work.drop(REMEDIATED)
    summarize(work)
    work.tell(FAILED[action], message, warning=True)
    yield work.step(0.4)
    retries = int(((work.spec.get(action) or {}).get("remediation") or {}).get("retries", 0))
    exhausted = 0 <= retries < status[f"{action}Failures"]
    if retries and previous is not None:
        yield from _roll_back(release, previous)
    elif retries and action == "install":
        yield from _take_back(release)
    work.answer_request()
    if exhausted:
        work.mark(
            STALLED, "True", "RetriesExceeded", f"Failed to {action} after {status[f'{action}Failures']} attempt(s)"
        )
        work.drop(RECONCILING)
        work.observe()
        yield work.step()
        return
    ready = find(status, READY)
    work.reconciling(ready["message"] if ready else message, "ProgressingWithRetry")
    yield work.step(again_in=RETRY_SECONDS)


def _roll_back(release: Release, previous: Manifest) -> Iterator[Step]:
    work, history = release.work, release.work.status["history"]
    work.reconciling(f"Running 'rollback' action with timeout of {_timeout(work, 'rollback')}")
    yield work.step(0.8)
    full, chart = _titles(previous)
    message = f"Helm rollback to previous release {full} with chart {chart} succeeded"
    restored = previous | {
        "version": 1 + max(each["version"] for each in history),
        "status": "deployed",
        "action": "rollback",
        "lastDeployed": work.now,
    }
    previous["status"] = "superseded"
    work.status["history"] = [restored, *history][:KEPT_SNAPSHOTS]
    work.mark(REMEDIATED, "True", "RollbackSucceeded", message)
    work.tell("RollbackSucceeded", message)
    summarize(work)


def _take_back(release: Release) -> Iterator[Step]:
    """After an installation that failed: uninstall what there is of it."""
    work = release.work
    work.reconciling(f"Running 'uninstall' action with timeout of {_timeout(work, 'uninstall')}")
    yield work.step(0.8)
    work.delete(*map(inventory.target, sorted(release.known)))
    work.status.pop("inventory", None)
    failed = work.status["history"][0]
    failed["status"] = "uninstalled"
    full, chart = _titles(failed)
    message = f"Helm uninstall remediation for release {full} with chart {chart} succeeded"
    work.mark(REMEDIATED, "True", "UninstallSucceeded", message)
    work.tell("UninstallSucceeded", message)
    summarize(work)


def settle(work: Work) -> None:
    """The release is as it should be: what was remediated or failed before is over, and so is its history.

    After a rollback this is so when the spec asks again for what was rolled back to.
    """
    released = find(work.status, RELEASED)
    if work.has(REMEDIATED) or (released is not None and released["status"] != "True"):
        full, chart = _titles(work.status["history"][0])
        action = "install" if released is not None and released["reason"] == "InstallFailed" else "upgrade"
        message = f"Helm {action} succeeded for release {full} with chart {chart}"
        work.mark(RELEASED, "True", SUCCEEDED[action], message)
    work.drop(REMEDIATED, STALLED, RECONCILING)
    history: list[Manifest] = work.status["history"]
    previous = next((number for number, each in enumerate(history) if number and each["status"] == "superseded"), None)
    if previous is not None:
        work.status["history"] = history[: previous + 1]
    summarize(work)
    work.observe()


def summarize(work: Work) -> None:
    """Ready as the newest of what was done says it; whatever was remediated is a failure."""
    for type_ in (REMEDIATED, TESTED, RELEASED):
        found = find(work.status, type_)
        if found is not None:
            status = "False" if type_ == REMEDIATED else found["status"]
            work.mark(READY, status, found["reason"], found["message"])
            return


def uninstall(work: Work) -> Iterator[Step]:
    """Take a release away with all its objects."""
    work.reconciling(f"Running 'uninstall' action with timeout of {_timeout(work, 'uninstall')}")
    yield work.step(0.6)
    entries = (work.status.get("inventory") or {}).get("entries", ())
    work.delete(*(inventory.target(each["id"]) for each in entries))
    full, chart = _titles(work.status["history"][0])
    message = f"Helm uninstall succeeded for release {full} with chart {chart}"
    work.mark(RELEASED, "False", "UninstallSucceeded", message)
    work.tell("UninstallSucceeded", message)
    work.status.pop("history", None)
    work.status.pop("inventory", None)
    yield work.step()


def _timeout(work: Work, action: str) -> str:
    named = (work.spec.get(action) or {}).get("timeout") or work.spec.get("timeout")
    return go(seconds(named, 300))

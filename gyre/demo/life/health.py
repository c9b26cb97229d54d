"""Whether applied objects are as they should be, as far as kstatus tells, and waiting for them."""

from collections.abc import Generator, Iterable

from gyre.demo.life.conditions import READY, is_true
from gyre.demo.life.steps import Step, Target, Work, World
from gyre.demo.resources import Manifest

PATIENCE_SECONDS = 10.0  # what a timeout of minutes comes to here: long enough to be seen
LOOK_SECONDS = 0.5


def sick(world: World, targets: Iterable[Target]) -> list[str]:
    """What is not there or not ready, as `Deployment/shop/cart status: 'InProgress'`."""
    found = []
    for each in targets:
        manifest = world.get(each.kind, each.namespace, each.name)
        if not world.serves(each.kind):
            continue
        if manifest is None:
            found.append(f"{each.kind}/{each.namespace}/{each.name} status: 'NotFound'")
        elif not ready(manifest):
            found.append(f"{each.kind}/{each.namespace}/{each.name} status: 'InProgress'")
    return found


def ready(manifest: Manifest) -> bool:
    """Whether one object is as it should be."""
    status, generation = manifest.get("status") or {}, manifest["metadata"].get("generation", 1)
    if manifest["kind"] == "Deployment":
        wanted = manifest["spec"].get("replicas", 1)
        counts = (status.get("updatedReplicas", 0), status.get("readyReplicas", 0), status.get("replicas", 0))
        return status.get("observedGeneration", 0) >= generation and counts == (wanted, wanted, wanted)
    if ".fluxcd." in manifest["apiVersion"] and status:
        return is_true(status, READY)
    return True


def wait(work: Work, targets: list[Target]) -> Generator[Step, None, float]:
    """Look again and again until all are ready or the time is up; how long it took is returned."""
    waited = 0.0
    while waited < PATIENCE_SECONDS and sick(work.world, targets):
        yield work.step(LOOK_SECONDS)
        waited += LOOK_SECONDS
    return waited

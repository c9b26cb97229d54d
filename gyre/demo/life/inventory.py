"""What an applier made: inventory entries, and what applying, comparing and deleting comes to."""

from collections.abc import Iterable

from gyre.demo.life.steps import Target, World
from gyre.demo.resources import Manifest


def identity(manifest: Manifest) -> str:
    """`<namespace>_<name>_<group>_<kind>`."""
    meta = manifest["metadata"]
    group = manifest["apiVersion"].rpartition("/")[0]
    name = meta["name"].replace(":", "__")
    return f"{meta.get('namespace', '')}_{name}_{group}_{manifest['kind']}"


def entry(manifest: Manifest) -> Manifest:
    """One entry of `status.inventory`."""
    return {"id": identity(manifest), "v": manifest["apiVersion"].rpartition("/")[2]}


def parts(id_: str) -> tuple[str, str, str, str]:
    """Namespace, name, group and kind of an entry."""
    namespace, _, rest = id_.partition("_")
    rest, _, kind = rest.rpartition("_")
    name, _, group = rest.rpartition("_")
    return namespace, name.replace("__", ":"), group, kind


def target(id_: str) -> Target:
    """The object an entry speaks of."""
    namespace, name, _, kind = parts(id_)
    return Target(kind, namespace, name)


def subject(id_: str) -> str:
    """`Deployment/shop/cart`, as change logs have it."""
    namespace, name, _, kind = parts(id_)
    return f"{kind}/{namespace}/{name}" if namespace else f"{kind}/{name}"


def covers(live: object, wanted: object) -> bool:
    """Whether what is there has everything that is wanted, whatever else it has."""
    if isinstance(wanted, dict):
        return isinstance(live, dict) and all(key in live and covers(live[key], value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(live, list)
            and len(live) == len(wanted)
            and all(covers(one, other) for one, other in zip(live, wanted, strict=True))
        )
    return live == wanted


def overlaid(live: object, wanted: object) -> object:
    """What is there, with what is wanted laid over it."""
    if isinstance(wanted, dict) and isinstance(live, dict):
        return live | {key: overlaid(live.get(key), value) for key, value in wanted.items()}
    if isinstance(wanted, list) and isinstance(live, list) and len(live) == len(wanted):
        return [overlaid(one, other) for one, other in zip(live, wanted, strict=True)]
    return wanted


def difference(world: World, wanted: Iterable[Manifest], known: set[str]) -> list[tuple[Manifest, str]]:
    """What must be written, and whether it is `created` or `configured`. `known` was applied before."""
    changes = []
    for manifest in wanted:
        meta = manifest["metadata"]
        if not world.serves(manifest["kind"]):
            if identity(manifest) not in known:
                changes.append((manifest, "created"))
            continue
        live = world.get(manifest["kind"], meta.get("namespace", ""), meta["name"])
        if live is None:
            changes.append((manifest, "created"))
        elif not covers(live, manifest):
            changes.append((manifest, "configured"))
    return changes


def homeless(world: World, wanted: Iterable[Manifest]) -> str:
    """Why something cannot be applied because its namespace is not there; empty when all can."""
    wanted = list(wanted)
    made = {each["metadata"]["name"] for each in wanted if each["kind"] == "Namespace"}
    for each in wanted:
        namespace = each["metadata"].get("namespace", "")
        if namespace and namespace not in made and world.get("Namespace", "", namespace) is None:
            return f'{subject(identity(each))} dry-run failed (NotFound): namespaces "{namespace}" not found'
    return ""


def upsert_history(
    history: list[Manifest], digest: str, status: str, now: str, duration: str, meta: Manifest
) -> list[Manifest]:
    """`status.history` after one more reconciliation: the same digest and outcome count up, five are kept."""
    same = next((each for each in history if each["digest"] == digest and each["lastReconciledStatus"] == status), None)
    newest: Manifest = {
        "digest": digest,
        "firstReconciled": same["firstReconciled"] if same else now,
        "lastReconciled": now,
        "lastReconciledDuration": duration,
        "lastReconciledStatus": status,
        "totalReconciliations": (same["totalReconciliations"] if same else 0) + 1,
    }
    if meta:
        newest["metadata"] = meta
    return [newest, *(each for each in history if each is not same)][:5]

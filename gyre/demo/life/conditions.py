"""Conditions as fluxcd's runtime keeps them: one a type, a transition time that only moves when something changed.

Which condition is set when: see the controllers beside this module.
"""

from gyre.demo.resources import Manifest

READY = "Ready"
RECONCILING = "Reconciling"
STALLED = "Stalled"
_WEIGHTS = {STALLED: 0, RECONCILING: 1, READY: 2}


def find(status: Manifest, type_: str) -> Manifest | None:
    """The condition of this type."""
    return next((each for each in status.get("conditions", ()) if each["type"] == type_), None)


def is_true(status: Manifest, type_: str) -> bool:
    """Whether the condition is there and True."""
    found = find(status, type_)
    return found is not None and found["status"] == "True"


def put(status: Manifest, condition: Manifest, *, at: str) -> None:
    """Set a condition (type, status, reason, message, observedGeneration), keeping its time when it says the same."""
    before = find(status, condition["type"])
    same = before is not None and all(before[key] == condition[key] for key in ("status", "reason", "message"))
    moment = before["lastTransitionTime"] if before is not None and same else at
    others = [each for each in status.get("conditions", ()) if each["type"] != condition["type"]]
    status["conditions"] = sorted(
        [*others, {"lastTransitionTime": moment, **condition}],
        key=lambda each: (_WEIGHTS.get(each["type"], len(_WEIGHTS)), each["type"]),
    )


def drop(status: Manifest, *types: str) -> None:
    """Remove conditions."""
    if "conditions" in status:
        status["conditions"] = [each for each in status["conditions"] if each["type"] not in types]

"""Events in their two forms: of the core group, as they are kept, and of events.k8s.io.

Who writes Events is the simulated controllers' matter.
"""

from gyre.demo.resources import Manifest

NEWER_NAMES = {
    "involvedObject": "regarding",
    "message": "note",
    "source": "deprecatedSource",
    "firstTimestamp": "deprecatedFirstTimestamp",
    "lastTimestamp": "deprecatedLastTimestamp",
    "count": "deprecatedCount",
    "reportingComponent": "reportingController",
}
CORE_NAMES = {newer: core for core, newer in NEWER_NAMES.items()}


def from_core(event: Manifest) -> Manifest:
    """The event as events.k8s.io names its fields."""
    return {NEWER_NAMES.get(key, key): value for key, value in event.items()}


def to_core(event: Manifest) -> Manifest:
    """The event as the core group names its fields."""
    return {CORE_NAMES.get(key, key): value for key, value in event.items()}

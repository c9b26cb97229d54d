"""How objects go: finalizers, what owners take with them, and namespaces with all they hold.

Everything happens at once, in the call that deletes, as the fastest garbage collector would have it.
"""

from dataclasses import dataclass

from gyre.clock import Clock, rfc3339
from gyre.demo import refusals
from gyre.demo.journal import Held
from gyre.demo.resources import Manifest
from gyre.demo.shelves import Collection, Shelves

FOREGROUND = "foregroundDeletion"
ORPHAN = "orphan"
NAMESPACES = "namespaces"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """What a DELETE may ask besides the name."""

    policy: str = "Background"
    uid: str = ""
    version: str = ""
    dry_run: bool = False


class Undertaker:
    """Deletes objects, and with them what must not outlive them."""

    def __init__(self, shelves: Shelves, clock: Clock) -> None:
        self._shelves = shelves
        self._clock = clock

    def delete(self, collection: Collection, held: Held, deletion: Deletion) -> Held:
        """Delete an object, or mark it when finalizers hold it. What it is now, or was last, is returned."""
        _check_preconditions(collection, held, deletion)
        if deletion.dry_run:
            return held
        if collection.resource.home == NAMESPACES:
            return self._delete_namespace(collection, held)
        if deletion.policy == "Orphan":
            self._orphan(held)
            held = collection.get(held.key) or held
        waits_for = [FOREGROUND] if deletion.policy == "Foreground" and self._shelves.owned_by(held.uid) else []
        if not held.finalizers and not waits_for:
            return self._bury(collection, held)
        marked = self._mark(collection, held, waits_for)
        if waits_for:
            self._delete_dependents(held.uid)
            self._finish_foreground(collection, held.key)
        return marked

    def settle(self, collection: Collection, held: Held, last: Manifest) -> Held | None:
        """After a write: bury an object that is being deleted and that nothing holds any more.

        As on a real API server it goes as it was stored: the write that took the last finalizer away is not seen.
        """
        if collection.resource.home == NAMESPACES or not held.deleting or last["metadata"].get("finalizers"):
            return None
        return self._bury(collection, held)

    def collect(self, collection: Collection, held: Held) -> None:
        """After a creation: an object whose owners are all gone does not stay."""
        if held.owners and not any(self._shelves.has(uid) for uid in held.owners):
            self.delete(collection, held, Deletion())

    def _mark(self, collection: Collection, held: Held, finalizers: list[str]) -> Held:
        manifest = held.read()
        metadata = manifest["metadata"]
        added = [name for name in finalizers if name not in held.finalizers]
        if held.deleting and not added:
            return held
        if not held.deleting:
            metadata["deletionTimestamp"] = rfc3339(self._clock.now())
            metadata["deletionGracePeriodSeconds"] = 0
            if "generation" in metadata:
                metadata["generation"] += 1
        if added:
            metadata["finalizers"] = [*held.finalizers, *added]
        return self._shelves.put(collection.resource, manifest)

    def _bury(self, collection: Collection, held: Held) -> Held:
        gone = self._shelves.remove(collection, held)
        self._delete_dependents(held.uid)
        for owner in held.owners:
            self._release_owner(owner)
        if held.namespace:
            self._finish_namespace(held.namespace)
        return gone

    def _delete_dependents(self, uid: str) -> None:
        for collection, dependent in self._shelves.owned_by(uid):
            others = [owner for owner in dependent.owners if owner != uid and self._shelves.has(owner)]
            if others:
                self._disown(collection, dependent, uid)
            elif not dependent.deleting:
                self.delete(collection, dependent, Deletion())

    def _orphan(self, held: Held) -> None:
        for collection, dependent in self._shelves.owned_by(held.uid):
            self._disown(collection, dependent, held.uid)

    def _disown(self, collection: Collection, dependent: Held, uid: str) -> None:
        manifest = dependent.read()
        kept = [owner for owner in manifest["metadata"]["ownerReferences"] if owner.get("uid") != uid]
        if kept:
            manifest["metadata"]["ownerReferences"] = kept
        else:
            del manifest["metadata"]["ownerReferences"]
        self._shelves.put(collection.resource, manifest)

    def _release_owner(self, uid: str) -> None:
        for collection in self._shelves:
            for held in collection.deleting():
                if held.uid == uid:
                    self._finish_foreground(collection, held.key)

    def _finish_foreground(self, collection: Collection, key: str) -> None:
        held = collection.get(key)
        if held is None or FOREGROUND not in held.finalizers or self._blocked(held.uid):
            return
        left = [name for name in held.finalizers if name != FOREGROUND]
        if left:
            manifest = held.read()
            manifest["metadata"]["finalizers"] = left
            self._shelves.put(collection.resource, manifest)
        else:
            self._bury(collection, held)

    def _blocked(self, uid: str) -> bool:
        owners = [
            owner
            for _, dependent in self._shelves.owned_by(uid)
            for owner in dependent.read()["metadata"]["ownerReferences"]
        ]
        return any(owner.get("uid") == uid and owner.get("blockOwnerDeletion") for owner in owners)

    def _delete_namespace(self, collection: Collection, held: Held) -> Held:
        manifest = held.read()
        if not held.deleting:
            manifest["metadata"]["deletionTimestamp"] = rfc3339(self._clock.now())
            manifest.setdefault("status", {})["phase"] = "Terminating"
            held = self._shelves.put(collection.resource, manifest)
        for each in self._shelves:
            for content in each.held(held.name) if each.resource.namespaced else ():
                if each.get(content.key) is not None and not content.deleting:
                    self.delete(each, content, Deletion())
        self._finish_namespace(held.name)
        return held

    def _finish_namespace(self, name: str) -> None:
        collection = self._shelves.at(NAMESPACES)
        held = collection.get(name) if collection else None
        if collection is None or held is None or not held.deleting or held.finalizers:
            return
        if any(True for each in self._shelves if each.resource.namespaced for _ in each.keys(name)):
            return
        self._shelves.remove(collection, held)


def _check_preconditions(collection: Collection, held: Held, deletion: Deletion) -> None:
    resource = collection.resource
    for what, wanted, there, happened in (
        ("UID", deletion.uid, held.uid, "deleted and then recreated"),
        ("ResourceVersion", deletion.version, str(held.version), "modified"),
    ):
        if wanted and wanted != there:
            why = (
                f"the {what} in the precondition ({wanted}) does not match the {what} in record ({there}). "
                f"The object might have been {happened}"
            )
            raise refusals.conflict(resource, held.name, why, kind=resource.kind)

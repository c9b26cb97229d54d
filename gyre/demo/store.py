"""All objects of the embedded cluster, and the rules by which Kubernetes lets them change.

The HTTP API is one face of it, the simulated controllers are its other clients. Everything but waiting is
synchronous: on the one event loop each call is a transaction. What goes in may be kept by the caller, what
comes out (`Held.read()`) is the caller's own copy.
"""

from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import orjson

from gyre.clock import Clock, rfc3339
from gyre.demo import metadata, patching, refusals, structural
from gyre.demo.causes import Cause
from gyre.demo.deletion import NAMESPACES, Deletion, Undertaker
from gyre.demo.journal import RING, Change, Held
from gyre.demo.resources import Manifest, Registry, ResourceType
from gyre.demo.shelves import Collection, Follower, Shelves, key_of

FIRST_VERSION = 100  # so that version 1 is older than anything remembered, as on a real cluster
NAMESPACE_MISMATCH = "the namespace of the provided object does not match the namespace sent on the request"
KEPT_BY_THE_SERVER = ("uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds")
STATUS = "status"


class Store:
    """The objects. `resources` says which kinds there are; one `version` counts all changes."""

    def __init__(self, clock: Clock, *, first_version: int = FIRST_VERSION, ring: int = RING) -> None:
        self.clock = clock
        self.resources = Registry()
        self._shelves = Shelves(first_version=first_version, ring=ring)
        self._undertaker = Undertaker(self._shelves, clock)

    @property
    def version(self) -> int:
        """The newest resourceVersion given out."""
        return self._shelves.version

    def serve(self, resource: ResourceType) -> None:
        """Begin to serve a kind; a version of a kind that is served already shares its objects."""
        self.resources.add(resource)
        self._shelves.open(resource)

    def withdraw(self, resource: ResourceType) -> None:
        """Serve a kind no more; with its last version its objects go."""
        self.resources.remove(resource)
        if any(each.home == resource.home for each in self.resources):
            return
        collection = self._shelves.open(resource)
        for held in collection.held():
            self._shelves.remove(collection, held)
        self._shelves.close(resource.home)

    def collection(self, resource: ResourceType) -> Collection:
        """The objects of a kind in order, with their journal; for reading."""
        return self._shelves.open(resource)

    def follow(self, resource: ResourceType, follower: Follower) -> None:
        """Call this with each change of a kind, within the call that makes it."""
        self._shelves.follow(resource.home, follower)

    def find(self, resource: ResourceType, namespace: str, name: str) -> Held | None:
        """The object, or None."""
        return self._shelves.open(resource).get(key_of(namespace, name))

    def get(self, resource: ResourceType, namespace: str, name: str) -> Held:
        """The object; refused with 404 when there is none."""
        held = self.find(resource, namespace, name)
        if held is None:
            raise refusals.not_found(resource, name)
        return held

    def raw(self, resource: ResourceType, held: Held) -> bytes:
        """The encoded object as this version of its kind shows it."""
        if resource.from_home is None and self._shelves.open(resource).resource.api_version == resource.api_version:
            return held.raw
        return orjson.dumps(self._served_form(resource, held.read()))

    def list(self, resource: ResourceType, namespace: str | None = None) -> list[Held]:
        """All objects of a kind (in one namespace). Pages and selectors: gyre.demo.listing."""
        return self._shelves.open(resource).held(namespace)

    async def watch(self, resource: ResourceType, *, after: int | None = None) -> AsyncIterator[Change]:
        """The changes after a version (default: from now on), without end; refused with 410 behind the ring."""
        journal = self._shelves.open(resource).journal
        seen = self.version if after is None else after
        while True:
            for change in journal.after(seen):
                seen = change.version
                yield change
            await journal.wait(60)

    def create(self, resource: ResourceType, namespace: str, wanted: Manifest, *, dry_run: bool = False) -> Held:
        """Make a new object; name (or generateName) and namespace as in its metadata.

        A status comes along: over HTTP it would be dropped, but a simulated controller may be done already.
        """
        manifest = self._home_form(resource, wanted)
        meta = manifest["metadata"]
        self._place(resource, namespace, meta)
        if meta.get("resourceVersion"):
            raise refusals.Refusal(500, "", "resourceVersion should not be set on objects to be created")
        for key in (*KEPT_BY_THE_SERVER, "selfLink"):
            meta.pop(key, None)
        meta["uid"] = str(uuid4())
        meta["creationTimestamp"] = rfc3339(self.clock.now())
        if resource.counts_generations:
            meta["generation"] = 1
        causes = _shape(resource, manifest, None)
        _check(resource, manifest, None, causes)
        if self.find(resource, namespace, meta["name"]) is not None:
            raise refusals.already_exists(resource, meta["name"])
        if dry_run:
            return self._shelves.preview(resource, manifest)
        held = self._shelves.put(resource, manifest)
        self._undertaker.collect(self._shelves.open(resource), held)
        return held

    def update(
        self,
        resource: ResourceType,
        namespace: str,
        name: str,
        wanted: Manifest,
        *,
        subresource: str = "",
        dry_run: bool = False,
    ) -> Held:
        """Put the object in place of what is there, or (subresource "status") its status alone.

        Refused with 409 when it carries another resourceVersion than what is there.
        """
        old = self.get(resource, namespace, name)
        was = old.read()
        manifest = self._home_form(resource, wanted)
        meta = manifest["metadata"]
        self._check_identity(resource, old, meta)
        manifest = _only_status(was, manifest) if subresource == STATUS else _without_status(resource, was, manifest)
        _keep_server_fields(was, manifest)
        causes = _shape(resource, manifest, was)
        if subresource != STATUS and resource.counts_generations and _differs(resource, was, manifest):
            manifest["metadata"]["generation"] = was["metadata"].get("generation", 0) + 1
        _check(resource, manifest, was, causes)
        manifest["metadata"]["resourceVersion"] = str(old.version)
        if manifest == was:
            return old
        if dry_run:
            return self._shelves.preview(resource, manifest, version=old.version)
        collection = self._shelves.open(resource)
        return self._undertaker.settle(collection, old, manifest) or self._shelves.put(resource, manifest)

    def edit(
        self,
        resource: ResourceType,
        namespace: str,
        name: str,
        change: Callable[[Manifest], Manifest],
        *,
        subresource: str = "",
        dry_run: bool = False,
    ) -> Held:
        """Update an object to what `change` makes of its present state."""
        now = self._served_form(resource, self.get(resource, namespace, name).read())
        return self.update(resource, namespace, name, change(now), subresource=subresource, dry_run=dry_run)

    def patch(
        self, resource: ResourceType, namespace: str, name: str, patch: Manifest, *, subresource: str = ""
    ) -> Held:
        """Apply a merge patch."""
        return self.edit(resource, namespace, name, lambda now: patching.merge(now, patch), subresource=subresource)

    def update_status(self, resource: ResourceType, namespace: str, name: str, status: Manifest) -> Held:
        """Replace the status of an object (for a kind without the subresource: as an ordinary write)."""
        subresource = STATUS if resource.has_status else ""
        return self.edit(resource, namespace, name, lambda now: {**now, STATUS: status}, subresource=subresource)

    def write_status(self, resource: ResourceType, namespace: str, name: str, status: Manifest) -> Held:
        """Replace the status with one of our own making: it is not checked here, tests hold that all such fit."""
        old = self.get(resource, namespace, name)
        manifest = old.read()
        if manifest.get(STATUS, {}) == status:
            return old
        manifest[STATUS] = status
        return self._shelves.put(resource, manifest)

    def restore(self, resource: ResourceType, held: Held) -> None:
        """Keep an object whole as it is, under the next version, as from a backup: nothing is checked, nobody told."""
        self._shelves.restore(resource, held)

    def delete(self, resource: ResourceType, namespace: str, name: str, deletion: Deletion | None = None) -> Held:
        """Delete an object; while finalizers hold it, it is only marked."""
        held = self.get(resource, namespace, name)
        return self._undertaker.delete(self._shelves.open(resource), held, deletion or Deletion())

    def wake(self) -> None:
        """Let all watches look around: whether the server is closing, say."""
        for collection in self._shelves:
            collection.journal.wake()

    def forget(self, version: int) -> None:
        """Forget all changes up to a version: older watches and continue tokens get 410."""
        for collection in self._shelves:
            collection.journal.forget(version)

    def _home_form(self, resource: ResourceType, wanted: Manifest) -> Manifest:
        home = self._shelves.open(resource).resource
        manifest = resource.to_home(wanted) if resource.to_home else dict(wanted)
        manifest["apiVersion"], manifest["kind"] = home.api_version, home.kind
        manifest["metadata"] = metadata.read(resource, manifest.get("metadata"))
        return manifest

    def _served_form(self, resource: ResourceType, manifest: Manifest) -> Manifest:
        served = resource.from_home(manifest) if resource.from_home else manifest
        served["apiVersion"], served["kind"] = resource.api_version, resource.kind
        return served

    def _place(self, resource: ResourceType, namespace: str, meta: Manifest) -> None:
        if meta.get("namespace", namespace) not in ("", namespace):
            raise refusals.bad_request(NAMESPACE_MISMATCH)
        if not meta.get("name") and meta.get("generateName"):
            meta["name"] = metadata.generated(meta["generateName"])
        if not resource.namespaced:
            meta.pop("namespace", None)
            return
        meta["namespace"] = namespace
        home = self.resources.at("", "v1", NAMESPACES)
        if home is None:
            return
        there = self.get(home, "", namespace)
        if there.deleting:
            raise refusals.forbidden(
                resource,
                meta.get("name", ""),
                f"unable to create new content in namespace {namespace} because it is being terminated",
                causes=[
                    {
                        "reason": "NamespaceTerminating",
                        "message": f"namespace {namespace} is being terminated",
                        "field": "metadata.namespace",
                    }
                ],
            )

    def _check_identity(self, resource: ResourceType, old: Held, meta: Manifest) -> None:
        if meta.get("name", old.name) != old.name:
            message = f"the name of the object ({meta['name']}) does not match the name on the URL ({old.name})"
            raise refusals.bad_request(message)
        if meta.get("namespace", old.namespace) != old.namespace:
            raise refusals.bad_request(NAMESPACE_MISMATCH)
        if meta.get("uid", old.uid) != old.uid:
            why = f"Precondition failed: UID in precondition: {meta['uid']}, UID in object meta: {old.uid}"
            raise refusals.conflict(resource, old.name, why)
        if meta.get("resourceVersion", "") not in ("", str(old.version)):
            raise refusals.stale(resource, old.name)


def _only_status(was: Manifest, manifest: Manifest) -> Manifest:
    kept = {key: value for key, value in was.items() if key != STATUS}
    kept["metadata"] = dict(was["metadata"])
    if "managedFields" in manifest["metadata"]:
        kept["metadata"]["managedFields"] = manifest["metadata"]["managedFields"]
    if STATUS in manifest:
        kept[STATUS] = manifest[STATUS]
    return kept


def _without_status(resource: ResourceType, was: Manifest, manifest: Manifest) -> Manifest:
    if resource.has_status:
        manifest.pop(STATUS, None)
        if STATUS in was:
            manifest[STATUS] = was[STATUS]
    return manifest


def _keep_server_fields(was: Manifest, manifest: Manifest) -> None:
    meta, before = manifest["metadata"], was["metadata"]
    for key in ("name", "namespace", *KEPT_BY_THE_SERVER):
        meta.pop(key, None)
        if key in before:
            meta[key] = before[key]


def _differs(resource: ResourceType, was: Manifest, manifest: Manifest) -> bool:
    ignored = {"metadata", STATUS} if resource.has_status else {"metadata"}
    return {key: value for key, value in was.items() if key not in ignored} != {
        key: value for key, value in manifest.items() if key not in ignored
    }


def _shape(resource: ResourceType, manifest: Manifest, was: Manifest | None) -> list[Cause]:
    causes: list[Cause] = []
    if resource.schema and not (resource.fits and resource.fits(manifest)):
        structural.prune(resource.schema, manifest)
        structural.default(resource.schema, manifest)
        causes = structural.validate(resource.schema, manifest)
    if resource.prepare:
        resource.prepare(manifest, was)
    return causes


def _check(resource: ResourceType, manifest: Manifest, was: Manifest | None, causes: list[Cause]) -> None:
    causes = metadata.check(resource, manifest) + causes
    if was is not None:
        causes += metadata.check_update(manifest, was)
    if resource.check:
        causes += resource.check(manifest, was)
    if causes:
        raise refusals.invalid(resource, manifest["metadata"].get("name", ""), causes)

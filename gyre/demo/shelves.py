"""Where objects are kept: one ordered collection a kind, one counter of versions, the index of owners.

No rules here: what may be written, and what follows from it, is gyre.demo.store's and gyre.demo.deletion's.
"""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
from sortedcontainers import SortedDict

from gyre.demo.journal import RING, Change, ChangeType, Held, Journal
from gyre.demo.resources import Manifest, ResourceType
from gyre.demo.selectors import selectable_values

Follower = Callable[[Change], None]


def key_of(namespace: str, name: str) -> str:
    """How etcd orders objects of one kind."""
    return f"{namespace}/{name}" if namespace else name


class Collection:
    """All objects of one kind, in order of namespace and name, with their recent changes."""

    def __init__(self, resource: ResourceType, floor: int, *, ring: int) -> None:
        self.resource = resource
        self.journal = Journal(floor, ring=ring)
        self._items: Any = SortedDict()
        self._deleting: set[str] = set()

    def get(self, key: str) -> Held | None:
        """The object under this key."""
        held: Held | None = self._items.get(key)
        return held

    def __len__(self) -> int:
        return len(self._items)

    def keys(self, namespace: str | None, after: str = "") -> Iterator[str]:
        """The keys of one namespace (None: of all), those up to and including `after` left out."""
        low, high = _bounds(namespace, after)
        yield from self._items.irange(low, high, (False, False))

    def count(self, namespace: str | None, after: str = "") -> int:
        """How many keys that are."""
        low, high = _bounds(namespace, after)
        begin = self._items.bisect_right(low) if low else 0
        end = self._items.bisect_left(high) if high else len(self._items)
        return max(int(end - begin), 0)

    def within(self, key: str, namespace: str | None) -> bool:
        """Whether a key is one of that namespace (None: of any)."""
        return not namespace or key.startswith(f"{namespace}/")

    def range(self, namespace: str | None, after: str = "") -> Iterator[Held]:
        """The objects that `keys` names."""
        for key in self.keys(namespace, after):
            yield self._items[key]

    def held(self, namespace: str | None = None) -> list[Held]:
        """All objects of one namespace (None: of all)."""
        if namespace is None:
            return list(self._items.values())
        return list(self.range(namespace))

    def deleting(self) -> list[Held]:
        """The objects that are being deleted but still held by a finalizer."""
        return [self._items[key] for key in sorted(self._deleting)]

    def put(self, held: Held) -> None:
        """Keep the object in place of the one under its key."""
        self._items[held.key] = held
        if held.deleting:
            self._deleting.add(held.key)

    def drop(self, key: str) -> None:
        """Keep it no more."""
        self._items.pop(key, None)
        self._deleting.discard(key)


def _bounds(namespace: str | None, after: str) -> tuple[str | None, str | None]:
    """Between which keys, themselves left out, those of a namespace behind a key are."""
    if not namespace:
        return after or None, None
    return max(after, f"{namespace}/"), f"{namespace}0"  # "0" follows "/" in ASCII


class Shelves:
    """The collections, and what is counted and indexed over all of them."""

    def __init__(self, *, first_version: int, ring: int = RING) -> None:
        self.version = first_version
        self._ring = ring
        self._collections: dict[str, Collection] = {}
        self._uids: set[str] = set()
        self._owned: dict[str, set[tuple[str, str]]] = {}
        self._followers: dict[str, list[Follower]] = {}

    def open(self, resource: ResourceType) -> Collection:
        """The collection of this kind, made when there is none."""
        found = self._collections.get(resource.home)
        if found is None:
            found = self._collections[resource.home] = Collection(resource, self.version, ring=self._ring)
        return found

    def at(self, home: str) -> Collection | None:
        """The collection of that name, when there is one."""
        return self._collections.get(home)

    def close(self, home: str) -> None:
        """Forget a collection and all in it."""
        self._collections.pop(home, None)

    def __iter__(self) -> Iterator[Collection]:
        return iter(tuple(self._collections.values()))

    def follow(self, home: str, follower: Follower) -> None:
        """Call this with each change of a collection, at once."""
        self._followers.setdefault(home, []).append(follower)

    def put(self, resource: ResourceType, manifest: Manifest) -> Held:
        """Store the object under a new version and tell of it."""
        collection = self.open(resource)
        self.version += 1
        manifest["metadata"]["resourceVersion"] = str(self.version)
        held = held_of(collection.resource, manifest, self.version)
        before = collection.get(held.key)
        collection.put(held)
        self._index(collection, before, held)
        self._tell(collection, Change(ChangeType.MODIFIED if before else ChangeType.ADDED, self.version, held, before))
        return held

    def restore(self, resource: ResourceType, held: Held) -> None:
        """Keep an object that is encoded already, under its own version, which must be the next; nobody is told."""
        collection = self.open(resource)
        if held.version != self.version + 1:
            raise ValueError(f"version {held.version} does not follow {self.version}")
        self.version = held.version
        before = collection.get(held.key)
        collection.put(held)
        self._index(collection, before, held)
        collection.journal.forget(held.version)

    def preview(self, resource: ResourceType, manifest: Manifest, *, version: int = 0) -> Held:
        """The object as it would be stored, for a dry run."""
        return held_of(self.open(resource).resource, manifest, version)

    def remove(self, collection: Collection, held: Held) -> Held:
        """Remove the object and tell of it as it was last, under a new version."""
        self.version += 1
        manifest = held.read()
        manifest["metadata"]["resourceVersion"] = str(self.version)
        gone = held_of(collection.resource, manifest, self.version)
        collection.drop(held.key)
        self._index(collection, held, None)
        self._tell(collection, Change(ChangeType.DELETED, self.version, gone, held))
        return gone

    def owned_by(self, uid: str) -> list[tuple[Collection, Held]]:
        """The objects that name this uid as an owner."""
        found = []
        for home, key in sorted(self._owned.get(uid, ())):
            collection = self._collections.get(home)
            held = collection.get(key) if collection else None
            if collection and held:
                found.append((collection, held))
        return found

    def has(self, uid: str) -> bool:
        """Whether an object of this uid is there."""
        return uid in self._uids

    def _index(self, collection: Collection, before: Held | None, after: Held | None) -> None:
        if before:
            self._uids.discard(before.uid)
        if after:
            self._uids.add(after.uid)
        place = (collection.resource.home, (before or after or _NOTHING).key)
        for uid in before.owners if before else ():
            self._owned.get(uid, set()).discard(place)
        for uid in after.owners if after else ():
            self._owned.setdefault(uid, set()).add(place)

    def _tell(self, collection: Collection, change: Change) -> None:
        collection.journal.append(change)
        for follower in self._followers.get(collection.resource.home, ()):
            follower(change)


def held_of(resource: ResourceType, manifest: Manifest, version: int) -> Held:
    """Encode an object once and note what is asked of it often."""
    metadata = manifest["metadata"]
    namespace, name = metadata.get("namespace", ""), metadata["name"]
    return Held(
        key=key_of(namespace, name),
        raw=orjson.dumps(manifest),
        version=version,
        namespace=namespace,
        name=name,
        uid=metadata.get("uid", ""),
        labels=dict(metadata.get("labels") or {}),
        fields=selectable_values(manifest, resource.selectable),
        owners=tuple(owner.get("uid", "") for owner in metadata.get("ownerReferences") or ()),
        finalizers=tuple(metadata.get("finalizers") or ()),
        deleting="deletionTimestamp" in metadata,
    )


_NOTHING = Held(key="", raw=b"", version=0, namespace="", name="", uid="", labels={}, fields={})

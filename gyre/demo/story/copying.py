"""Many like one: objects of one team or service, encoded once, from which copies are made by filling in what differs.

Names, uids, revisions, digests and times differ; a copy takes microseconds, so that ten thousand take a second.
"""

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gyre.clock import rfc3339
from gyre.demo.journal import Held
from gyre.demo.life.controllers import FLUX_KINDS, Key, listens_to
from gyre.demo.life.engine import signs_of
from gyre.demo.resources import ResourceType
from gyre.demo.shelves import key_of

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_HEX = r"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{40})(?![0-9a-f])"
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
_VERSION = r'(?<="resourceVersion":")\d+'
_CONFIG = re.compile(r'"(?:configDigest|lastAttemptedConfigDigest)":"sha256:([0-9a-f]{64})"')
RECENT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Text:
    """A text with places to fill in: pieces between, and the original of each place."""

    pieces: tuple[str, ...]
    places: tuple[str, ...]

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with each place's value."""
        parts = [self.pieces[0]]
        for place, piece in zip(self.places, self.pieces[1:], strict=True):
            parts += (values[place], piece)
        return "".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One object to copy."""

    resource: ResourceType
    raw: Text
    key: Text
    namespace: Text
    name: Text
    labels: tuple[tuple[str, Text], ...]
    fields: tuple[tuple[str, Text], ...]
    owners: tuple[str, ...]
    uid: str
    finalizers: tuple[str, ...]
    signs: tuple[object, ...] = ()
    essence: Text | None = None
    others: tuple[tuple[str, Text, Text], ...] = ()

    @property
    def is_flux(self) -> bool:
        """Whether it is one of the kinds Flux reconciles, or tells of."""
        return self.essence is not None

    def copy(self, values: dict[str, str], version: int) -> Held:
        """The object as it is stored."""
        namespace, name = self.namespace.filled(values), self.name.filled(values)
        values["version"] = str(version)
        return Held(
            key=key_of(namespace, name),
            raw=self.raw.filled(values).encode(),
            version=version,
            namespace=namespace,
            name=name,
            uid=values[self.uid],
            labels={key: text.filled(values) for key, text in self.labels},
            fields={key: text.filled(values) for key, text in self.fields},
            owners=tuple(values[owner] for owner in self.owners),
            finalizers=self.finalizers,
        )

    def acquaintance(self, values: dict[str, str]) -> tuple[tuple[object, ...], tuple[Key, ...]]:
        """What the engine knows of it: its signs, and whom it listens to."""
        essence = self.essence.filled(values) if self.essence else ""
        others = tuple((kind, namespace.filled(values), name.filled(values)) for kind, namespace, name in self.others)
        return (*self.signs, essence), others


class Mould:
    """Makes patterns of objects, and the values of their copies."""

    def __init__(self, names: Iterable[str], now: datetime) -> None:
        self._names = tuple(names)
        self._now = now
        self._fixed: set[str] = set()
        self._seen: dict[str, None] = {}
        alternatives = [*map(re.escape, sorted(self._names, key=len, reverse=True)), _UUID, _HEX, _TIME]
        self._place = re.compile("|".join((_VERSION, *alternatives)))

    def patterns(self, objects: Iterable[tuple[ResourceType, Held]]) -> tuple[Pattern, ...]:
        """Patterns of these objects, in their order."""
        objects = tuple(objects)
        for _, held in objects:
            self._fixed.update(_CONFIG.findall(held.raw.decode()))
        return tuple(self._pattern(resource, held) for resource, held in objects)

    def values(self, names: Mapping[str, str], chance: random.Random, common: Mapping[str, str]) -> dict[str, str]:
        """What one copy is filled with: its names, new times, and new uids and digests for all not in `common`."""
        found = {place: value for place, value in common.items() if not _is_time(place)} | dict(names)
        days, seconds = chance.randint(0, 19), chance.randint(0, 500)
        for place in self._seen:
            if place not in found:
                found[place] = self._value(place, chance, days, seconds)
        return found

    def _value(self, place: str, chance: random.Random, days: int, seconds: int) -> str:
        if place in self._fixed:
            return place
        if _is_time(place):
            moment = datetime.strptime(place, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            is_recent = self._now - moment < RECENT
            return rfc3339(
                moment - (timedelta(seconds=seconds) if is_recent else timedelta(days=days, seconds=seconds))
            )
        if "-" in place:
            digits = f"{chance.getrandbits(128):032x}"
            return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
        return f"{chance.getrandbits(len(place) * 4):0{len(place)}x}"

    def _pattern(self, resource: ResourceType, held: Held) -> Pattern:
        manifest = held.read()
        flux = resource.kind in FLUX_KINDS
        signs = signs_of(manifest) if flux else ()
        return Pattern(
            resource=resource,
            raw=self._text(held.raw.decode(), version=str(held.version)),
            key=self._text(held.key),
            namespace=self._text(held.namespace),
            name=self._text(held.name),
            labels=tuple((key, self._text(value)) for key, value in held.labels.items()),
            fields=tuple((key, self._text(value)) for key, value in held.fields.items()),
            owners=held.owners,
            uid=held.uid,
            finalizers=held.finalizers,
            signs=signs[:-1],
            essence=self._text(str(signs[-1])) if flux else None,
            others=tuple((kind, self._text(n), self._text(name)) for kind, n, name in listens_to(manifest))
            if flux
            else (),
        )

    def _text(self, text: str, *, version: str = "") -> Text:
        pieces, places, at = [], [], 0
        for found in self._place.finditer(text):
            place = found[0]
            pieces.append(text[at : found.start()])
            if version and place == version:
                place = "version"
            elif place not in self._names:
                self._seen.setdefault(place)
            places.append(place)
            at = found.end()
        return Text((*pieces, text[at:]), tuple(places))


def _is_time(place: str) -> bool:
    return place.endswith("Z")

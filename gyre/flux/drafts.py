"""Reads a manifest that a person or a script wrote, as YAML or JSON: one object, bounded, nothing in it twice.

What it is about, and whether it may be written, is asked by who uses it; the cluster itself judges its fields.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import ScalarNode

from gyre.errors import Invalid, TooLarge
from gyre.flux.parsing import Document

LARGEST_BYTES: Final = 1_572_864
"""etcd takes no larger request."""

DEEPEST: Final = 100
"""Levels; the deepest Helm values have about twenty."""

MOST_NODES: Final = 50_000
"""Values, with what aliases stand for counted each time: an object of 1.5 MiB has about so many."""

SMALLEST_INTEGER, LARGEST_INTEGER = -(2**63), 2**64 - 1
"""What JSON numbers are read as on the way."""

_TAG = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(_TAG + name for name in ("null", "bool", "int", "float", "str"))
_MERGE = "<<"


def wrong(problem: str, message: str, **where: object) -> Invalid:
    """What is said of a manifest that cannot be meant; `problem` is one word for programs."""
    return Invalid(message, details={"problem": problem, **where})


def read_yaml(text: str) -> Document:
    """The one object in this YAML (or JSON, which is YAML too)."""
    _check_size(text)
    try:
        return _check_object(_Building(yaml.CSafeLoader(text)).document())
    except yaml.MarkedYAMLError as error:
        place = _place(error.problem_mark) if error.problem_mark else {}
        said = ", ".join(filter(None, [error.context, error.problem]))
        raise wrong("syntax", f"This is not YAML: {said}{_words(place)}.", **place) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise wrong("syntax", f"This is not YAML: {' '.join(str(error).split())}.") from error


def read_json(text: bytes) -> object:
    """The value in this JSON, with no name twice in any object of it."""
    try:
        written = text.decode()
        value = json.loads(written, object_pairs_hook=_object, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise wrong("syntax", "The body is not JSON: it is not UTF-8.") from error
    except RecursionError as error:
        raise wrong("depth", f"It is nested more than {DEEPEST} levels deep.") from error
    except ValueError as error:
        raise wrong("syntax", f"The body is not JSON: {error}.") from error
    _measure(value)
    return value


def read_value(value: object) -> Document:
    """A manifest that came as a value already: the same bounds hold."""
    _measure(value)
    return _check_object(value)


def _check_size(text: str) -> None:
    size = len(text) if len(text) > LARGEST_BYTES else len(text.encode(errors="replace"))
    if size > LARGEST_BYTES:
        raise TooLarge(f"A manifest has at most {LARGEST_BYTES} bytes: Kubernetes keeps no larger object.")


def _check_object(value: object) -> Document:
    if not isinstance(value, dict):
        raise wrong("notAnObject", "A manifest is an object with apiVersion, kind, metadata and spec.")
    return value


def _object(pairs: list[tuple[str, object]]) -> Document:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add answers None, so that the first repeated key is found
        raise _twice(twice)
    return found


def _twice(key: str, place: dict[str, int] | None = None) -> Invalid:
    place = place or {}
    return wrong("duplicateKey", f"The key {key[:200]!r} is there twice{_words(place)}.", key=key[:200], **place)


def _no_number(written: str) -> NoReturn:
    raise wrong("number", f"{written} is no number that JSON has.")


def _measure(value: object) -> None:
    """Refuse what is too deep or too much, and what no JSON text can hold."""
    count = 0
    waiting: list[tuple[object, int]] = [(value, 1)]
    while waiting:
        one, depth = waiting.pop()
        count += 1
        _check_measure(count, depth)
        if isinstance(one, dict):
            for key in one:
                _check_text(key)
            waiting += [(item, depth + 1) for item in one.values()]
        elif isinstance(one, list):
            waiting += [(item, depth + 1) for item in one]
        else:
            _check_scalar(one)


def _check_measure(count: int, depth: int) -> None:
    if depth > DEEPEST:
        raise wrong("depth", f"It is nested more than {DEEPEST} levels deep.")
    if count > MOST_NODES:
        raise wrong("size", f"It has more than {MOST_NODES} values, those that aliases repeat included.")


def _check_scalar(value: object) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, int) and not SMALLEST_INTEGER <= value <= LARGEST_INTEGER:
        raise wrong("number", "A whole number in it is larger than 64 bits hold.")
    elif isinstance(value, float) and value - value != 0:
        raise wrong("number", f"{value} is no number that JSON has.")


def _check_text(value: str) -> None:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise wrong("text", "A text in it holds half a character.") from error


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    anchor: str | None
    size_before: int
    mapping: Document | None = None
    items: list[object] = field(default_factory=list)
    key: str | None = None
    merging: bool = False
    merged: list[Document] = field(default_factory=list)

    def key_wanted(self) -> bool:
        return self.mapping is not None and self.key is None

    def finished(self) -> object:
        if self.mapping is None:
            return self.items
        for each in self.merged:
            for key, value in each.items():
                self.mapping.setdefault(key, value)
        return self.mapping


class _Building:
    """Makes values of YAML's events: iterative and counted, so that neither depth nor aliases can hurt."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._scalars = _Scalars()
        self._anchors: dict[str, tuple[object, int]] = {}
        self._open: list[_Open] = []
        self._count = 0
        self._done: list[object] = []

    def document(self) -> object:
        """The value of the one document there is."""
        documents = 0
        for event in self._events():
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise wrong("documents", "There is more than one document: write one object at a time.")
            else:
                self._take(event)
        if not self._done:
            raise wrong("empty", "There is no manifest in this text.")
        return self._done[0]

    def _events(self) -> Iterator[Any]:
        while self._loader.check_event():
            yield self._loader.get_event()

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._begin(event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            ended = self._open.pop()
            self._give(ended.finished(), ended.anchor, self._count - ended.size_before)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)

    def _begin(self, event: Any) -> None:
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        if event.tag not in (None, "!", _TAG + ("map" if is_mapping else "seq")):
            raise self._tagged(event)
        if self._open and self._open[-1].key_wanted():
            place = _place(event.start_mark)
            raise wrong("key", f"A key is a text, not an object or a list{_words(place)}.", **place)
        _check_measure(self._count + 1, len(self._open) + 1)
        self._open.append(_Open(event.anchor, self._count, {} if is_mapping else None))
        self._count += 1

    def _scalar(self, event: Any) -> None:
        self._count += 1
        _check_measure(self._count, len(self._open) + 1)
        if self._open and self._open[-1].key_wanted():
            self._key(event.value, event)
            return
        if event.tag is not None and event.tag not in (*_PLAIN_TAGS, "!"):
            raise self._tagged(event)
        try:
            value = self._scalars.value(event)
        except (ValueError, KeyError, OverflowError) as error:
            raise wrong("number", f"{event.value[:200]!r} cannot be read.", **_place(event.start_mark)) from error
        _check_scalar(value)
        self._give(value, event.anchor, 1)

    def _alias(self, event: Any) -> None:
        place = _place(event.start_mark)
        if self._open and self._open[-1].key_wanted():
            raise wrong("key", f"A key cannot be an alias{_words(place)}.", **place)
        if event.anchor not in self._anchors:
            raise wrong("alias", f"The alias {event.anchor[:200]!r} stands for nothing{_words(place)}.", **place)
        value, size = self._anchors[event.anchor]
        self._count += size
        _check_measure(self._count, len(self._open) + _depth(value))
        self._give(_copied(value), None, size)

    def _key(self, key: str, event: Any) -> None:
        _check_text(key)
        current = self._open[-1]
        if event.anchor:
            self._anchors[event.anchor] = (key, 1)
        current.merging = key == _MERGE and event.implicit[0]
        if not current.merging and current.mapping is not None and key in current.mapping:
            raise _twice(key, _place(event.start_mark))
        current.key = key

    def _give(self, value: object, anchor: str | None, size: int) -> None:
        if anchor:
            self._anchors[anchor] = (value, size)
        if not self._open:
            self._done.append(value)
            return
        current = self._open[-1]
        if current.mapping is None:
            current.items.append(value)
            return
        key, current.key = current.key or "", None
        merged = _mappings_of(value) if current.merging else None
        if merged is None:
            current.mapping[key] = value
        else:
            current.merged += merged

    @staticmethod
    def _tagged(event: Any) -> Invalid:
        place = _place(event.start_mark)
        return wrong("tag", f"The tag {str(event.tag)[:200]!r} means nothing in a manifest{_words(place)}.", **place)


class _Scalars(SafeConstructor, yaml.resolver.Resolver):
    """What a scalar is: as YAML 1.1 says, as Kubernetes does, but dates and times of day stay text."""

    def __init__(self) -> None:
        SafeConstructor.__init__(self)
        yaml.resolver.Resolver.__init__(self)

    def value(self, event: Any) -> object:
        tag = event.tag
        if tag is None:
            tag = self.resolve(ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]  # PyYAML's stubs
        if tag not in _PLAIN_TAGS or tag in (_TAG + "str", "!") or ":" in event.value:
            return event.value
        node = ScalarNode(tag, event.value, event.start_mark, event.end_mark)
        return self.yaml_constructors[tag](self, node)


def _mappings_of(value: object) -> list[Document] | None:
    """What a merge key merges: one mapping or several; None for what is none, so that it is an ordinary key."""
    several = value if isinstance(value, list) else [value]
    found = [each for each in several if isinstance(each, dict)]
    return found if len(found) == len(several) else None


def _copied(value: object) -> object:
    """The value again, of its own; its size was counted before, its depth is bounded."""
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _depth(value: object) -> int:
    inner: Iterable[object] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)


def _place(mark: Any) -> dict[str, int]:
    return {"line": mark.line + 1, "column": mark.column + 1}


def _words(place: dict[str, int]) -> str:
    return f" (line {place['line']}, column {place['column']})" if place else ""

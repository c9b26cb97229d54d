"""The JSONPath that CRDs use for printer columns and selectable fields.

Fields, indexes, wildcards and filters by comparison; no slices, unions or recursive descent.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

Step = Callable[[Any], Iterator[Any]]

_FIELD = re.compile(r"\.((?:\\.|[^.\[\]\\])+)")
_BRACKET = re.compile(r"\[(?:'((?:\\.|[^'\\])*)'|\"((?:\\.|[^\"\\])*)\"|(-?\d+)|(\*))\]")
_FILTER = re.compile(
    r"\[\?\(\s*@((?:\.(?:\\.|[^.\s=!<>()\[\]])+)+)\s*"
    r"(?:(==|!=|<=|>=|<|>)\s*(\"[^\"]*\"|'[^']*'|-?\d+(?:\.\d+)?|true|false))?\s*\)\]"
)


class BadPath(ValueError):
    """The text is no path this module understands."""


@lru_cache(maxsize=1024)
def compiled(text: str) -> tuple[Step, ...]:
    """The steps of a path such as `.status.conditions[?(@.type=="Ready")].message`."""
    steps: list[Step] = []
    at = 0
    while at < len(text):
        found = _FIELD.match(text, at) or _BRACKET.match(text, at) or _FILTER.match(text, at)
        if found is None:
            raise BadPath(f"cannot read {text!r} from {text[at:]!r}")
        steps.append(_step(found))
        at = found.end()
    return tuple(steps)


def values(text: str, document: Any) -> list[Any]:
    """All that the path leads to; nothing for what is missing."""
    found = [document]
    for step in compiled(text):
        found = [value for each in found for value in step(each)]
    return found


def _step(found: re.Match[str]) -> Step:
    if found.re is _FIELD:
        name = found[1].replace("\\", "")
        return _every if name == "*" else lambda value: _field(value, name)
    if found.re is _BRACKET:
        if found[4]:
            return _every
        if found[3]:
            index = int(found[3])
            return lambda value: _index(value, index)
        name = (found[1] or found[2] or "").replace("\\", "")
        return lambda value: _field(value, name)
    path, operator, literal = found[1], found[2], found[3]
    return lambda value: (each for each in _every(value) if _holds(values(path, each), operator, _literal(literal)))


def _field(value: Any, name: str) -> Iterator[Any]:
    if isinstance(value, dict) and name in value:
        yield value[name]


def _index(value: Any, index: int) -> Iterator[Any]:
    if isinstance(value, list) and -len(value) <= index < len(value):
        yield value[index]


def _every(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        yield from value.values()


def _literal(text: str | None) -> Any:
    if text is None:
        return None
    if text[0] in "\"'":
        return text[1:-1]
    if text in ("true", "false"):
        return text == "true"
    return float(text)


def _holds(found: list[Any], operator: str | None, literal: Any) -> bool:
    if not found:
        return False
    if operator is None:
        return True
    left = found[0]
    if operator in ("==", "!="):
        return bool(left == literal) is (operator == "==")
    if isinstance(left, bool) or not isinstance(left, int | float) or not isinstance(literal, float):
        return False
    return {"<": left < literal, "<=": left <= literal, ">": left > literal, ">=": left >= literal}[operator]

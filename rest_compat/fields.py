"""Sparse objects: only the fields that were asked for, by their dotted paths in the whole object.

What is asked for and is not there is left out. Nothing here knows kinds.
"""

import re
from collections.abc import Mapping
from typing import Final, Self

import orjson

from gyre.errors import Invalid
from gyre.flux.parsing import parse

MOST_PATHS: Final = 50
"""More is no choice any more: leave `fields` out for the whole object."""

DEEPEST: Final = 20
LONGEST: Final = 4_096

Tree = dict[str, "Tree | None"]
"""What to keep below each name; None is all of it."""

_DOT = re.compile(r"(?<!\\)\.")


class Fields:
    """A choice of fields."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    @classmethod
    def read(cls, paths: str) -> Self:
        r"""`metadata.name,status.conditions`; a dot that belongs to a name is written `\.`."""
        wanted = paths.split(",")
        if len(wanted) > MOST_PATHS or len(paths) > LONGEST:
            raise _refusal(f"`fields` takes at most {MOST_PATHS} paths and {LONGEST} characters.")
        tree: Tree = {}
        for path in wanted:
            _enter(tree, _steps(path.strip()))
        return cls(tree)

    def of(self, body: bytes) -> bytes:
        """An object's kept bytes with these fields alone."""
        return orjson.dumps(_chosen(parse(body), self._tree))


def _steps(path: str) -> list[str]:
    steps = [step.replace("\\.", ".") for step in _DOT.split(path)]
    if not all(steps) or len(steps) > DEEPEST:
        raise _refusal(f"`fields` holds dotted paths of at most {DEEPEST} names, as `metadata.name,status.conditions`.")
    return steps


def _enter(tree: Tree, steps: list[str]) -> None:
    *above, last = steps
    for step in above:
        below = tree.setdefault(step, {})
        if below is None:
            return  # all of it is wanted already
        tree = below
    tree[last] = None


def _chosen(value: object, tree: Tree) -> object:
    if isinstance(value, Mapping):
        return {
            name: value[name] if below is None else _chosen(value[name], below)
            for name, below in tree.items()
            if name in value and (below is None or isinstance(value[name], Mapping | list))
        }
    if isinstance(value, list):
        return [_chosen(each, tree) for each in value if isinstance(each, Mapping | list)]
    return value


def _refusal(message: str) -> Invalid:
    return Invalid(message, details={"path": ["fields"]})

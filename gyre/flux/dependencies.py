"""Who waits for whom: what blocks an object, where such a chain begins, and which objects wait in a circle.

Rows are looked up by the caller, who knows what may be seen.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from gyre.flux.status import DEPENDENCY_NOT_READY
from gyre.terms.naming import Reference
from gyre.terms.rows import Row, Word

Find = Callable[[Reference], Row | None]
"""The object a reference leads to, None when there is none or it may not be seen."""

LONGEST_CHAIN = 1_000
"""Objects looked at to find where a chain begins; no repository orders more than that by hand."""

Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Blocker:
    """What is waited for; `row` None when it is not there."""

    reference: Reference
    row: Row | None


@dataclass(frozen=True, slots=True)
class Chain:
    """What an object waits for, then what that waits for, up to a root; in a `circle` the last waits for one before."""

    steps: tuple[Blocker, ...]
    circle: bool


def waits(row: Row) -> bool:
    """Whether its controller says that the object waits for another."""
    return row.status is Word.PROGRESSING and row.reason == DEPENDENCY_NOT_READY


def blockers(row: Row, find: Find) -> tuple[Blocker, ...]:
    """Those an object depends on that are not Ready, in the order it names them."""
    found = (Blocker(reference, find(reference)) for reference in row.depends_on)
    return tuple(one for one in found if one.row is None or one.row.status is not Word.READY)


def roots(row: Row, find: Find) -> tuple[Blocker, ...]:
    """Where the chain that blocks this object begins: what does not itself wait for something that blocks it.

    Objects that wait in a circle have no such beginning; of them nothing is returned.
    """
    found: dict[Reference, Blocker] = {}
    seen: set[Reference] = set()
    ahead = list(reversed(blockers(row, find)))
    while ahead and len(seen) < LONGEST_CHAIN:
        one = ahead.pop()
        if one.reference in seen:
            continue
        seen.add(one.reference)
        further = blockers(one.row, find) if one.row and waits(one.row) else ()
        if further:
            ahead.extend(reversed(further))
        else:
            found[one.reference] = one
    return tuple(found.values())


def chains(row: Row, find: Find) -> tuple[Chain, ...]:
    """One chain for each root of an object that waits, the shortest; where there are only circles, those.

    Circles that lead to a root as well are left out: when the root is mended, they may still hold, and show then.
    """
    if not waits(row):
        return ()
    ended: list[Chain] = []
    circles: list[Chain] = []
    start = Reference(kind=row.kind, name=row.name, namespace=row.namespace, group=row.group)
    seen = {start}
    ahead: deque[tuple[Blocker, ...]] = deque((one,) for one in blockers(row, find))
    while ahead and len(seen) < LONGEST_CHAIN:
        steps = ahead.popleft()
        last = steps[-1]
        if last.reference in seen:
            if last.reference in (start, *(one.reference for one in steps[:-1])):
                circles.append(Chain(steps, circle=True))
            continue
        seen.add(last.reference)
        further = blockers(last.row, find) if last.row and waits(last.row) else ()
        ahead.extend((*steps, one) for one in further)
        if not further:
            ended.append(Chain(steps, circle=False))
    return tuple(ended or circles)


def cycles(waits_for: Mapping[Node, Iterable[Node]]) -> tuple[tuple[Node, ...], ...]:
    """The circles among these: groups whose members all wait for each other, each and all in the order given."""
    order = {node: place for place, node in enumerate(waits_for)}
    groups = _strong_groups({node: [to for to in ends if to in order] for node, ends in waits_for.items()})
    circles = (sorted(group, key=order.__getitem__) for group in groups if _is_circle(group, waits_for))
    return tuple(tuple(circle) for circle in sorted(circles, key=lambda circle: order[circle[0]]))


def _is_circle(group: Sequence[Node], waits_for: Mapping[Node, Iterable[Node]]) -> bool:
    return len(group) > 1 or group[0] in waits_for[group[0]]


def _strong_groups(edges: Mapping[Node, Sequence[Node]]) -> list[list[Node]]:
    """Kosaraju's two passes, without recursion: a chain may be longer than Python's stack."""
    backwards: dict[Node, list[Node]] = {node: [] for node in edges}
    for node, ends in edges.items():
        for end in ends:
            backwards[end].append(node)
    placed: set[Node] = set()
    return [_reached(root, backwards, placed) for root in reversed(_finished(edges)) if root not in placed]


def _finished(edges: Mapping[Node, Sequence[Node]]) -> list[Node]:
    """The nodes in the order in which a depth-first walk leaves them."""
    left: list[Node] = []
    seen: set[Node] = set()
    for start in edges:
        path = [(start, iter(edges[start]))] if start not in seen else []
        seen.add(start)
        while path:
            node, ends = path[-1]
            following = next((end for end in ends if end not in seen), None)
            if following is None:
                left.append(node)
                path.pop()
            else:
                seen.add(following)
                path.append((following, iter(edges[following])))
    return left


def _reached(root: Node, edges: Mapping[Node, Sequence[Node]], placed: set[Node]) -> list[Node]:
    """What can be reached from here and stands in no group yet."""
    group = [root]
    placed.add(root)
    for node in group:
        fresh = [end for end in dict.fromkeys(edges[node]) if end not in placed]
        placed.update(fresh)
        group.extend(fresh)
    return group

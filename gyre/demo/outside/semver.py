"""Semantic versions and ranges as far as Flux users write them: `1.x`, `>=1.2 <2`, `^1.4`, `~1.4.0`, `1.2 || 2.x`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import total_ordering

_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?")
_BOUND = re.compile(r"(>=|<=|!=|=>|=<|>|<|=|\^|~>?|)\s*(v?[0-9A-Za-z.*+-]+)")
_WILD = frozenset(("*", "x", "X"))


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """One version; a pre-release is older than its release."""

    numbers: tuple[int, int, int]
    before: str = ""
    original: str = ""

    def __lt__(self, other: "Version") -> bool:
        return (self.numbers, not self.before, _parts(self.before)) < (
            other.numbers,
            not other.before,
            _parts(other.before),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and (self.numbers, self.before) == (other.numbers, other.before)

    def __hash__(self) -> int:
        return hash((self.numbers, self.before))


class BadRange(ValueError):
    """The text is no range of versions."""


def parse(text: str) -> Version | None:
    """The version a tag names, or None."""
    found = _VERSION.fullmatch(text)
    if found is None:
        return None
    major, minor, patch, before = found.groups()
    return Version((int(major), int(minor or 0), int(patch or 0)), before or "", text)


def latest(tags: Iterable[str], wanted: str) -> str | None:
    """The newest of the tags that lies in the range, as it was written."""
    within = [version for version in map(parse, tags) if version is not None and contains(wanted, version)]
    return max(within).original if within else None


def contains(wanted: str, version: Version) -> bool:
    """Whether the version lies in the range. Pre-releases only do when the range names one."""
    return any(
        all(bound.admits(version) for bound in bounds) and (not version.before or any(b.at.before for b in bounds))
        for bounds in (list(_bounds(part)) for part in wanted.split("||"))
    )


@dataclass(frozen=True, slots=True)
class _Bound:
    sign: str
    at: Version

    def admits(self, version: Version) -> bool:
        return {
            ">=": version >= self.at,
            ">": version > self.at,
            "<=": version <= self.at,
            "<": version < self.at,
            "=": version == self.at,
            "!=": version != self.at,
        }[self.sign]


def _bounds(text: str) -> Iterator[_Bound]:
    rest = re.sub(r"(\S+)\s+-\s+(\S+)", r">=\1 <=\2", text.strip())
    rest = _BOUND.sub(lambda found: f"{found[1]}{found[2]} ", rest.replace(",", " "))
    for word in rest.split():
        found = _BOUND.fullmatch(word)
        if found is None:
            raise BadRange(f"improper constraint: {text}")
        yield from _spelled_out(found[1], found[2], text)


def _spelled_out(sign: str, number: str, text: str) -> Iterator[_Bound]:
    parts = [part for part in number.removeprefix("v").split(".") if part not in _WILD]
    if not parts:
        yield _Bound(">=", Version((0, 0, 0)))
        return
    low = parse(".".join(parts))
    if low is None:
        raise BadRange(f"improper constraint: {text}")
    exact = len(parts) == len(("major", "minor", "patch"))
    if sign in ("", "=") and exact:
        yield _Bound("=", low)
    elif sign in ("", "=", "^", "~", "~>"):
        yield _Bound(">=", low)
        yield _Bound("<", _next(low, parts, sign))
    else:
        yield _Bound({"=>": ">=", "=<": "<="}.get(sign, sign), low)


def _next(low: Version, parts: list[str], sign: str) -> Version:
    major, minor, patch = low.numbers
    if sign == "^":
        if major or len(parts) == 1:
            return Version((major + 1, 0, 0))
        return Version((0, minor + 1, 0)) if minor or len(parts) == 2 else Version((0, 0, patch + 1))  # noqa: PLR2004
    return Version((major + 1, 0, 0)) if len(parts) == 1 else Version((major, minor + 1, 0))


def _parts(before: str) -> tuple[tuple[bool, int, str], ...]:
    return tuple(
        (not part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in before.split(".") if part
    )

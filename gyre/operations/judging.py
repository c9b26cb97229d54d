"""What an API server refuses of a manifest, made plain for programs: fields, and who holds them.

Its own words are never changed.
"""

import re
from collections.abc import Mapping
from typing import TypeVar

from gyre.errors import GyreError

Refusal = TypeVar("Refusal", bound=GyreError)

_MANAGER = re.compile(r'conflict with "(?P<manager>(?:[^"\\]|\\.)*)"')
_STRICT = re.compile(r'(?P<said>(?:unknown|duplicate) field "(?P<field>[^"]+)")')


def in_words(refused: Refusal) -> Refusal:
    """The same refusal; details say `conflicts` (manager and field), and `causes` also for fields there are not."""
    causes = _causes(refused)
    conflicts = [
        {"manager": found["manager"], "field": str(cause.get("field", "")).removeprefix(".")}
        for cause in causes
        if cause.get("reason") == "FieldManagerConflict" and (found := _MANAGER.match(str(cause.get("message", ""))))
    ]
    strict = (
        []
        if causes
        else [
            {"field": found["field"], "message": found["said"], "reason": "StrictDecodingError"}
            for found in _STRICT.finditer(refused.message)
            if "strict decoding error" in refused.message
        ]
    )
    more: dict[str, object] = {}
    if conflicts:
        more["conflicts"] = conflicts
    if strict:
        more["causes"] = strict
    return type(refused)(refused.message, details={**refused.details, **more}) if more else refused


def _causes(refused: GyreError) -> list[Mapping[str, object]]:
    causes = refused.details.get("causes")
    return [cause for cause in causes if isinstance(cause, Mapping)] if isinstance(causes, list) else []

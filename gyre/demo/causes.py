"""What is wrong with one field of an object, as `details.causes` of a Status lists it.

Which fields a kind has: see its schema. How causes become an answer: gyre.demo.refusals.
"""

from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing wrong with one field, as `details.causes` lists it."""

    reason: str
    message: str
    field: str

    @property
    def sentence(self) -> str:
        """As the Status message quotes it: the field's path, then what is wrong there."""
        return f"{self.field}: {self.message}"


def required(field: str, detail: str = "") -> Cause:
    """The field must be there."""
    return Cause("FieldValueRequired", f"Required value: {detail}" if detail else "Required value", field)


def invalid_value(field: str, value: object, detail: str) -> Cause:
    """The field's value cannot be meant."""
    return Cause("FieldValueInvalid", f"Invalid value: {shown(value)}: {detail}", field)


def forbidden_value(field: str, detail: str) -> Cause:
    """The field must not be set, or not now."""
    return Cause("FieldValueForbidden", f"Forbidden: {detail}", field)


def shown(value: object) -> str:
    """A value as Status messages quote it: as JSON."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()

"""The few forms that a structural schema is put together from.

Which fields a kind has is said in the modules beside this one.
"""

from typing import Any

Json = dict[str, Any]

DURATION = r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"


def text(*, pattern: str = "", most: int = 0, least: int = 0) -> Json:
    """A string."""
    limits = {"pattern": pattern, "maxLength": most, "minLength": least}
    return {"type": "string"} | {name: limit for name, limit in limits.items() if limit}


def one_of(*values: str) -> Json:
    """A string that is one of these."""
    return {"type": "string", "enum": list(values)}


def defaulting(value: object, schema: Json) -> Json:
    """The same, filled in by the API server where it is missing."""
    return schema | {"default": value}


def flag() -> Json:
    """True or false."""
    return {"type": "boolean"}


def whole() -> Json:
    """A whole number."""
    return {"type": "integer", "format": "int64"}


def duration() -> Json:
    """`1h30m`, as Go writes it."""
    return text(pattern=DURATION)


def moment() -> Json:
    """A time as RFC 3339 has it."""
    return {"type": "string", "format": "date-time"}


def many(each: Json, *, least: int = 0) -> Json:
    """A list."""
    return {"type": "array", "items": each} | ({"minItems": least} if least else {})


def texts() -> Json:
    """A list of strings."""
    return many(text())


def named(values: Json) -> Json:
    """A map from any name to one kind of value."""
    return {"type": "object", "additionalProperties": values}


def labels() -> Json:
    """A map of strings."""
    return named(text())


def anything() -> Json:
    """Any JSON value."""
    return {"x-kubernetes-preserve-unknown-fields": True}


def free() -> Json:
    """An object whose fields are not spelled out here."""
    return {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def fields(*required: str, **properties: Json) -> Json:
    """An object of exactly these fields; `required` must be there. Others are dropped, as a real API server does."""
    schema: Json = {"type": "object", "properties": properties}
    return schema | {"required": list(required)} if required else schema


def open_fields(*required: str, **properties: Json) -> Json:
    """An object with at least these fields, and any other."""
    return fields(*required, **properties) | {"x-kubernetes-preserve-unknown-fields": True}


def local(**more: Json) -> Json:
    """The name of something in the same namespace."""
    return fields("name", name=text(), **more)


def source(*kinds: str) -> Json:
    """Which source an object takes its content from."""
    return fields("kind", "name", apiVersion=text(), kind=one_of(*kinds), name=text(), namespace=text())


def dependencies() -> Json:
    """What must be ready first, of the same kind."""
    return many(fields("name", name=text(), namespace=text(), readyExpr=text()))


def common_metadata() -> Json:
    """Labels and annotations put on everything an object makes."""
    return fields(labels=labels(), annotations=labels())


def conditions() -> Json:
    """The conditions of a status."""
    return many(
        fields(
            "type",
            "status",
            "reason",
            "message",
            "lastTransitionTime",
            type=text(most=316),
            status=one_of("True", "False", "Unknown"),
            reason=text(most=1024, least=1),
            message=text(most=32768),
            lastTransitionTime=moment(),
            observedGeneration=whole(),
        )
    )


def artifact() -> Json:
    """What source-controller keeps for others to fetch."""
    return fields(
        "digest",
        "lastUpdateTime",
        "path",
        "revision",
        "url",
        digest=text(pattern=r"^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$"),
        lastUpdateTime=moment(),
        metadata=labels(),
        path=text(),
        revision=text(),
        size=whole(),
        url=text(),
    )


def inventory() -> Json:
    """What an applier made, as `<namespace>_<name>_<group>_<kind>` and version."""
    return fields("entries", entries=many(fields("id", "v", id=text(), v=text())))


def history() -> Json:
    """The last reconciliations, newest first."""
    return many(
        fields(
            "digest",
            "firstReconciled",
            "lastReconciled",
            "lastReconciledDuration",
            "lastReconciledStatus",
            "totalReconciliations",
            digest=text(),
            firstReconciled=moment(),
            lastReconciled=moment(),
            lastReconciledDuration=text(),
            lastReconciledStatus=text(),
            totalReconciliations=whole(),
            metadata=labels(),
        )
    )


def status(*, generation: bool = True, **properties: Json) -> Json:
    """The status of a kind that is reconciled; not all keep an observed generation, which is -1 before the first."""
    own = {"conditions": conditions(), "lastHandledReconcileAt": text()} | properties
    if not generation:
        return fields(**own)
    return defaulting({"observedGeneration": -1}, fields(**own, observedGeneration=whole()))

"""The rules of `metadata` that hold for every kind: names, labels, annotations, finalizers.

What a kind itself asks of its objects is its schema's and its ResourceType's `check`.
"""

import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from gyre.demo import refusals
from gyre.demo.causes import Cause, forbidden_value, invalid_value, required
from gyre.demo.resources import Manifest, ResourceType

SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_LABEL_VALUE = re.compile(r"(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?")
_LETTERS = "bcdfghjklmnpqrstvwxz2456789"
SUBDOMAIN_LENGTH = 253
LABEL_LENGTH = 63
ANNOTATIONS_BYTES = 256 * 1024
DNS_LABEL_KINDS = frozenset(("namespaces", "services"))
PATH_NAMED_KINDS = frozenset(
    (
        "roles.rbac.authorization.k8s.io",
        "rolebindings.rbac.authorization.k8s.io",
        "clusterroles.rbac.authorization.k8s.io",
        "clusterrolebindings.rbac.authorization.k8s.io",
    )
)

_SUBDOMAIN_RULE = (
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    r"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
)
_DNS_LABEL_RULE = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_QUALIFIED_RULE = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_LABEL_VALUE_RULE = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
)


class OwnerReference(msgspec.Struct, rename="camel", omit_defaults=True):
    """What an object belongs to."""

    api_version: str = ""
    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool | None = None
    block_owner_deletion: bool | None = None


class ObjectMeta(msgspec.Struct, rename="camel", omit_defaults=True):
    """All fields that `metadata` may have, by type."""

    name: str | None = None
    generate_name: str | None = None
    namespace: str | None = None
    self_link: str | None = None
    uid: str | None = None
    resource_version: str | None = None
    generation: int | None = None
    creation_timestamp: str | None = None
    deletion_timestamp: str | None = None
    deletion_grace_period_seconds: int | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    owner_references: list[OwnerReference] | None = None
    finalizers: list[str] | None = None
    managed_fields: list[dict[str, Any]] | None = None


_KNOWN = frozenset(ObjectMeta.__struct_encode_fields__)


def read(resource: ResourceType, value: object) -> Manifest:
    """The metadata in known fields of the right types, empty ones left out; refused with 400 otherwise."""
    try:
        parsed = msgspec.convert(value or {}, ObjectMeta)
    except msgspec.ValidationError as problem:
        what = f'{resource.kind} in version "{resource.version}" cannot be handled as a {resource.kind}'
        raise refusals.bad_request(f"{what}: metadata: {problem}") from problem
    fields: dict[str, Any] = msgspec.to_builtins(parsed)
    return {key: field for key, field in fields.items() if field or field == 0}


def unknown(value: object) -> list[str]:
    """The paths of fields that no metadata has."""
    return [f"metadata.{key}" for key in value if key not in _KNOWN] if isinstance(value, dict) else []


def generated(prefix: str) -> str:
    """A name from `generateName`: the prefix and five letters that make no words."""
    longest = LABEL_LENGTH - 5
    return prefix[:longest] + "".join(secrets.choice(_LETTERS) for _ in range(5))


def check(resource: ResourceType, manifest: Manifest) -> list[Cause]:
    """What is wrong with the metadata of an object."""
    metadata = manifest["metadata"]
    return [
        *_name(resource, metadata.get("name", "")),
        *_labels(metadata.get("labels") or {}),
        *_annotations(metadata.get("annotations") or {}),
        *_owners(metadata.get("ownerReferences") or []),
        *_finalizers(metadata.get("finalizers") or []),
    ]


def check_update(manifest: Manifest, old: Manifest) -> list[Cause]:
    """What an update must not do to the metadata."""
    metadata, before = manifest["metadata"], old["metadata"]
    causes = []
    if "deletionTimestamp" in before:
        added = sorted(set(metadata.get("finalizers") or ()) - set(before.get("finalizers") or ()))
        if added:
            quoted = ", ".join(f'"{name}"' for name in added)
            detail = (
                "no new finalizers can be added if the object is being deleted, "
                f"found new finalizers []string{{{quoted}}}"
            )
            causes.append(forbidden_value("metadata.finalizers", detail))
    if metadata.get("uid") != before.get("uid"):
        causes.append(invalid_value("metadata.uid", metadata.get("uid"), "field is immutable"))
    return causes


def _name(resource: ResourceType, name: str) -> Iterator[Cause]:
    if not name:
        yield required("metadata.name", "name or generateName is required")
    elif resource.qualified in PATH_NAMED_KINDS:
        if name in (".", "..") or "/" in name or "%" in name:
            yield invalid_value("metadata.name", name, "may not contain '/' or '%'")
    elif resource.qualified in DNS_LABEL_KINDS:
        if len(name) > LABEL_LENGTH:
            yield invalid_value("metadata.name", name, f"must be no more than {LABEL_LENGTH} bytes")
        if not DNS_LABEL.fullmatch(name):
            yield invalid_value("metadata.name", name, _DNS_LABEL_RULE)
    else:
        if len(name) > SUBDOMAIN_LENGTH:
            yield invalid_value("metadata.name", name, f"must be no more than {SUBDOMAIN_LENGTH} bytes")
        if not SUBDOMAIN.fullmatch(name):
            yield invalid_value("metadata.name", name, _SUBDOMAIN_RULE)


def _labels(labels: Mapping[str, str]) -> Iterator[Cause]:
    for key, value in labels.items():
        yield from _qualified("metadata.labels", key)
        if len(value) > LABEL_LENGTH:
            yield invalid_value("metadata.labels", value, f"must be no more than {LABEL_LENGTH} bytes")
        elif not _LABEL_VALUE.fullmatch(value):
            yield invalid_value("metadata.labels", value, _LABEL_VALUE_RULE)


def _annotations(annotations: Mapping[str, str]) -> Iterator[Cause]:
    for key in annotations:
        yield from _qualified("metadata.annotations", key.lower(), shown=key)
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > ANNOTATIONS_BYTES:
        message = f"Too long: may not be more than {ANNOTATIONS_BYTES} bytes"
        yield Cause("FieldValueTooLong", message, "metadata.annotations")


def _qualified(field: str, key: str, *, shown: str = "") -> Iterator[Cause]:
    prefix, slash, name = key.rpartition("/")
    if "/" in prefix:
        yield invalid_value(field, shown or key, f"a valid label key must be {_QUALIFIED_RULE}")
        return
    if slash and not SUBDOMAIN.fullmatch(prefix):
        yield invalid_value(field, shown or key, f"prefix part {_SUBDOMAIN_RULE}")
    if not name:
        yield invalid_value(field, shown or key, "name part must be non-empty")
    elif len(name) > LABEL_LENGTH:
        yield invalid_value(field, shown or key, f"name part must be no more than {LABEL_LENGTH} bytes")
    if not _QUALIFIED.fullmatch(name):
        yield invalid_value(field, shown or key, _QUALIFIED_RULE)


def _owners(owners: list[Mapping[str, str]]) -> Iterator[Cause]:
    for index, owner in enumerate(owners):
        for key in ("apiVersion", "kind", "name", "uid"):
            if not owner.get(key):
                yield invalid_value(f"metadata.ownerReferences[{index}].{key}", "", "must not be empty")
    if sum(1 for owner in owners if owner.get("controller")) > 1:
        yield invalid_value("metadata.ownerReferences", "", "Only one reference can have Controller set to true")


def _finalizers(finalizers: list[str]) -> Iterator[Cause]:
    for name in finalizers:
        yield from _qualified("metadata.finalizers", name)

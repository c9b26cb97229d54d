"""Objects as someone wrote them: created, replaced, applied, deleted; and read whole by who may edit them.

Which object a manifest is about is made exact here; whether one may, and what is sent, is asked of gyre.operations.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import Final

from gyre.errors import Invalid
from gyre.flux.drafts import read_value, read_yaml, wrong
from gyre.flux.parsing import Document, inside, text
from gyre.operations import deleting, unmasking, writing
from gyre.operations.deleting import LONGEST_WAIT_SECONDS, Deleted, Manner, Preview
from gyre.operations.unmasking import Unmasked
from gyre.operations.writing import Draft, Written
from gyre.terms.naming import Kind
from resolvers.acting import actor_of, as_seen, desk_of
from resolvers.context import Context
from resolvers.targets import Target, ref_of

AT_ONCE_CHARACTERS: Final = 16_384
"""YAML up to here is read in a few milliseconds; longer texts are read beside the event loop."""

LONGEST_TOKEN: Final = 128

_VERSION = re.compile(r"[a-z][a-z0-9]{0,62}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be written: `manifest` (a value) or `yaml` (a text), on which cluster.

    `about` is what an address says it is about: what the manifest leaves out is taken from there, what differs is
    refused. `version` is the resourceVersion it was made from, for who keeps it beside the manifest.
    """

    cluster: str
    manifest: object = None
    yaml: str | None = None
    version: str = ""
    about: "About | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The object an address names; of one that is to be created, only the kind."""

    kind: str
    namespace: str = ""
    name: str = ""


async def create(context: Context, asked: Asked, *, dry_run: bool = False) -> Written:
    """Make an object that is not there yet."""
    draft = await _draft(context, asked)
    written = await writing.create(desk_of(context), actor_of(context), draft, dry_run=dry_run)
    return as_seen(context, written)


async def update(context: Context, asked: Asked, *, dry_run: bool = False) -> Written:
    """Put a manifest in place of the object it was made from."""
    draft = await _draft(context, asked)
    written = await writing.update(desk_of(context), actor_of(context), draft, dry_run=dry_run)
    return as_seen(context, written)


async def apply(context: Context, asked: Asked, *, force: bool = False, dry_run: bool = False) -> Written:
    """Server-side apply as the manager `gyre`."""
    draft = await _draft(context, asked)
    written = await writing.apply(desk_of(context), actor_of(context), draft, force=force, dry_run=dry_run)
    return as_seen(context, written)


async def delete(context: Context, target: Target, manner: Manner) -> Deleted:
    """Delete an object."""
    actor = actor_of(context)
    _check_manner(manner)
    ref, vault = ref_of(context, target), context.services.vault
    return as_seen(context, await deleting.delete(desk_of(context), actor, ref, manner, vault=vault))


async def deletion_preview(context: Context, target: Target) -> Preview:
    """What would go with an object."""
    actor = actor_of(context)
    return await deleting.preview(desk_of(context), actor, ref_of(context, target), vault=context.services.vault)


async def unmasked(context: Context, target: Target) -> Unmasked:
    """An object with its secrets, as the cluster has it now."""
    actor = actor_of(context)
    return await unmasking.unmasked(desk_of(context), actor, ref_of(context, target))


async def _draft(context: Context, asked: Asked) -> Draft:
    """The manifest read, and what it is about made exact."""
    context.signed_in()
    document = await _document(asked)
    kind, version = _kind(context, document, asked.about)
    if not isinstance(document.get("metadata", {}), dict):
        raise _invalid("`metadata` is an object with a name.", "metadata")
    metadata, about = dict(inside(document, "metadata")), asked.about
    for field, wanted in (("namespace", about.namespace), ("name", about.name)) if about else ():
        if wanted and metadata.setdefault(field, wanted) != wanted:
            message = f"The manifest's {field} is {str(metadata[field])[:300]!r}, the address says {wanted!r}."
            raise _invalid(message, "metadata", field)
    _set_version(metadata, asked.version)
    namespace, name = (_segment(metadata, field) for field in ("namespace", "name"))
    target = Target(cluster=asked.cluster, kind=str(kind), namespace=namespace, name=name)
    return Draft(ref=ref_of(context, target), version=version, document={**document, "metadata": metadata})


def _set_version(metadata: Document, version: str) -> None:
    """The version that was named beside the manifest, which must not name another."""
    if len(version) > LONGEST_TOKEN or "\0" in version:
        raise _invalid("`resourceVersion` is what Gyre answered, unchanged.", "resourceVersion")
    if version and metadata.setdefault("resourceVersion", version) != version:
        written = str(metadata["resourceVersion"])[:300]
        message = f"The manifest's resourceVersion is {written!r}, but {version!r} was named beside it: name one."
        raise _invalid(message, "resourceVersion")


async def _document(asked: Asked) -> Document:
    if (asked.manifest is None) == (asked.yaml is None):
        raise wrong("form", "Give the object either as `manifest` or as `yaml`.")
    if asked.yaml is None:
        return read_value(asked.manifest)
    if len(asked.yaml) <= AT_ONCE_CHARACTERS:
        return read_yaml(asked.yaml)
    return await asyncio.to_thread(read_yaml, asked.yaml)


def _kind(context: Context, document: Document, about: About | None) -> tuple[Kind, str]:
    """The kind of a manifest, and the version it is written in."""
    fleet = context.services.fleet
    wanted = fleet.kind_named(about.kind) if about else None
    group, _, version = text(document.get("apiVersion")).rpartition("/")
    if not _VERSION.fullmatch(version):
        example = f"{wanted.group}/v1" if wanted else "kustomize.toolkit.fluxcd.io/v1"
        raise _invalid(f"`apiVersion` is the kind's group and version, as {example}.", "apiVersion")
    name = text(document.get("kind"))
    if not name:
        raise _invalid("`kind` is missing, as Kustomization.", "kind")
    if wanted and (group, name) != (wanted.group, wanted.name):
        message = (
            f"The manifest is a {name[:300]} of {group[:300]!r}, the address says {wanted.name} of {wanted.group!r}."
        )
        raise _invalid(message, "kind" if name != wanted.name else "apiVersion")
    return wanted or fleet.kind_of(group, name), version


def _segment(metadata: Document, field: str) -> str:
    """A name that stands in an address of the API server; whether it is a good name is the server's to say."""
    value = metadata.get(field)
    if not isinstance(value, str) or not value:
        raise _invalid(f"`metadata.{field}` is missing: say which {field} it has.", "metadata", field)
    if value in (".", "..") or "/" in value or "%" in value:
        raise _invalid(f"`metadata.{field}` is no name: {value[:300]!r}.", "metadata", field)
    return value


def _check_manner(manner: Manner) -> None:
    if not 0 <= manner.wait_seconds <= LONGEST_WAIT_SECONDS:
        raise _invalid(f"It is waited for {LONGEST_WAIT_SECONDS} seconds at most.", "wait")
    for field, value in (("preview", manner.token), ("resourceVersion", manner.resource_version)):
        if len(value) > LONGEST_TOKEN or "\0" in value:
            raise _invalid(f"`{field}` is what Gyre answered, unchanged.", field)


def _invalid(message: str, *path: str) -> Invalid:
    return Invalid(message, details={"path": list(path)})

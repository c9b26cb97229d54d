"""The one place where secrets are taken out of objects, as their bytes enter: nothing behind it can leak them.

Which names promise a secret is gyre.flux.sensitive's to know, what in a URL is one gyre.flux.urls'.
"""

from collections.abc import Callable, Mapping
from typing import Final

from gyre.flux.manifests import mask_manifest
from gyre.flux.parsing import Document, inside, mapping, mappings, text
from gyre.flux.sensitive import promises_secret, says_about_secret, selects
from gyre.flux.urls import MASK, mask_address, mask_text

__all__ = ["MASK", "mask"]

Path = tuple[str, ...]

FREE_FORM: Final[Mapping[str, tuple[Path, ...]]] = {
    "HelmRelease": (("spec", "values"),),
    "Kustomization": (("spec", "postBuild", "substitute"),),
    "ResourceSet": (("spec", "inputs"), ("spec", "resources")),
    "ResourceSetInputProvider": (("spec", "defaultValues"), ("status", "exportedInputs")),
    "ImageUpdateAutomation": (("spec", "git", "commit", "messageTemplateValues"),),
    "Alert": (("spec", "eventMetadata"),),
}
"""Where people put values of their own, so that secrets are known by the names of their keys alone."""

STRUCTURED: Final = frozenset(
    [
        "GitRepository",
        "OCIRepository",
        "Bucket",
        "HelmRepository",
        "HelmChart",
        "ExternalArtifact",
        "ArtifactGenerator",
        "ImageRepository",
        "ImagePolicy",
        "Receiver",
        "Provider",
        "FluxInstance",
        "FluxReport",
    ]
)
"""Kinds whose own fields hold names of Secrets, never secrets; of any kind not named here, all is free form."""

PUBLIC_ADDRESSES: Final = frozenset(
    [
        "github",
        "gitlab",
        "gitea",
        "bitbucket",
        "bitbucketserver",
        "azuredevops",
        "githubdispatch",
        "githubpullrequestcomment",
        "gitlabmergerequestcomment",
        "giteapullrequestcomment",
        "googlepubsub",
        "nats",
    ]
)
"""Types of Provider whose address says where to write, and is no permission to do so."""


def mask(document: Document, raw: bytes) -> None:
    """Replace every secret in this object, in place. `raw` is what it was parsed from: what is not in it is not sought.

    Most objects hold neither a URL nor a text of many lines; walking all their strings would be most of the work.
    """
    kind = text(document.get("kind"))
    escaped = b"\\u" in raw or b"\\/" in raw
    annotations = inside(document, "metadata", "annotations")
    for key, value in annotations.items():
        annotations[key] = _masked(value) if promises_secret(key.rpartition("/")[2]) else _clean(value)
    if escaped or b"://" in raw or b"/hook/" in raw:
        for section in document.keys() - {"metadata", "kind", "apiVersion"}:
            document[section] = _clean(document[section])
    if "spec" in document and (escaped or b"\\n" in raw or b'"{' in raw or b'"[' in raw):
        document["spec"] = _mask_manifests(document["spec"])
    _mask_by_kind(kind, document)
    if kind not in STRUCTURED:
        for path in FREE_FORM.get(kind, (("spec",), ("status",))):
            parent, key = inside(document, *path[:-1]), path[-1]
            if key in parent:
                parent[key] = _mask_values(parent[key])


def _mask_by_kind(kind: str, document: Document) -> None:
    handler = _BY_KIND.get(kind)
    if handler is not None:
        handler(document)


def _mask_secret(document: Document) -> None:
    for section in ("data", "stringData"):
        if section in document:
            document[section] = _mask_all(document[section])


def _mask_receiver(document: Document) -> None:
    status = inside(document, "status")
    path = text(status.get("webhookPath"))
    for condition in mappings(status.get("conditions")) if path else ():
        condition["message"] = text(condition.get("message")).replace(path, MASK)
    for field in ("webhookPath", "url"):
        if status.get(field):
            status[field] = MASK


def _mask_provider(document: Document) -> None:
    spec = inside(document, "spec")
    address = text(spec.get("address"))
    if address and text(spec.get("type")) not in PUBLIC_ADDRESSES:
        spec["address"] = mask_address(address)


_BY_KIND: Final[Mapping[str, Callable[[Document], None]]] = {
    "Secret": _mask_secret,
    "Receiver": _mask_receiver,
    "Provider": _mask_provider,
}


def _clean(value: object) -> object:
    """The value with the secrets of URLs masked in every string of it."""
    if isinstance(value, str):
        return mask_text(value) if "://" in value or "/hook/" in value else value
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str | dict | list):
                value[key] = _clean(item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str | dict | list):
                value[index] = _clean(item)
    return value


def _mask_manifests(value: object) -> object:
    """The value with the secrets of every YAML or JSON text in it masked."""
    if isinstance(value, str):
        return mask_manifest(value, _mask_values) if "\n" in value or value[:1] in ("{", "[") else value
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str | dict | list):
                value[key] = _mask_manifests(item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str | dict | list):
                value[index] = _mask_manifests(item)
    return value


def _mask_values(value: object) -> object:
    """The value with everything masked that stands under a name that promises a secret."""
    if isinstance(value, list):
        return [_mask_values(item) for item in value]
    if isinstance(value, str):
        return MASK if "PRIVATE KEY-----" in value else value
    if not isinstance(value, dict):
        return value
    if value.get("kind") == "Secret":
        _mask_secret(value)
    named = text(value.get("name")) or text(value.get("key"))
    secret_pair = "value" in value and promises_secret(named)
    for key, item in value.items():
        value[key] = (
            _mask_all(item) if _is_secret(key, value) or (key == "value" and secret_pair) else _mask_values(item)
        )
    return value


def _is_secret(key: str, entry: Document) -> bool:
    return promises_secret(key) and not (key == "key" and selects(entry))


def _mask_all(value: object) -> object:
    """Everything in the value masked, but what only describes the secret and what is no more than yes or no."""
    if isinstance(value, list):
        return [_mask_all(item) for item in value]
    if isinstance(value, dict):
        return {key: item if says_about_secret(key) else _mask_all(item) for key, item in mapping(value).items()}
    return _masked(value)


def _masked(value: object) -> object:
    return value if value is None or isinstance(value, bool) or value == "" else MASK

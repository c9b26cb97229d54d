"""Manifests as people read them.

What is masked in them was masked when they entered: see gyre.flux.
"""

import yaml

from gyre.flux.parsing import Document


class _Readable(yaml.CSafeDumper):
    """Block text for what has lines, so that scripts and values stay readable."""


def _text(dumper: _Readable, value: str) -> yaml.ScalarNode:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Readable.add_representer(str, _text)


_FIRST = ("apiVersion", "kind", "metadata", "spec")
_LAST = "status"


def as_yaml(document: Document) -> str:
    """A document as YAML: what it is first, its status last, all else in its own order."""
    ordered = {key: document[key] for key in _FIRST if key in document}
    ordered |= {key: value for key, value in document.items() if key not in ordered and key != _LAST}
    if _LAST in document:
        ordered[_LAST] = document[_LAST]
    return yaml.dump(ordered, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=120)

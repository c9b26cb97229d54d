"""The CustomResourceDefinitions of the 19 Flux kinds, as the embedded cluster serves them.

Schemas of our own: enough to accept a manifest that works and to refuse a clear mistake.
What a kind does stands elsewhere.
"""

from gyre.demo.crds.appliers import APPLIERS
from gyre.demo.crds.definition import Definition, definition
from gyre.demo.crds.images import IMAGES
from gyre.demo.crds.notification import NOTIFICATION
from gyre.demo.crds.operator import OPERATOR
from gyre.demo.crds.shapes import Json
from gyre.demo.crds.sources import SOURCES

DEFINITIONS: tuple[Definition, ...] = (*SOURCES, *APPLIERS, *IMAGES, *NOTIFICATION, *OPERATOR)


def definitions() -> tuple[Json, ...]:
    """One manifest of apiextensions.k8s.io/v1 for each of the 19 kinds, made anew."""
    return tuple(definition(described) for described in DEFINITIONS)


__all__ = ["DEFINITIONS", "Definition", "definition", "definitions"]

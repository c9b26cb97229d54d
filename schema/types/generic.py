"""Kinds that carry Flux's label but that Gyre does not know by name.

What all objects share is in schema.types.resource.
"""

from schema.types.declare import object_type
from schema.types.resource import Resource


@object_type
class GenericResource(Resource):
    """An object of a kind that Gyre knows nothing special about."""

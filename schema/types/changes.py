"""What subscriptions send.

Its values are those of resolvers.streams as they are: the attributes have the same names.
"""

from gyre.terms.changes import ChangeType
from gyre.terms.rows import Word
from schema.types.declare import described, object_type
from schema.types.rows import ResourceRow
from schema.types.scalars import Position


@object_type
class ResourceChange:
    """One change of one object in your view."""

    type: ChangeType = described("What happened.")
    position: Position = described("Its place in the order of changes: continue with it as `after`.")
    cluster: str | None = described("The cluster it happened in; null for RESYNC.")
    row: ResourceRow | None = described("The object as it is now, or as it last was; null for RESYNC.")
    previous_status: Word | None = described("Its status before; null when it is new to your view.")

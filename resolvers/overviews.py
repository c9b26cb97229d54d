"""The fleet at a glance, as far as the caller may see it.

The counts are kept by gyre.fleet.
"""

from gyre.fleet.fleet import Overview
from gyre.fleet.queries import RowFilter
from resolvers.context import Context


async def overview(context: Context, asked: RowFilter) -> Overview:
    """Counts of what is asked for and may be seen, and what fails."""
    return context.services.fleet.overview(context.sight, asked)

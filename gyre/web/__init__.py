"""HTTP matters that are nobody's route: one middleware a file, and the built frontend in static/.

`surround(app, settings, policy)` puts all of them around the application in their one right order; `Frontend` serves
the built pages; `facts_of(scope)` tells where a request came from. Routes are rest_compat's and schema's; which of them
exist is gyre.app's wiring.
"""

from gyre.web.facts import facts_of
from gyre.web.frontend import Frontend
from gyre.web.surround import surround

__all__ = ["Frontend", "facts_of", "surround"]

"""Under which names a user of Gyre writes to a cluster that is set so; the API server decides with their rights.

That nothing is read in this way, and which clusters are set so, is gyre.fleet's.
"""

from typing import Final

from gyre.errors import NotAllowed
from gyre.kube.client import Impersonation
from gyre.terms.people import Principal

RESERVED: Final = "system:"
"""How Kubernetes' own users and groups begin: `system:masters` may everything."""


def impersonation(principal: Principal, prefix: str) -> Impersonation:
    """The user and groups of a principal, as the cluster is to see them; NotAllowed for a name of Kubernetes' own."""
    return Impersonation(
        user=_name(prefix + principal.username), groups=tuple(_name(prefix + group) for group in principal.groups)
    )


def _name(name: str) -> str:
    # Blanks around a header's value are dropped on the way: what is judged must be what arrives.
    if not name or name.strip() != name or not name.isprintable() or name.casefold().startswith(RESERVED):
        raise NotAllowed(
            f"Writes to this cluster are made in your name, and {name[:253]!r} can't be one there: names that begin "
            f"with {RESERVED} are Kubernetes' own, and none has blanks around it."
        )
    return name

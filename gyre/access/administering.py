"""Whether someone may administer Gyre itself: users, groups, policies, bindings, other people's sessions.

What may be done to objects of a cluster is decide's.
"""

from dataclasses import dataclass
from typing import Literal

from gyre.terms.people import Denied, Principal, Role


@dataclass(frozen=True, slots=True)
class Administrator:
    """A decision in favour, with who it is for and why."""

    principal: Principal
    because: str

    def __bool__(self) -> Literal[True]:
        return True


def may_administer(principal: Principal) -> Administrator | Denied:
    """Administrators may, through a session or a token that narrows nothing."""
    if principal.must_change_password:
        return Denied("the password has to be changed first")
    if principal.role is not Role.ADMIN:
        return Denied(f"role {principal.role.value} administers nothing, only role admin does")
    if principal.scope is not None:
        return Denied("the API token's scope does not cover administration")
    return Administrator(principal, "role admin administers Gyre")

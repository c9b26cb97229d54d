"""Who asks, what they want to do, and what was decided."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from gyre.terms.naming import ClusterName


class Action(Enum):
    """What one may do to an object. `edit` in a rule implies create, reconcile and suspend; any implies view."""

    VIEW = "view"
    CREATE = "create"
    EDIT = "edit"
    DELETE = "delete"
    RECONCILE = "reconcile"
    SUSPEND = "suspend"
    LOGS = "logs"
    RESTART = "restart"


class Role(Enum):
    """Built-in: everything; all actions, no administration; view all; nothing but what policies give."""

    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"
    MEMBER = "member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What one rule of a policy allows: plurals or `*`, namespaces or globs, actions or `*`."""

    policy: str
    resources: tuple[str, ...]
    namespaces: tuple[str, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A rule given on one cluster, or on `*`."""

    cluster: ClusterName | Literal["*"]
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who asks: a person through a session or an API token, with everything they were given.

    `scope` is what an API token narrows the grants to; None is all of them. Of `session_id` and `token_id` one is set,
    none for who is only asked about. Who must change their password may do nothing else before.
    """

    user_id: str
    username: str
    role: Role
    grants: tuple[Grant, ...]
    scope: tuple[Grant, ...] | None = None
    session_id: str = ""
    token_id: str = ""
    groups: tuple[str, ...] = field(default=())
    must_change_password: bool = False

    @property
    def came_by(self) -> str:
        """The id of the session or token: whatever stays open ends with it."""
        return self.session_id or self.token_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A decision in favour: who may do what, where, and which rule says so. A write needs one in hand."""

    principal: Principal
    action: Action
    cluster: ClusterName
    resource: str
    namespace: str
    because: str

    def __bool__(self) -> Literal[True]:
        return True


@dataclass(frozen=True, slots=True)
class Denied:
    """A decision against, with its reason."""

    because: str

    def __bool__(self) -> Literal[False]:
        return False


Verdict = Allowed | Denied

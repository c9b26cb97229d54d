"""The words of the domain as GraphQL enums, with what each means.

When which status holds is gyre.flux's to say.
"""

from enum import Enum

from gyre.access.explaining import Step
from gyre.audit.asking import Outcome as AuditOutcome
from gyre.fleet.queries import SortKey
from gyre.fleet.registry import Source as ClusterSource
from gyre.people.profiles import Theme
from gyre.terms.changes import ChangeType
from gyre.terms.events import EventType
from gyre.terms.people import Action, Role
from gyre.terms.rows import Word
from gyre.terms.sync import Sync
from schema.types.declare import enum_type

__all__ = [
    "Action",
    "AuditOutcome",
    "ChangeType",
    "ClusterSource",
    "EventType",
    "Role",
    "SortDirection",
    "SortKey",
    "Step",
    "Sync",
    "Word",
]


class SortDirection(Enum):
    """Which end of the order comes first."""

    ASC = "ASC"
    DESC = "DESC"


enum_type(
    Word,
    "Status",
    "The status of an object in one word, read from its conditions, generation and suspension.",
    {
        "READY": "As its spec says, or valid where nothing reconciles it.",
        "PROGRESSING": "Being reconciled, or waiting for what it depends on.",
        "FAILED": "The last reconcile failed; it may be retried.",
        "SUSPENDED": "Not reconciled until it is resumed.",
        "TERMINATING": "Being deleted.",
        "UNKNOWN": "Its conditions do not say.",
    },
)
enum_type(
    Sync,
    "Sync",
    "How well Gyre knows a cluster or one of its kinds.",
    {
        "SYNCING": "Being read for the first time.",
        "LIVE": "Watched: what you see is what the cluster has.",
        "STALE": "Read once, not watched now: rows may be out of date since the time given.",
        "ERROR": "Never read; the problem says why.",
    },
)
enum_type(
    ChangeType,
    "ChangeType",
    "What happened to an object or event, or to your view of it.",
    {
        "ADDED": "It is new, or came into your view.",
        "MODIFIED": "It changed.",
        "DELETED": "It is gone.",
        "LEFT": "It still exists but does not match your filter any more.",
        "RESYNC": "Changes were missed: read again what you show.",
    },
)
enum_type(
    AuditOutcome,
    "AuditOutcome",
    "How a deed ended.",
    {
        "SUCCEEDED": "It was done, or seen.",
        "FAILED": "It was allowed and tried, and came to nothing; the reason says why.",
        "REFUSED": "It was not allowed, or could not be meant; nothing was tried.",
        "OPEN": "It was begun, and it is not known how it ended: under way, or its process stopped meanwhile.",
    },
)
enum_type(
    EventType,
    "EventType",
    "Whether somebody should look at an event.",
    {
        "NORMAL": "For information.",
        "WARNING": "Something may be wrong.",
    },
)
enum_type(
    Action,
    "Action",
    "What one may do to an object.",
    {
        "VIEW": "See it.",
        "CREATE": "Create objects like it.",
        "EDIT": "Change its spec.",
        "DELETE": "Delete it.",
        "RECONCILE": "Ask its controller to reconcile it now.",
        "SUSPEND": "Suspend and resume it.",
        "LOGS": "Read the logs of its Pods.",
        "RESTART": "Restart the workload.",
    },
)
enum_type(
    Role,
    "Role",
    "A built-in set of rights.",
    {
        "ADMIN": "Everything, administration included.",
        "EDITOR": "All actions on all resources, no administration.",
        "VIEWER": "Sees everything.",
        "MEMBER": "Nothing but what policies give.",
    },
)
enum_type(
    Step,
    "RuleStep",
    "At what a rule stops covering what was asked.",
    {
        "CLUSTER": "It is given on another cluster.",
        "RESOURCE": "It does not name the kind.",
        "NAMESPACE": "It does not name the namespace.",
        "ACTION": "It does not name the action.",
    },
)
enum_type(
    SortDirection,
    "SortDirection",
    "Which end of the order comes first.",
    {"ASC": "Smallest, earliest or A first.", "DESC": "Largest, latest or Z first."},
)
enum_type(
    SortKey,
    "ResourceSortKey",
    "What rows are sorted by. Equal rows are ordered by cluster, namespace, kind and name.",
    {
        "NAME": "The object's name.",
        "NAMESPACE": "Its namespace.",
        "KIND": "Its kind.",
        "STATUS": "Its status: failed first, then progressing, and ready last.",
        "CHANGED_AT": "When its readiness last changed.",
        "RECONCILED_AT": "When it was last reconciled.",
        "CREATED_AT": "When it was created.",
        "CLUSTER": "The cluster it is in.",
    },
)
enum_type(
    ClusterSource,
    "ClusterSource",
    "Who a cluster comes from.",
    {
        "OPERATOR": "The operator, through the environment: it can't be changed or removed here.",
        "ADDED": "An administrator, while Gyre ran.",
    },
)
enum_type(
    Theme,
    "Theme",
    "Which colours somebody likes.",
    {"SYSTEM": "As their device has it.", "LIGHT": "Light.", "DARK": "Dark."},
)

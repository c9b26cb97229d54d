"""Shapes that many answers and questions share, each with the words that describe it.

What only one subject has stands with its endpoints.
"""

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from gyre.clock import rfc3339
from gyre.fleet.health import Problem
from gyre.flux.inventory import Entry
from resolvers.targets import LONGEST_NAME

EXAMPLE_POSITION = "ZGVmYXVsdD0xLjQy"
EXAMPLE_ID = "3b2f1c54-9c1e-4f0e-8d6a-5b1c2d3e4f50"

Timestamp = Annotated[str, Meta(description="A moment, as RFC 3339 says.", extra_json_schema={"format": "date-time"})]
Id = Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
Position = Annotated[
    str,
    Meta(
        description="A place in the order of changes. A read with `after=<position>` shows at least what was then.",
        examples=[EXAMPLE_POSITION],
    ),
]
ClusterName = Annotated[str, Meta(description="The cluster's name.", examples=["default"])]
ResourceType = Annotated[
    str,
    Meta(
        description="A kind: its plural, its singular, its Kind or a short name, in any case.",
        extra_json_schema={"minLength": 1, "maxLength": LONGEST_NAME},
        examples=["kustomizations"],
    ),
]
KubernetesObject = Annotated[
    dict[str, Any],
    Meta(
        description="A Kubernetes object, without `managedFields`; secret values are masked as `********`. "
        "Whole, unless `fields` asked for less.",
        extra_json_schema={
            "properties": {
                "apiVersion": {"type": "string"},
                "kind": {"type": "string"},
                "metadata": {"type": "object"},
            },
        },
    ),
]


class Shape(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Something that is answered: exactly these keys."""


After = Annotated[str, Meta(description="Wait, up to two seconds, until this position is seen.")]


class Asked(msgspec.Struct, frozen=True, rename="camel"):
    """Something that is asked: unknown keys are not minded."""


class Done(Shape, frozen=True):
    """It is done."""

    success: bool = True


class Pagination(Shape, frozen=True):
    """Which page it is, of how many."""

    page: Annotated[int, Meta(ge=1, examples=[1])]
    limit: Annotated[int, Meta(ge=1, examples=[20])]
    total: Annotated[int, Meta(ge=0, examples=[100])]
    total_pages: Annotated[int, Meta(ge=0, examples=[5])]


class Trouble(Shape, frozen=True):
    """Why something of the answer cannot be relied on."""

    cluster: str
    resource_type: str | None
    code: str
    message: str
    stale_since: Timestamp | None

    @classmethod
    def of(cls, problem: Problem) -> "Trouble":
        """A problem of the fleet as clients read it."""
        kind = problem.kind.plural if problem.kind else None
        since = rfc3339(problem.stale_since) if problem.stale_since else None
        return cls(problem.cluster, kind, problem.code, problem.message, since)


class Troubles(Shape, frozen=True):
    """What is added to an answer of a cluster that is away: what was last seen there is told all the same."""

    errors: tuple[Trouble, ...] | UnsetType = UNSET
    stale_since: Timestamp | UnsetType = UNSET

    @classmethod
    def told(cls, found: Iterable[Problem]) -> "Troubles":
        """Where something of an answer cannot be relied on; `staleSince` is the earliest."""
        errors = tuple(map(Trouble.of, found))
        stale = [each.stale_since for each in errors if each.stale_since is not None]
        return cls(errors=errors or UNSET, stale_since=min(stale, default=UNSET))


class Named(Shape, frozen=True):
    """The name of an object."""

    group: str
    kind: str
    namespace: str
    name: str

    @classmethod
    def of(cls, entry: Entry) -> "Named":
        """An entry of an inventory, by name."""
        return cls(entry.group, entry.kind, entry.namespace, entry.name)


class PathParameters(msgspec.Struct, frozen=True, rename="camel"):
    """What stands in the paths."""

    resource_type: ResourceType
    namespace: Annotated[
        str,
        Meta(
            description="The object's namespace.",
            extra_json_schema={"minLength": 1, "maxLength": LONGEST_NAME},
            examples=["flux-system"],
        ),
    ]
    name: Annotated[
        str,
        Meta(
            description="The object's name.",
            extra_json_schema={"minLength": 1, "maxLength": LONGEST_NAME},
            examples=["apps"],
        ),
    ]
    user_id: Annotated[str, Meta(description="The user's id.", examples=[EXAMPLE_ID])]
    policy_id: Annotated[str, Meta(description="The policy's id.", examples=[EXAMPLE_ID])]
    binding_id: Annotated[str, Meta(description="The binding's id.", examples=[EXAMPLE_ID])]
    token_id: Annotated[str, Meta(description="The token's id.", examples=[EXAMPLE_ID])]
    provider: Annotated[str, Meta(description="The sign-in provider's id.", examples=["company"])]
    cluster_id: Annotated[str, Meta(description="The cluster's id, or its name.", examples=["production"])]

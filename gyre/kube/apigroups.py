"""Reads the API groups of a cluster and what each version of them serves, in one request where the API server can.

Which of them matter to Gyre: see gyre.kube.discovery.
"""

from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import quote

import msgspec

from gyre.errors import GyreError
from gyre.kube.client import JSON, Call, KubeClient

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"


class Resource(msgspec.Struct, frozen=True):
    """What one version of a group serves under one plural."""

    plural: str
    kind: str
    namespaced: bool
    verbs: frozenset[str]


class Version(msgspec.Struct, frozen=True):
    """One version of a group; `problem` when what it serves could not be found out."""

    name: str
    resources: tuple[Resource, ...] = ()
    problem: str = ""


class Group(msgspec.Struct, frozen=True):
    """A group and its versions, the preferred one first."""

    name: str
    versions: tuple[Version, ...]


class _Name(msgspec.Struct, frozen=True):
    name: str = ""


class _ResponseKind(msgspec.Struct, frozen=True):
    kind: str = ""


class _AggregatedResource(msgspec.Struct, frozen=True, rename="camel"):
    resource: str
    scope: str = ""
    response_kind: _ResponseKind | None = None
    verbs: frozenset[str] = frozenset()


class _AggregatedVersion(msgspec.Struct, frozen=True):
    version: str
    freshness: str = "Current"
    resources: tuple[_AggregatedResource, ...] | None = ()


class _AggregatedGroup(msgspec.Struct, frozen=True):
    metadata: _Name
    versions: tuple[_AggregatedVersion, ...] | None = ()


class _PlainVersion(msgspec.Struct, frozen=True):
    version: str


class _PlainGroup(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    versions: tuple[_PlainVersion, ...] = ()
    preferred_version: _PlainVersion | None = None


class _Groups(msgspec.Struct, frozen=True):
    """Either form of the answer: `items` of the aggregated one, `groups` of the older one."""

    items: tuple[_AggregatedGroup, ...] | None = None
    groups: tuple[_PlainGroup, ...] | None = None


class _PlainResource(msgspec.Struct, frozen=True):
    name: str
    kind: str
    namespaced: bool = False
    verbs: frozenset[str] = frozenset()


class _PlainResources(msgspec.Struct, frozen=True):
    resources: tuple[_PlainResource, ...] | None = ()


_groups_decoder = msgspec.json.Decoder(_Groups)
_resources_decoder = msgspec.json.Decoder(_PlainResources)


async def read_groups(client: KubeClient, wanted: Collection[str]) -> tuple[Group, ...]:
    """Those of the wanted groups that the cluster serves."""
    body = await client.ask(Call(path="/apis", accept=f"{AGGREGATED},{JSON}"))
    try:
        answer = _groups_decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise client.refusal.unreachable(f"/apis is not that of a Kubernetes API: {error}") from error
    if answer.items is not None:
        return tuple(_aggregated(group) for group in answer.items if group.metadata.name in wanted)
    return tuple([await _plain(client, group) for group in answer.groups or () if group.name in wanted])


def _aggregated(group: _AggregatedGroup) -> Group:
    versions = []
    for version in group.versions or ():
        resources = tuple(
            Resource(it.resource, it.response_kind.kind, it.scope == "Namespaced", it.verbs)
            for it in version.resources or ()
            if it.response_kind and it.response_kind.kind
        )
        problem = "" if version.freshness == "Current" else "the API server has not heard of it lately"
        versions.append(Version(version.version, resources, problem))
    return Group(group.metadata.name, tuple(versions))


async def _plain(client: KubeClient, group: _PlainGroup) -> Group:
    names = [version.version for version in group.versions]
    if group.preferred_version and group.preferred_version.version in names:
        names.remove(group.preferred_version.version)
        names.insert(0, group.preferred_version.version)
    return Group(group.name, tuple([await _plain_version(client, group.name, name) for name in names]))


async def _plain_version(client: KubeClient, group: str, version: str) -> Version:
    path = f"/apis/{quote(group, safe='')}/{quote(version, safe='')}"
    try:
        answer = _resources_decoder.decode(await client.ask(Call(path=path)))
    except GyreError as error:
        gone = error.details.get("status") == HTTPStatus.NOT_FOUND  # removed between the two questions
        return Version(version, problem="" if gone else error.message)
    except msgspec.MsgspecError as error:
        return Version(version, problem=f"{path} makes no sense: {error}")
    resources = (it for it in answer.resources or () if "/" not in it.name)  # a/b is a subresource
    return Version(version, tuple(Resource(it.name, it.kind, it.namespaced, it.verbs) for it in resources))

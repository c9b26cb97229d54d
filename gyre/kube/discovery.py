"""Which Flux kinds a cluster serves, in which version, and how that changes while it runs.

What a kind means is gyre.flux's, which also knows the groups asked for here.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Iterator
from dataclasses import dataclass

import msgspec

from gyre.clock import Clock
from gyre.errors import GyreError
from gyre.kube.apigroups import Group, read_groups
from gyre.kube.backoff import chance
from gyre.kube.client import JSON, Call, KubeClient
from gyre.kube.told import Served
from gyre.terms.naming import Kind

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
FLUX_LABEL = "app.kubernetes.io/part-of=flux"
NAMES_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"  # whole definitions are megabytes
MOST_DEFINITIONS = 500
NEEDED = frozenset({"list", "watch"})
AGAIN_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Discovery:
    """What is served, and what could not be found out; a group with a problem keeps what was known of it before."""

    served: tuple[Served, ...]
    problems: tuple[str, ...] = ()


class _Metadata(msgspec.Struct, frozen=True):
    name: str = ""


class _Definition(msgspec.Struct, frozen=True):
    metadata: _Metadata


class _Definitions(msgspec.Struct, frozen=True):
    items: tuple[_Definition, ...] | None = ()


_definitions_decoder = msgspec.json.Decoder(_Definitions)


async def discover(client: KubeClient, groups: Collection[str], *, before: Discovery | None = None) -> Discovery:
    """Every kind of these groups, and of others whose definition says that it is part of Flux."""
    problems: list[str] = []
    try:
        labelled = await _labelled(client)
    except GyreError as error:
        labelled = _known_elsewhere(before, groups)
        problems.append(f"kinds unknown to Gyre are not found: {error.message}")
    others = {name.partition(".")[2] for name in labelled}
    found = await read_groups(client, {*groups, *others})
    served: dict[Kind, Served] = {}
    for group in found:
        for one in _kinds(group):
            if group.name in groups or str(one.kind) in labelled:
                served.setdefault(one.kind, one)
        broken = [f"{group.name}/{version.name}: {version.problem}" for version in group.versions if version.problem]
        problems += broken
        for one in before.served if broken and before else ():
            if one.kind.group == group.name:
                served.setdefault(one.kind, one)
    return Discovery(tuple(sorted(served.values(), key=lambda one: str(one.kind))), tuple(problems))


async def discoveries(
    client: KubeClient, groups: Collection[str], clock: Clock, *, asked: asyncio.Event, seconds: float = AGAIN_SECONDS
) -> AsyncGenerator[Discovery | GyreError, None]:
    """What is served now, and again whenever that changes or could not be found out.

    Looks about every `seconds`, and at once when `asked` is set (a watch was told that its kind is gone).
    """
    last: Discovery | GyreError | None = None
    known: Discovery | None = None
    while True:
        asked.clear()
        found: Discovery | GyreError
        try:
            found = known = await discover(client, groups, before=known)
        except GyreError as error:
            found = error
        if not _same(found, last):
            last = found
            yield found
        await _until(asked, clock, seconds * chance(0.8, 1.2))


async def _until(asked: asyncio.Event, clock: Clock, seconds: float) -> None:
    """Return after this long, or sooner when asked."""
    async with asyncio.TaskGroup() as group:
        waits = [group.create_task(asked.wait()), group.create_task(clock.sleep(seconds))]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()


def _same(found: Discovery | GyreError, last: Discovery | GyreError | None) -> bool:
    if isinstance(found, GyreError):
        return isinstance(last, GyreError) and (type(last), last.message) == (type(found), found.message)
    return found == last


async def _labelled(client: KubeClient) -> frozenset[str]:
    """`plural.group` of the definitions that carry Flux's label."""
    query = (("labelSelector", FLUX_LABEL), ("limit", str(MOST_DEFINITIONS)))
    body = await client.ask(Call(path=DEFINITIONS, query=query, accept=f"{NAMES_ONLY},{JSON}"))
    try:
        found = _definitions_decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise client.refusal.unreachable(f"the list of definitions makes no sense: {error}") from error
    return frozenset(definition.metadata.name for definition in found.items or ())


def _known_elsewhere(before: Discovery | None, groups: Collection[str]) -> frozenset[str]:
    served = before.served if before else ()
    return frozenset(str(one.kind) for one in served if one.kind.group not in groups)


def _kinds(group: Group) -> Iterator[Served]:
    """What can be listed and watched, the preferred version of each first."""
    for version in group.versions:
        for it in version.resources:
            if it.verbs >= NEEDED:
                kind = Kind(group.name, it.kind, it.plural)
                yield Served(kind=kind, version=version.name, namespaced=it.namespaced, verbs=it.verbs)

"""What is asked of a cluster once, on demand: an object, a list, the version. Each call says why it may be made.

What the fleet already knows is answered by the fleet, not from here.
"""

import logging
from dataclasses import dataclass

import msgspec

from gyre.kube.client import Call, KubeClient, path_of
from gyre.terms.naming import Kind, Ref

MOST_OBJECTS = 500  # of one list asked on demand; the answer says that there are more

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which objects of a kind: all namespaces when `namespace` is empty, all objects without selectors."""

    namespace: str = ""
    labels: str = ""
    fields: str = ""
    limit: int = MOST_OBJECTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Objects as JSON; those of built-in kinds lack apiVersion and kind, as the API server sends them."""

    objects: tuple[bytes, ...]
    resource_version: str
    complete: bool


class ServerVersion(msgspec.Struct, frozen=True, rename="camel"):
    """What runs there: `v1.36.3`, `linux/amd64`."""

    git_version: str = ""
    platform: str = ""


class ListMeta(msgspec.Struct, frozen=True, rename="camel"):
    """metadata of a list."""

    resource_version: str = ""
    continue_: str = msgspec.field(default="", name="continue")


class Page(msgspec.Struct, frozen=True):
    """One page of a list, its objects left as they came."""

    metadata: ListMeta = ListMeta()
    items: list[msgspec.Raw] | None = None

    @property
    def objects(self) -> tuple[bytes, ...]:
        """Each object as its own bytes, so that the page can be forgotten."""
        return tuple(bytes(item) for item in self.items or ())


page_decoder = msgspec.json.Decoder(Page)
version_decoder = msgspec.json.Decoder(ServerVersion)


async def get(client: KubeClient, ref: Ref, version: str, *, because: str) -> bytes:
    """One object as the API server has it now, unmasked."""
    log.debug("%s: get %s because %s", client.cluster, ref, because)
    path = path_of(ref.kind, version, namespace=ref.namespace, name=ref.name)
    return await client.ask(Call(path=path))


async def list_objects(client: KubeClient, kind: Kind, version: str, selection: Selection, *, because: str) -> Listing:
    """The first objects of a kind that are selected; `complete` says whether these are all."""
    log.debug("%s: list %s because %s", client.cluster, kind, because)
    asked = {"limit": str(selection.limit), "labelSelector": selection.labels, "fieldSelector": selection.fields}
    query = [(name, value) for name, value in asked.items() if value]
    path = path_of(kind, version, namespace=selection.namespace)
    page = read_page(client, await client.ask(Call(path=path, query=query)))
    meta = page.metadata
    return Listing(objects=page.objects, resource_version=meta.resource_version, complete=not meta.continue_)


async def server_version(client: KubeClient, *, because: str) -> ServerVersion:
    """Which Kubernetes answers."""
    log.debug("%s: version because %s", client.cluster, because)
    body = await client.ask(Call(path="/version"))
    try:
        return version_decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise client.refusal.unreachable(f"/version is not that of a Kubernetes API: {error}") from error


def read_page(client: KubeClient, body: bytes) -> Page:
    """One page of a list; what is none is an answer that makes no sense."""
    try:
        return page_decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise client.refusal.unreachable(f"the answer is not a Kubernetes list: {error}") from error

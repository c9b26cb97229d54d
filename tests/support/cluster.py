"""A little Kubernetes API on loopback that tests fill, change and break: the fake at the wire for rooms above it.

It knows only discovery, lists, watches and merge patches. What a real API server answers is checked by tests/cluster.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from gyre.kube.access import FromKubeconfig, from_kubeconfig
from gyre.terms.naming import Kind

Document = dict[str, Any]

KUSTOMIZATIONS = Kind("kustomize.toolkit.fluxcd.io", "Kustomization", "kustomizations")
HELM_RELEASES = Kind("helm.toolkit.fluxcd.io", "HelmRelease", "helmreleases")
GIT_REPOSITORIES = Kind("source.toolkit.fluxcd.io", "GitRepository", "gitrepositories")
EVENTS = Kind("", "Event", "events")
WIDGETS = Kind("example.com", "Widget", "widgets")

READY = {
    "type": "Ready",
    "status": "True",
    "reason": "ReconciliationSucceeded",
    "message": "Applied revision: main@sha1:1",
    "lastTransitionTime": "2026-01-01T00:00:00Z",
}
FAILED = {**READY, "status": "False", "reason": "BuildFailed", "message": "kustomize build failed"}


def thing(
    name: str,
    namespace: str = "prod",
    *,
    uid: str = "",
    conditions: Iterable[Mapping[str, str]] = (READY,),
    **more: Any,
) -> Document:
    """An object that is Ready unless its conditions say otherwise."""
    metadata = {
        "name": name,
        "namespace": namespace,
        "uid": uid or f"uid-{namespace}-{name}",
        "creationTimestamp": "2026-01-01T00:00:00Z",
        **more.pop("metadata", {}),
    }
    return {"metadata": metadata, "status": {"conditions": list(conditions)}, **more}


def event(
    name: str,
    about: Kind = KUSTOMIZATIONS,
    *,
    of: str = "apps",
    namespace: str = "prod",
    at: str = "2026-01-01T00:00:00Z",
    **more: Any,
) -> Document:
    """A Kubernetes Event about an object, as its controller tells it."""
    involved = {
        "apiVersion": f"{about.group}/v1".lstrip("/"),
        "kind": about.name,
        "namespace": namespace,
        "name": of,
        "uid": f"uid-{namespace}-{of}",
    }
    return {
        "metadata": {"name": name, "namespace": namespace, "uid": f"uid-{name}", "creationTimestamp": at},
        "involvedObject": involved,
        "reason": "ReconciliationSucceeded",
        "message": "Reconciliation finished in 1s",
        "type": "Normal",
        "count": 1,
        "firstTimestamp": at,
        "lastTimestamp": at,
        "eventTime": None,
        "source": {"component": "kustomize-controller"},
        "reportingComponent": "kustomize-controller",
        "reportingInstance": "",
        **more,
    }


@dataclass
class Served:
    """One kind as this API serves it."""

    kind: Kind
    version: str = "v1"
    refuses: int = 0
    """The HTTP status of every answer about this kind, if not 0."""
    objects: dict[tuple[str, str], Document] = field(default_factory=dict)
    watchers: set[asyncio.Queue[bytes | None]] = field(default_factory=set)
    lists: int = 0

    @property
    def path(self) -> str:
        root = f"/apis/{self.kind.group}" if self.kind.group else "/api"
        return f"{root}/{self.version}/{self.kind.plural}"


@dataclass
class LittleCluster:
    """Objects of a few kinds, and everyone who watches them."""

    served: dict[Kind, Served] = field(default_factory=dict)
    version: int = 100
    oldest: int = 0
    """Watches from before this version are told that it is expired."""
    away: bool = False
    writes: list[Document] = field(default_factory=list)
    """Every patch it took, with the path it was sent to and whether it was a dry run."""
    port: int = 0
    token: str = ""
    """Whoever comes with another is refused; empty: nobody is."""
    callers: list[str] = field(default_factory=list)
    """The token of each request."""
    in_names: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    """Method, user and groups of each request that was made in somebody's name."""
    may_write: frozenset[str] | None = None
    """The users who may write; None: whoever does."""
    may_impersonate: bool = True

    def serve(self, kind: Kind, version: str = "v1") -> Served:
        """Serve this kind from now on; in another version than before, its objects stay."""
        before = self.served.get(kind)
        objects = before.objects if before else {}
        self.served[kind] = Served(kind, version, objects=objects)
        if before:
            self._end(before)
        return self.served[kind]

    def withdraw(self, kind: Kind) -> None:
        """The definition of this kind is deleted."""
        self._end(self.served.pop(kind))

    def has(self, kind: Kind, *things: Document) -> None:
        """Create or change objects."""
        served = self.served[kind]
        for document in things:
            self.version += 1
            metadata = document["metadata"]
            key = (metadata["namespace"], metadata["name"])
            what = "MODIFIED" if key in served.objects else "ADDED"
            served.objects[key] = document | {
                "apiVersion": f"{kind.group}/{served.version}".lstrip("/"),
                "kind": kind.name,
                "metadata": metadata | {"resourceVersion": str(self.version)},
            }
            self._tell(served, what, served.objects[key])

    def lacks(self, kind: Kind, namespace: str, name: str) -> None:
        """Delete an object."""
        self.version += 1
        served = self.served[kind]
        gone = served.objects.pop((namespace, name))
        self._tell(served, "DELETED", gone | {"metadata": gone["metadata"] | {"resourceVersion": str(self.version)}})

    def forget_history(self) -> None:
        """Compact: end all watches, and let none of them go on from where it was."""
        self.oldest = self.version + 1
        self.version += 1
        for served in self.served.values():
            self._end(served)

    def go_away(self) -> None:
        """Answer nobody, and drop who listens."""
        self.away = True
        for served in self.served.values():
            self._end(served)

    def come_back(self) -> None:
        """Answer again."""
        self.away = False

    def raw(self, kind: Kind, namespace: str, name: str) -> bytes:
        """The object as a GET of it would answer."""
        return json.dumps(self.served[kind].objects[namespace, name]).encode()

    def access(self, folder: Path, name: str = "kubeconfig") -> FromKubeconfig:
        """A kubeconfig for it."""
        path = folder / name
        path.write_text(f"""
apiVersion: v1
kind: Config
current-context: here
contexts: [{{name: here, context: {{cluster: there, user: me}}}}]
clusters: [{{name: there, cluster: {{server: "http://127.0.0.1:{self.port}"}}}}]
users: [{{name: me, user: {{token: a-token}}}}]
""")
        return from_kubeconfig(path)

    def _tell(self, served: Served, what: str, document: Document) -> None:
        for watcher in served.watchers:
            watcher.put_nowait(json.dumps({"type": what, "object": document}).encode() + b"\n")

    def _end(self, served: Served) -> None:
        for watcher in served.watchers:
            watcher.put_nowait(None)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """What the API says to this request."""
        if self.away:
            if request.transport:
                request.transport.abort()
            return web.Response(status=503)
        refused = self._judge(request)
        if refused is not None:
            return refused
        if request.path == "/version":
            return web.json_response({"gitVersion": "v1.36.3"})
        return await self._answer(request)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/apis":
            return web.json_response({"groups": self._groups()})
        if request.path.endswith("/customresourcedefinitions"):
            names = [{"metadata": {"name": str(kind)}} for kind in self.served if kind.group]
            return web.json_response({"items": names})
        return await self._about_objects(request) or self._group_version(request.path)

    def _judge(self, request: web.Request) -> web.Response | None:
        """Refuse as a real API server does, in its words, who is unknown, may not write or may not use a name."""
        self.callers.append(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if self.token and self.callers[-1] != self.token:
            return _status(401, "Unauthorized", "Unauthorized")
        user = request.headers.get("Impersonate-User", "")
        if user:
            groups = tuple(request.headers.getall("Impersonate-Group", []))
            self.in_names.append((request.method, user, groups))
            if not self.may_impersonate:
                words = f'users "{user}" is forbidden: User "gyre" cannot impersonate resource "users" in API group ""'
                return _status(403, "Forbidden", f"{words} at the cluster scope")
        if request.method != "GET" and self.may_write is not None and user not in self.may_write:
            namespace, plural, name = request.path.rsplit("/", 3)[1:]
            words = f'{plural} "{name}" is forbidden: User "{user}" cannot patch resource "{plural}"'
            return _status(403, "Forbidden", f'{words} in the namespace "{namespace}"')
        return None

    async def _about_objects(self, request: web.Request) -> web.StreamResponse | None:
        for served in self.served.values():
            if request.path == served.path:
                return await self._collection(served, request)
            if request.method == "PATCH" and request.path.split("/")[-2] == served.kind.plural:
                return await self._patch(served, request)
        return None

    def defined(self) -> list[Served]:
        """What is served by a definition: all but the core group's kinds."""
        return [served for served in self.served.values() if served.kind.group]

    def _groups(self) -> list[Document]:
        versions: dict[str, list[str]] = {}
        for served in self.defined():
            versions.setdefault(served.kind.group, []).append(served.version)
        return [
            {"name": group, "versions": [{"version": version} for version in dict.fromkeys(found)]}
            for group, found in versions.items()
        ]

    def _group_version(self, path: str) -> web.Response:
        resources = [
            {
                "name": served.kind.plural,
                "kind": served.kind.name,
                "namespaced": True,
                "verbs": ["get", "list", "patch", "watch"],
            }
            for served in self.served.values()
            if path == f"/apis/{served.kind.group}/{served.version}"
        ]
        return web.json_response({"resources": resources}) if resources else _status(404, "NotFound", "not served")

    async def _collection(self, served: Served, request: web.Request) -> web.StreamResponse:
        if served.refuses:
            return _status(served.refuses, "Forbidden", f"may not list {served.kind.plural}")
        if request.query.get("watch") == "true":
            return await self._watch(served, request)
        served.lists += 1
        objects = list(served.objects.values())
        return web.json_response({"metadata": {"resourceVersion": str(self.version)}, "items": objects})

    async def _patch(self, served: Served, request: web.Request) -> web.Response:
        namespace, _, name = request.path.rsplit("/", 3)[1:]
        before = served.objects.get((namespace, name))
        if before is None:
            return _status(404, "NotFound", f"{served.kind.plural} {name!r} not found")
        patch, dry_run = await request.json(), request.query.get("dryRun") == "All"
        self.writes.append({"path": request.path, "patch": patch, "dryRun": dry_run})
        after = _merged(before, patch)
        if not dry_run:
            self.has(served.kind, after)
            after = served.objects[namespace, name]
        return web.json_response(after)

    async def _watch(self, served: Served, request: web.Request) -> web.StreamResponse:
        since = int(request.query["resourceVersion"])
        if since < self.oldest:
            return _status(410, "Expired", "too old resource version")
        response = web.StreamResponse()
        await response.prepare(request)
        heard: asyncio.Queue[bytes | None] = asyncio.Queue()
        for document in served.objects.values():
            if int(document["metadata"]["resourceVersion"]) > since:
                heard.put_nowait(json.dumps({"type": "MODIFIED", "object": document}).encode() + b"\n")
        served.watchers.add(heard)
        try:
            while (line := await heard.get()) is not None:
                await response.write(line)
        except ConnectionError:
            pass
        finally:
            served.watchers.discard(heard)
        if self.away and request.transport:
            request.transport.abort()
        return response


def _merged(value: Any, patch: Any) -> Any:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    before = value if isinstance(value, dict) else {}
    kept = {key: before[key] for key in before if key not in patch}
    return kept | {key: _merged(before.get(key), part) for key, part in patch.items() if part is not None}


def _status(code: int, reason: str, message: str) -> web.Response:
    said = {"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message}
    return web.json_response(said, status=code)


@asynccontextmanager
async def open_cluster(
    *kinds: Kind, tls: ssl.SSLContext | None = None, token: str = ""
) -> AsyncIterator[LittleCluster]:
    """Serve these kinds while inside."""
    cluster = LittleCluster(token=token)
    for kind in kinds:
        cluster.serve(kind)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", cluster.answer)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    cluster.port = runner.addresses[0][1]
    try:
        yield cluster
    finally:
        for served in cluster.served.values():
            cluster._end(served)
        await runner.cleanup()

"""A Kubernetes API as the contract suite talks to it: plain HTTP with the credentials of a kubeconfig."""

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import yaml

Json = dict[str, Any]
MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
PATIENCE_SECONDS = 90.0  # a real garbage collector looks for new kinds every half minute


@dataclass(frozen=True, slots=True)
class Credentials:
    """Where the API is, what to trust, and who we are."""

    server: str
    trust: ssl.SSLContext
    stranger: ssl.SSLContext  # trusts the same authority, brings no certificate
    token: str

    @classmethod
    def read(cls, kubeconfig: Path) -> "Credentials":
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        trust = ssl.create_default_context(cadata=authority)
        if "client-certificate-data" in user:
            pair = kubeconfig.with_name(f"{kubeconfig.name}.pem")
            pair.touch(mode=0o600)
            parts = (user["client-certificate-data"], user["client-key-data"])
            pair.write_bytes(b"".join(base64.b64decode(part) for part in parts))
            trust.load_cert_chain(pair)
        return cls(cluster["server"], trust, ssl.create_default_context(cadata=authority), user.get("token", ""))


class Api:
    """The API, one connection pool."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, *, accept: str = "application/json", **query: object) -> httpx2.Response:
        return await self.http.get(path, params=_query(query), headers={"accept": accept})

    async def post(self, path: str, body: Json, **query: object) -> httpx2.Response:
        return await self.http.post(path, json=body, params=_query(query))

    async def put(self, path: str, body: Json, **query: object) -> httpx2.Response:
        return await self.http.put(path, json=body, params=_query(query))

    async def patch(self, path: str, body: object, kind: str = MERGE, **query: object) -> httpx2.Response:
        content = json.dumps(body).encode()
        return await self.http.patch(path, content=content, params=_query(query), headers={"content-type": kind})

    async def delete(self, path: str, body: Json | None = None, **query: object) -> httpx2.Response:
        return await self.http.request("DELETE", path, json=body, params=_query(query))

    @asynccontextmanager
    async def watch(self, path: str, *, accept: str = "application/json", **query: object) -> AsyncIterator["Watching"]:
        """The events of a watch, as they come."""
        asked = _query({"watch": "true", **query})
        async with self.http.stream("GET", path, params=asked, headers={"accept": accept}) as response:
            yield Watching(response)


class Watching:
    """One open watch."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self, seconds: float = 60.0) -> Json:
        """The next event; fails when none comes in time."""
        line = await asyncio.wait_for(anext(self._lines), seconds)
        event: Json = json.loads(line)
        return event

    async def some(self, count: int) -> list[Json]:
        return [await self.next() for _ in range(count)]

    async def rest(self, seconds: float = 60.0) -> list[Json]:
        """All events until the server ends the watch."""

        async def read() -> list[Json]:
            return [json.loads(line) async for line in self._lines]

        return await asyncio.wait_for(read(), seconds)


async def eventually(question: Callable[[], Awaitable[bool]], what: str) -> None:
    """Ask until it is so: some things a cluster does in its own time."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while not await question():
        assert asyncio.get_running_loop().time() < deadline, f"{what}: not within {PATIENCE_SECONDS} s"
        await asyncio.sleep(0.1)


def told(events: list[Json]) -> list[tuple[str, str]]:
    """The type and the object's name of each event."""
    return [(event["type"], event["object"]["metadata"]["name"]) for event in events]


def causes(status: Json) -> set[tuple[str, str]]:
    """The field and the reason of each cause of a refusal."""
    return {(cause["field"], cause["reason"]) for cause in status["details"]["causes"]}


def _query(query: dict[str, object]) -> dict[str, str]:
    return {key.rstrip("_"): _text(value) for key, value in query.items() if value is not None}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)

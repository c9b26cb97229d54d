"""docs/rest.md shows each call with curl and its answer: they are sent as they stand, and answered so.

Curl itself is not asked, as not every machine has it: its few options are read here, and any other is refused.
"""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from rest_compat.routes import ENDPOINTS
from tests.contract.rest.conftest import Client

pytestmark = pytest.mark.anyio

PAGE = (Path(__file__).parents[3] / "docs" / "rest.md").read_text()
CALLS = re.findall(
    r"^\$ (curl .*)\n(.*)$", "\n".join(re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)), re.MULTILINE
)
DOCUMENTED = {
    "POST /api/auth/login",
    "POST /api/auth/logout",
    "GET /api/flux/{resource_type}",
    "GET /api/flux/{resource_type}/{namespace}/{name}",
    "POST /api/flux/{resource_type}",
    "PUT /api/flux/{resource_type}/{namespace}/{name}",
    "DELETE /api/flux/{resource_type}/{namespace}/{name}",
    "POST /api/flux/{resource_type}/{namespace}/{name}/reconcile",
    "POST /api/flux/{resource_type}/{namespace}/{name}/suspend",
    "POST /api/flux/{resource_type}/{namespace}/{name}/resume",
    "GET /api/clusters",
    "POST /api/clusters",
    "DELETE /api/clusters/{cluster_id}",
    "GET /api/users",
    "POST /api/users",
    "PUT /api/users/{user_id}",
    "DELETE /api/users/{user_id}",
    "GET /api/rbac/policies",
    "POST /api/rbac/policies",
    "POST /api/rbac/bindings",
    "GET /api/events",
    "GET /api/health",
}
"""What every client of the API knows; the rest is in the tables."""
ANY = "…"


def read(command: str) -> tuple[str, str, dict[str, str], str | None, set[str]]:
    """Method, address, headers, body, and whether the jar is read (b) and written (c)."""
    words = iter(shlex.split(command)[1:])
    method, address, headers, body, jar = "", "", dict[str, str](), None, set[str]()
    for word in words:
        match word:
            case "-b" | "-c":
                assert next(words) == "jar"
                jar.add(word[1])
            case "-X":
                method = next(words)
            case "-H":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "-d":
                body = next(words)
            case _:
                assert word.startswith("http://localhost:8000/"), f"what is {word}?"
                address = word.removeprefix("http://localhost:8000")
    return method or ("GET" if body is None else "POST"), address, headers, body, jar


def check(said: Any, found: Any, known: dict[str, str], place: str = "$") -> None:
    """Whether what was answered is what is documented; a `$NAME` that is new is learned."""
    if said == ANY:
        return
    if isinstance(said, str) and said.startswith("$"):
        assert known.setdefault(said, found) == found, place
    elif isinstance(said, dict):
        wanted = {key: value for key, value in said.items() if key != ANY}
        assert set(wanted) <= set(found) if ANY in said else set(wanted) == set(found), (place, sorted(found))
        for key, value in wanted.items():
            check(value, found[key], known, f"{place}.{key}")
    elif isinstance(said, list):
        more = said[1:] == [ANY]
        assert len(found) >= 1 if more else len(found) == len(said), place
        for number, value in enumerate(said[:1] if more else said):
            check(value, found[number], known, f"{place}[{number}]")
    else:
        assert found == said, place


def test_every_call_that_clients_know_is_shown() -> None:
    shown = {(method, address.partition("?")[0]) for method, address, *_ in (read(command) for command, _ in CALLS)}
    patterns = {
        f"{method} {route.path}": route.path_regex
        for route in ENDPOINTS
        if isinstance(route, Route)
        for method in route.methods or ()
    }
    missing = {
        each
        for each in DOCUMENTED
        if not any(method == each.split()[0] and patterns[each].match(path) for method, path in shown)
    }
    assert missing == set()


async def test_each_call_is_answered_as_it_stands_there(client: Client) -> None:
    known: dict[str, str] = {}
    async with httpx2.AsyncClient(base_url=client.http.base_url, trust_env=False, timeout=60) as http:
        jar: dict[str, str] = {}
        for command, answer in CALLS:
            for name, value in known.items():
                command = command.replace(name, value)  # noqa: PLW2901 # as a shell would
            method, address, headers, body, options = read(command)
            if "b" in options:
                headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
            http.cookies.clear()
            found = await http.request(method, address, headers=headers, content=body)
            if "c" in options:
                jar = dict(found.cookies)
            check(json.loads(answer), found.json(), known, f"{method} {address}")
    assert len(CALLS) >= len(DOCUMENTED)

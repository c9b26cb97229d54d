"""docs/rest.md shows each call with curl and its answer: they are sent as they stand, and answered so.

Curl itself is not asked, as not every machine has it: its few options are read here, and any other is refused.
"""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from rest_compat import docs
from rest_compat.routes import ENDPOINTS
from tests.contract.rest.conftest import Client
from tests.support.clients import asking

pytestmark = pytest.mark.anyio

PAGE = (Path(__file__).parents[3] / "docs" / "rest.md").read_text()
CALLS = re.findall(
    r"^\$ (curl .*)\n(\d{3}) (.*)$", "\n".join(re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)), re.MULTILINE
)
ANY = "…"
JSON = "application/json"
TENANTS = "/api/flux/kustomizations/flux-system/tenants"


def read(command: str) -> tuple[str, str, dict[str, str], str | None, set[str]]:
    """Method, address, headers, body, and whether the jar is read (b) and written (c)."""
    words = iter(shlex.split(command)[1:])
    method, address, headers, body, jar = "", "", dict[str, str](), None, set[str]()
    for word in words:
        match word:
            case "-b" | "-c":
                assert next(words) == "jar"
                jar.add(word[1])
            case "-N":
                pass
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


def test_every_endpoint_is_shown_and_every_call_has_its_answer() -> None:
    shown = {(method, address.partition("?")[0]) for method, address, *_ in (read(command) for command, *_ in CALLS)}
    missing = {
        f"{method} {route.path}"
        for route in ENDPOINTS
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
        if not any(method == asked and route.path_regex.match(path) for asked, path in shown)
    }
    assert missing == set()
    assert len(CALLS) == len(re.findall(r"^\$ ", PAGE, re.MULTILINE))


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The page of the document, where the pages are not built."""
    if not docs.PAGE.is_file():
        monkeypatch.setattr(docs, "PAGE", tmp_path / "index.html")
        docs.PAGE.write_text("<!doctype html>\n<title>REST API</title>\n")
        docs._built.cache_clear()
    yield
    docs._built.cache_clear()


@pytest.mark.usefixtures("page")
async def test_each_call_is_answered_as_it_stands_there(client: Client) -> None:
    await client.ask("POST", f"{TENANTS}/reconcile")
    await client.eventually(f"{TENANTS}/events", lambda seen: bool(seen.json()["events"]))
    known = {"$KUBECONFIG": json.dumps(client.kubeconfig)[1:-1]}
    jar: dict[str, str] = {}
    async with asking(client.app.address, timeout=60) as http:
        for command, status, answer in CALLS:
            method, address, headers, body, options = read(command)
            if "b" in options:
                headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
            http.cookies.clear()
            asked = {name: _filled(value, known) for name, value in headers.items()}
            content = None if body is None else _filled(body, known)
            async with http.stream(method, _filled(address, known), headers=asked, content=content) as found:
                text = await _first_of(found)
                assert found.status_code == int(status), (command, text)
            if "c" in options:
                jar = dict(found.cookies)
            _compare(answer, text, known, f"{method} {address}")


def _filled(text: str, known: dict[str, str]) -> str:
    return re.sub(r"\$[A-Z_]+", lambda name: known[name[0]], text)


async def _first_of(found: httpx2.Response) -> str:
    """All of JSON, the first line of all else: a stream of events never ends."""
    if found.headers["content-type"] == JSON:
        return (await found.aread()).decode()
    return await anext(found.aiter_lines())


def _compare(said: str, text: str, known: dict[str, str], call: str) -> None:
    if said.startswith("{"):
        check(json.loads(said), json.loads(text), known, call)
    else:
        assert re.fullmatch(re.escape(said).replace(ANY, ".*"), text), (call, text)

"""The logs of simulated Pods: which container, how many lines, since when, and what is refused."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import StreamingResponse

from gyre.clock import rfc3339
from gyre.demo.api.logs import log
from gyre.demo.api.requests import Target
from gyre.demo.api.serving import Serving
from gyre.demo.builtin_kinds import POD
from gyre.demo.container_logs import KEPT
from gyre.demo.store import Store
from tests.support.clocks import START, HandClock

pytestmark = pytest.mark.anyio

LOG = "/api/v1/namespaces/prod/pods/web/log"


def pod(*containers: str, **states: Any) -> dict[str, Any]:
    running = {"running": {"startedAt": rfc3339(START)}}
    return {
        "metadata": {"name": "web"},
        "spec": {"containers": [{"name": name, "image": f"{name}:1"} for name in containers]},
        "status": {
            "containerStatuses": [
                {"name": name, "image": f"{name}:1", "state": states.get(name, running)} for name in containers
            ]
        },
    }


async def test_a_log_grows_and_what_was_said_stays(http: httpx2.AsyncClient, store: Store, clock: HandClock) -> None:
    store.create(POD, "prod", pod("web"))
    first = (await http.get(LOG)).text
    assert first == 'level=info msg="starting" container=web image=web:1\n'
    await clock.turn(minutes=1)
    later = (await http.get(LOG)).text
    assert later.startswith(first)
    assert 10 <= len(later.splitlines()) <= 31


async def test_the_last_lines_can_be_had_with_their_times(
    http: httpx2.AsyncClient, store: Store, clock: HandClock
) -> None:
    store.create(POD, "prod", pod("web"))
    await clock.turn(hours=1)
    whole = (await http.get(LOG, params={"timestamps": "true"})).text.splitlines()
    tail = (await http.get(LOG, params={"timestamps": "true", "tailLines": "3"})).text.splitlines()
    assert tail == whole[-3:]
    assert tail[-1].startswith("2026-01-31T12:59:") or tail[-1].startswith("2026-01-31T13:00:")
    assert (await http.get(LOG, params={"tailLines": "0"})).text == ""
    since = (await http.get(LOG, params={"timestamps": "true", "sinceSeconds": "60"})).text.splitlines()
    assert since == [line for line in whole if line[:19] > rfc3339(clock.now() - timedelta(seconds=60))[:19]]
    limited = await http.get(LOG, params={"limitBytes": "10"})
    assert limited.text == "level=info"


async def test_old_lines_are_rotated_away(http: httpx2.AsyncClient, store: Store, clock: HandClock) -> None:
    store.create(POD, "prod", pod("web"))
    await clock.turn(days=30)
    assert len((await http.get(LOG)).text.splitlines()) == KEPT


async def test_of_several_containers_one_must_be_named(http: httpx2.AsyncClient, store: Store) -> None:
    store.create(POD, "prod", pod("web", "side"))
    answer = await http.get(LOG)
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "a container name must be specified for pod web, choose one of: [web side]",
    )
    assert "container=side" in (await http.get(LOG, params={"container": "side"})).text
    wrong = await http.get(LOG, params={"container": "none"})
    assert (wrong.status_code, wrong.json()["message"]) == (400, "container none is not valid for pod web")


async def test_a_container_that_does_not_run_says_why(http: httpx2.AsyncClient, store: Store) -> None:
    store.create(POD, "prod", pod("web", web={"waiting": {"reason": "ImagePullBackOff"}}))
    answer = await http.get(LOG)
    assert answer.status_code == 400
    assert answer.json()["message"] == 'container "web" in pod "web" is waiting to start: ImagePullBackOff'


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"tailLines": "many"}, 400),
        ({"tailLines": "-1"}, 422),
        ({"sinceTime": "yesterday"}, 400),
        ({"previous": "true"}, 400),
    ],
)
async def test_a_query_that_cannot_be_meant_is_refused(
    http: httpx2.AsyncClient, store: Store, query: dict[str, str], code: int
) -> None:
    store.create(POD, "prod", pod("web"))
    answer = await http.get(LOG, params=query)
    assert (answer.status_code, answer.json()["kind"]) == (code, "Status")


async def test_the_log_of_a_pod_that_is_not_there_is_not_found(http: httpx2.AsyncClient) -> None:
    assert (await http.get(LOG)).status_code == 404


async def test_a_log_can_be_followed_until_the_server_closes(store: Store, clock: HandClock) -> None:
    serving = Serving(store, token="")
    store.create(POD, "prod", pod("web"))
    scope = {"type": "http", "method": "GET", "path": LOG, "headers": [], "query_string": b"follow=true&tailLines=0"}
    answer = await log(Request(scope), serving, Target(POD, "prod", "web", "log"))
    assert isinstance(answer, StreamingResponse)
    lines = aiter(answer.body_iterator)
    assert await anext(lines) == b""
    coming = asyncio.ensure_future(anext(lines))
    await asyncio.sleep(0)
    for _ in range(10):
        await clock.turn(seconds=1)
        await asyncio.sleep(0)
        if coming.done():
            break
    line = await coming
    assert isinstance(line, bytes)
    assert line.startswith(b"level=")
    serving.close()
    ending = asyncio.ensure_future(anext(lines, b"ended"))
    for _ in range(3):
        await clock.turn(seconds=1)
        await asyncio.sleep(0)
    assert await asyncio.wait_for(ending, 5) == b"ended"

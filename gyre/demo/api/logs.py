"""`/log` of a Pod: which lines of which container, once or as they come.

What is said in them: gyre.demo.container_logs.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from gyre.demo import refusals
from gyre.demo.api.requests import Target, flag, whole
from gyre.demo.api.serving import Serving
from gyre.demo.container_logs import Container, Line, container_of
from gyre.demo.resources import Manifest

DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container"
LONGEST_WAIT_SECONDS = 1.0  # so that a closing server is noticed


async def log(request: Request, serving: Serving, target: Target) -> Response:
    """The log of one container."""
    pod = serving.store.get(target.resource, target.namespace or "", target.name).read()
    container = _container(request, pod, target.name)
    now = serving.store.clock.now()
    lines = _chosen(request, container, now)
    with_times = flag(request, "timestamps")
    written = "".join(_shown(line, with_times=with_times) for line in lines).encode()
    limit = whole(request, "limitBytes")
    if limit:
        return Response(written[:limit], media_type="text/plain")
    if not flag(request, "follow"):
        return Response(written, media_type="text/plain")
    follow = _follow(serving, container, now, with_times=with_times)
    return StreamingResponse(_chained(written, follow), media_type="text/plain")


def _container(request: Request, pod: Manifest, pod_name: str) -> Container:
    names = [each.get("name", "") for each in (pod.get("spec") or {}).get("containers") or ()]
    annotations = pod["metadata"].get("annotations") or {}
    name = request.query_params.get("container", "") or annotations.get(DEFAULT_CONTAINER, "")
    if not name and len(names) == 1:
        name = names[0]
    if not name:
        chosen = " ".join(names)
        raise refusals.bad_request(f"a container name must be specified for pod {pod_name}, choose one of: [{chosen}]")
    if name not in names:
        raise refusals.bad_request(f"container {name} is not valid for pod {pod_name}")
    if flag(request, "previous"):
        raise refusals.bad_request(f'previous terminated container "{name}" in pod "{pod_name}" not found')
    running = container_of(pod, name)
    if running is None:
        raise refusals.bad_request(
            f'container "{name}" in pod "{pod_name}" is waiting to start: {_waiting_reason(pod, name)}'
        )
    return running


def _waiting_reason(pod: Manifest, name: str) -> str:
    states = (pod.get("status") or {}).get("containerStatuses") or ()
    state: Manifest = next((each.get("state") or {} for each in states if each.get("name") == name), {})
    return str((state.get("waiting") or {}).get("reason") or "ContainerCreating")


def _chosen(request: Request, container: Container, now: datetime) -> list[Line]:
    query = request.query_params
    since = container.started - timedelta(seconds=1)
    if query.get("sinceSeconds"):
        since = now - timedelta(seconds=whole(request, "sinceSeconds"))
    elif query.get("sinceTime"):
        since = _moment(query["sinceTime"])
    lines = list(container.lines(since, now))
    if "tailLines" in query:
        tail = whole(request, "tailLines")
        if tail < 0:
            message = f"Invalid value: {tail}: must be greater than or equal to 0"
            raise refusals.Refusal(422, "Invalid", f'PodLogOptions "" is invalid: tailLines: {message}')
        lines = lines[len(lines) - tail :] if tail < len(lines) else lines
    return lines


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise refusals.bad_request(f"sinceTime: {problem}") from problem
    if moment.tzinfo is None:
        raise refusals.bad_request("sinceTime: the time zone is missing")
    return moment


def _shown(line: Line, *, with_times: bool) -> str:
    stamp = line.written.strftime("%Y-%m-%dT%H:%M:%S.%f000Z ") if with_times else ""
    return f"{stamp}{line.text}\n"


async def _chained(written: bytes, follow: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield written
    async for more in follow:
        yield more


async def _follow(serving: Serving, container: Container, seen: datetime, *, with_times: bool) -> AsyncIterator[bytes]:
    clock = serving.store.clock
    while not serving.closing.is_set():
        now = clock.now()
        told = "".join(_shown(line, with_times=with_times) for line in container.lines(seen, now))
        seen = now
        if told:
            yield told.encode()
        wait = (container.next_after(now) - now).total_seconds()
        await clock.sleep(min(wait, LONGEST_WAIT_SECONDS))

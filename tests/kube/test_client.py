"""One call: what is sent, and what is made of any answer or none."""

import asyncio
from pathlib import Path

import pytest

from gyre.errors import (
    AlreadyExists,
    ClusterUnreachable,
    Conflict,
    GyreError,
    NoSuchResource,
    RefusedByCluster,
    RejectedByCluster,
    TimedOut,
)
from gyre.kube.client import Call, Impersonation, KubeClient, open_client, path_of
from gyre.kube.refusals import HistoryExpired, TooBusy
from gyre.terms.naming import ClusterName, Kind
from tests.kube.conftest import CLUSTER, kubeconfig
from tests.support.wire import Answer, Wire, answer, cut, hang, status, stream

pytestmark = pytest.mark.anyio

ASK = Call(path="/x")


@pytest.mark.parametrize(
    ("code", "reason", "error"),
    [
        (400, "BadRequest", RejectedByCluster),
        (401, "Unauthorized", RefusedByCluster),
        (403, "Forbidden", RefusedByCluster),
        (404, "NotFound", NoSuchResource),
        (405, "MethodNotAllowed", RejectedByCluster),
        (409, "Conflict", Conflict),
        (409, "AlreadyExists", AlreadyExists),
        (410, "Expired", HistoryExpired),
        (410, "Gone", HistoryExpired),
        (413, "RequestEntityTooLarge", RejectedByCluster),
        (415, "UnsupportedMediaType", RejectedByCluster),
        (422, "Invalid", RejectedByCluster),
        (429, "TooManyRequests", TooBusy),
        (500, "InternalError", ClusterUnreachable),
        (503, "ServiceUnavailable", ClusterUnreachable),
        (504, "Timeout", TimedOut),
    ],
)
async def test_each_refusal_has_its_error_with_the_api_servers_words(
    wire: Wire, client: KubeClient, code: int, reason: str, error: type[GyreError]
) -> None:
    wire.on("GET", "/x", status(code, reason, f"this is {reason}"), status(code, reason, f"this is {reason}"))

    with pytest.raises(error) as raised:
        await client.ask(ASK)

    assert type(raised.value) is error
    assert raised.value.message == f"this is {reason}"
    assert raised.value.details == {"cluster": "default", "status": code, "reason": reason}


async def test_a_refusal_that_comes_in_pieces_is_read_to_its_end(wire: Wire, client: KubeClient) -> None:
    causes = [
        {"field": f"spec.field{number}", "message": "x" * 500, "reason": "FieldValueInvalid"} for number in range(9)
    ]
    wire.on("GET", "/x", status(422, "Invalid", "nine things are wrong", causes=causes, pieces=4))

    with pytest.raises(RejectedByCluster) as raised:
        await client.ask(ASK)

    assert (raised.value.message, raised.value.details["causes"]) == ("nine things are wrong", causes)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>the proxy is tired</html>", "<html>the proxy is tired</html>"),
        (b"", "default: the API server answered 502 not as a Kubernetes API would"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b'{"kind": "Pod", "message": 3}', '{"kind": "Pod", "message": 3}'),
        (b'{"kind": "Cow"}', "default: the API server answered 502 not as a Kubernetes API would"),
        (b"x" * 9000, "x" * 2000),
    ],
)
async def test_a_refusal_that_is_no_status_is_quoted(wire: Wire, client: KubeClient, body: bytes, message: str) -> None:
    wire.on("GET", "/x", answer(502, body))

    with pytest.raises(ClusterUnreachable) as raised:
        await client.ask(ASK)

    assert raised.value.message == message


async def test_a_redirect_is_not_followed_with_credentials_in_hand(wire: Wire, client: KubeClient) -> None:
    wire.on("GET", "/x", answer(302, b"", Location=f"{wire.url}/elsewhere"))

    with pytest.raises(ClusterUnreachable):
        await client.ask(ASK)

    assert [request.path for request in wire.asked] == ["/x"]


@pytest.mark.parametrize("broken", [cut, stream(b"half", end="cut")], ids=["no answer", "half an answer"])
async def test_a_broken_connection_says_so(wire: Wire, client: KubeClient, broken: Answer) -> None:
    wire.on("GET", "/x", broken, broken)  # the library asks a second time where nothing at all came

    with pytest.raises(ClusterUnreachable, match="default: the API server can't be reached: "):
        await client.ask(ASK)


async def test_nobody_there_says_so(tmp_path: Path) -> None:
    access = kubeconfig(tmp_path / "nobody", "http://127.0.0.1:1")
    async with open_client(access, cluster=CLUSTER) as client:
        with pytest.raises(ClusterUnreachable, match="Connect"):
            await client.ask(ASK)


async def test_a_read_that_is_not_answered_ends_and_a_write_may_still_happen(wire: Wire, client: KubeClient) -> None:
    wire.on("GET", "/x", hang)
    wire.on("PATCH", "/x", hang)

    with pytest.raises(ClusterUnreachable):
        await client.ask(Call(path="/x", seconds=0.1))
    with pytest.raises(TimedOut, match="it may still do it"):
        await client.ask(Call(path="/x", method="PATCH", body=b"{}", seconds=0.1))


async def test_who_gyre_is_and_for_whom_it_asks_is_in_the_headers(wire: Wire, client: KubeClient) -> None:
    wire.on("GET", "/x", answer(200, b"yes"))

    assert await client.on_behalf_of(Impersonation(user="ann@example.dev")).ask(Call(path="/x")) == b"yes"

    (request,) = wire.asked
    assert request.header("authorization") == "Bearer a-token"
    assert request.header("user-agent") == "gyre"
    assert request.header("impersonate-user") == "ann@example.dev"


async def test_a_name_with_a_line_break_does_not_become_a_header(wire: Wire, client: KubeClient) -> None:
    forged = Impersonation(user="ann\r\nImpersonate-Group: system:masters")

    with pytest.raises(ClusterUnreachable, match="the call can't be made"):
        await client.on_behalf_of(forged).ask(Call(path="/x"))

    assert wire.asked == []


async def test_many_calls_at_once_share_one_pool(wire: Wire, client: KubeClient) -> None:
    wire.on("GET", "/x", *[answer(200, str(number).encode()) for number in range(50)])

    bodies = await asyncio.gather(*[client.ask(ASK) for _ in range(50)])

    assert sorted(bodies) == sorted(str(number).encode() for number in range(50))


def test_paths_are_quoted() -> None:
    secrets = Kind("", "Secret", "secrets")
    things = Kind("example.dev", "Thing", "things")

    assert path_of(secrets, "v1", namespace="apps", name="a") == "/api/v1/namespaces/apps/secrets/a"
    assert path_of(things, "v1", name="../../x?y#z") == "/apis/example.dev/v1/things/..%2F..%2Fx%3Fy%23z"
    assert path_of(things, "v1", namespace="a", name="b", subresource="status").endswith("/things/b/status")


async def test_a_client_is_named_after_its_cluster(client: KubeClient) -> None:
    assert client.cluster == ClusterName("default")


async def test_what_is_asked_after_the_end_is_told_that_there_is_no_way_any_more(wire: Wire, tmp_path: Path) -> None:
    async with open_client(kubeconfig(tmp_path / "kubeconfig", wire.url), cluster=CLUSTER) as client:
        wire.on("GET", "/version", answer(200, b"{}"))
        await client.ask(Call(path="/version"))
    with pytest.raises(ClusterUnreachable, match="is not watched any more"):
        await client.ask(Call(path="/version"))
    assert len(wire.asked) == 1

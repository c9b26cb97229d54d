"""Sending bytes as they stand, which no client would, and reading what comes back."""

import asyncio
import json

from tests.rest_compat.conftest import Served


async def raw(gyre: Served, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """The answer to these very bytes."""
    host, _, port = gyre.address.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    writer.close()
    return int(head[0].split()[1]), headers, body


def coded(answer: tuple[int, dict[str, str], bytes]) -> int:
    """The status, once the answer is a documented refusal."""
    status, headers, body = answer
    assert headers["content-type"] == "application/json"
    assert set(json.loads(body)["error"]) == {"code", "message", "details"}
    return status

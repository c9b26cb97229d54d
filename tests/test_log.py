"""The log's two forms, and what every line carries."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from gyre import log


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_json_lines_carry_time_level_logger_message_request_and_facts() -> None:
    stream = io.StringIO()
    log.set_up("json", "info", stream=stream)
    token = log.request_id.set("r-1")
    logging.getLogger("gyre.web").info("answered", extra={"status": 200, "path": "/"})
    log.request_id.reset(token)
    line = json.loads(stream.getvalue())
    assert next(iter(line)) == "time"
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "logger": "gyre.web",
        "message": "answered",
        "request_id": "r-1",
        "status": 200,
        "path": "/",
    }


def test_text_lines_have_the_facts_behind_the_message_and_cannot_be_broken_by_them() -> None:
    stream = io.StringIO()
    log.set_up("text", "info", stream=stream)
    logging.getLogger("gyre.web").info("answered", extra={"status": 200, "path": "/a\n12:00:00 ERROR forged"})
    (line,) = stream.getvalue().splitlines()
    assert line[8:] == r" INFO    gyre.web  answered  status=200 path='/a\n12:00:00 ERROR forged'"


def test_of_uvicorn_only_problems_are_told_and_in_the_same_form() -> None:
    stream = io.StringIO()
    logging.getLogger("uvicorn").addHandler(logging.StreamHandler(io.StringIO()))
    log.set_up("text", "info", stream=stream)
    logging.getLogger("uvicorn.error").info("Started server process")
    logging.getLogger("uvicorn.access").info("GET /?token=secret")
    logging.getLogger("uvicorn.error").error("Exception in ASGI application")
    told = [line[9:] for line in stream.getvalue().splitlines()]
    assert told == ["ERROR   uvicorn.error  Exception in ASGI application"]


def test_the_level_is_a_floor() -> None:
    stream = io.StringIO()
    log.set_up("text", "warning", stream=stream)
    logging.getLogger("gyre").info("small talk")
    logging.getLogger("gyre").warning("hear")
    assert [line[9:] for line in stream.getvalue().splitlines()] == ["WARNING gyre  hear"]

"""How Gyre writes its log: text for people or JSON for machines, each line with the request it belongs to.

What is worth a line is each room's matter. No secret belongs into a line: values that hold one hide it in their repr.
"""

import logging
import sys
from contextvars import ContextVar
from typing import Any, Literal, TextIO

from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request being answered; empty outside one. gyre.web.request_id sets it."""

QUIET = (
    "uvicorn.error",
    "uvicorn.access",
    "aiosqlite",
    "tortoise",
    "asyncio",
    "httpx2",
    "httpcore2",
    "kubernetes",
    "watchfiles",
)
"""Libraries of which only warnings are told: their own tale is told by our lines."""

SILENT = ("kubernetes.aio.config", "asyncpg.pool")
"""What these warn of on each try is told by our lines once: a kubeconfig that is not there, a database that is away."""


def set_up(log_format: Literal["text", "json"] = "text", level: str = "info", *, stream: TextIO | None = None) -> None:
    """Make this process log as asked, uvicorn's own loggers included. Calling it again replaces what was set."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(_with_request_id)
    handler.setFormatter(_json() if log_format == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # What no line of ours shows, a record need not find out; the library's own page on the cost of logging says so.
    logging._srcfile = None  # noqa: SLF001
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _with_request_id(record: logging.LogRecord) -> bool:
    record.request_id = request_id.get()
    return True


def _json() -> logging.Formatter:
    return _Json(
        ["levelname", "name", "message", "request_id"],
        rename_fields={"levelname": "level", "name": "logger", "exc_info": "exception"},
        timestamp="time",
        reserved_attrs=sorted(_RESERVED),
    )


_RESERVED = frozenset({*vars(logging.makeLogRecord({})), "message", "asctime", "color_message"})


class _Json(JsonFormatter):
    """One object a line, the time first, as whoever scrolls through them looks for it."""

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        return {"time": log_data.pop("time"), **log_data}


class _Text(logging.Formatter):
    """`12:00:00 INFO     gyre.web  GET / 200 · method=GET`: facts given as `extra` follow the message.

    A line a request is most of what a busy process logs, so this takes a third of the time of the standard library's.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s", datefmt="%H:%M:%S")
        self._second, self._told = 0, ""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  the library's name
        second = int(record.created)
        if second != self._second:
            self._second, self._told = second, super().formatTime(record, datefmt)
        return self._told

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  likewise
        line = f"{record.asctime} {record.levelname:<7} {record.name}  {record.message}"
        told = " ".join(
            [
                f"{name}={_plain(value)}"
                for name, value in vars(record).items()
                if name not in _RESERVED and value is not None and value != ""
            ]
        )
        return f"{line}  {told}" if told else line


def _plain(value: object) -> str:
    """One word for one fact; what could break out of the line is quoted."""
    text = str(value)
    return text if text.isprintable() and " " not in text else repr(text)

"""A database that does not answer, told as what it is to whoever asked; and text that any database takes.

A row that is not there, or not unique, is the asking room's own matter.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from tortoise.exceptions import DBConnectionError, OperationalError

from gyre.errors import Unavailable

_AWAY = (
    OSError,
    DBConnectionError,
    sqlite3.OperationalError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # its connection broke under another query, and it does not say that better
)

_OF_THE_FILE = (sqlite3.OperationalError, sqlite3.DatabaseError)


@contextmanager
def asking_the_database() -> Iterator[None]:
    """Raises Unavailable, from the cause, when the database cannot be asked now."""
    try:
        yield
    except (*_AWAY, OperationalError, sqlite3.DatabaseError) as problem:
        # Tortoise calls a mistake in a query, a row that exists already and a locked file by this one name.
        if isinstance(problem, OperationalError) and not isinstance(_cause(problem), sqlite3.OperationalError):
            raise
        # A file that is no database (any more) is told by this class itself, mistakes in queries by those beneath it.
        if isinstance(problem, sqlite3.DatabaseError) and type(problem) not in _OF_THE_FILE:
            raise
        raise Unavailable("Gyre's database does not answer now; try again in a moment") from problem


def storable(text: str, longest: int) -> str:
    """The text without what a database refuses (NUL, halves of characters), cut visibly when it is too long."""
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def _cause(problem: OperationalError) -> object:
    return problem.args[0] if problem.args else None

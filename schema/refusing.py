"""Which errors of a mutation are about the request itself, and what becomes of the others.

How errors are told is schema.errors'.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from gyre.audit.answering import tell_refusal
from gyre.errors import GyreError, NotSignedIn, PasswordChangeRequired, TooLarge, TooOften, Unavailable
from schema.types.actions import MutationError

REQUEST_ERRORS = (NotSignedIn, PasswordChangeRequired, TooOften, TooLarge, Unavailable)
"""What is about the request, not about what it asks to be done."""


@contextmanager
def refusals() -> Iterator[list[MutationError]]:
    """Takes what the domain refuses inside; what is about the request itself stays a top-level error."""
    refused: list[MutationError] = []
    try:
        yield refused
    except REQUEST_ERRORS:
        raise
    except GyreError as error:
        tell_refusal(error, of_write=True)
        refused.append(MutationError.of(error))

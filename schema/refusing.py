"""Mutations that tell what the domain refuses in their payload; what is about the request itself stays outside it.

How errors are told is schema.errors'.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from gyre.audit.answering import tell_refusal
from gyre.errors import GyreError, NotSignedIn, PasswordChangeRequired, TooLarge, TooOften, Unavailable
from schema.types.actions import MutationError

P = ParamSpec("P")
Payload = TypeVar("Payload")

REQUEST_ERRORS = (NotSignedIn, PasswordChangeRequired, TooOften, TooLarge, Unavailable)
"""What is about the request, not about what it asks to be done."""


def refusable(field: Callable[P, Awaitable[Payload]]) -> Callable[P, Awaitable[Payload]]:
    """A mutation's field: what the domain refuses is told in its payload's `errors`, all else of that left empty."""
    payload: Callable[..., Payload] = field.__annotations__["return"]

    @wraps(field)
    async def answered(*args: P.args, **kwargs: P.kwargs) -> Payload:
        try:
            return await field(*args, **kwargs)
        except REQUEST_ERRORS:
            raise
        except GyreError as error:
            tell_refusal(error, of_write=True)
            return payload(errors=[MutationError.of(error)])

    return answered

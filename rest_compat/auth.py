"""Signing in and out over HTTP.

Passwords and sessions are gyre.auth's.
"""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gyre.auth.cookies import clear_session, set_session
from gyre.terms.people import Principal
from resolvers import people
from rest_compat import payloads
from rest_compat.reading import body, context_of


class Credentials(msgspec.Struct, frozen=True):
    """The body of a login."""

    username: str
    password: str


async def login(request: Request) -> Response:
    """Sign in; the session is in a cookie of the answer."""
    credentials = await body(request, Credentials)
    context = await context_of(request)
    principal = await people.login(context, credentials.username, credentials.password)
    answer = payloads.answer({"success": True, "user": user(principal)})
    done = context.signed_in_now
    if done is not None:
        answer.headers.append("set-cookie", set_session(done.cookie, seconds=done.seconds, secure=context.facts.secure))
    return answer


async def logout(request: Request) -> Response:
    """End the session, everywhere, at once."""
    context = await context_of(request)
    await people.logout(context)
    answer = payloads.answer({"success": True})
    answer.headers.append("set-cookie", clear_session(secure=context.facts.secure))
    return answer


def user(principal: Principal) -> dict[str, object]:
    """A user as the documented answers show one."""
    return {"id": principal.user_id, "username": principal.username, "role": principal.role.value}

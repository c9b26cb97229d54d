"""Signing in and out over HTTP, and oneself.

Passwords and sessions are gyre.auth's; other people are rest_compat.users'.
"""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gyre.auth.cookies import clear_session, set_session
from gyre.auth.passwords import LONGEST_PASSWORD
from gyre.errors import Invalid, NotSignedIn, TooOften, Unavailable
from gyre.settings import SHORTEST_PASSWORD
from gyre.terms.people import Principal, Role
from resolvers import people
from resolvers.people import LONGEST_INPUT
from rest_compat import payloads
from rest_compat.contract import Answer, Body, Operation, Who
from rest_compat.reading import body, context_of
from rest_compat.shapes import Asked, Done, Id, Shape

TAG = "Signing in"
SHORT = {"maxLength": LONGEST_INPUT}

Username = Annotated[str, Meta(extra_json_schema=SHORT, examples=["admin"])]
Password = Annotated[
    str,
    Meta(extra_json_schema={**SHORT, "format": "password", "writeOnly": True}, examples=["a long winter's tale"]),
]

NewPassword = Annotated[
    str,
    Meta(
        description="Not a common one, not the user name, not the present one.",
        extra_json_schema={
            "format": "password",
            "writeOnly": True,
            "minLength": SHORTEST_PASSWORD,
            "maxLength": LONGEST_PASSWORD,
        },
        examples=["another winter's tale"],
    ),
]


class Credentials(Asked, frozen=True):
    """The body of a login."""

    username: Username
    password: Password


class Passwords(Asked, frozen=True):
    """The body of a change of one's own password."""

    old: Password
    new: NewPassword


class SignedInUser(Shape, frozen=True):
    """Who has signed in."""

    id: Id
    username: str
    role: Role

    @classmethod
    def of(cls, principal: Principal) -> "SignedInUser":
        """A user as the answer to a login shows one."""
        return cls(principal.user_id, principal.username, principal.role)


class SignedIn(Shape, frozen=True):
    """The session is in the cookie."""

    user: SignedInUser
    success: bool = True


class Oneself(Shape, frozen=True):
    """Who asks."""

    id: Id
    username: str
    role: Role
    groups: tuple[str, ...]
    must_change_password: bool

    @classmethod
    def of(cls, caller: Principal) -> "Oneself":
        """Whoever asks, as they are told."""
        return cls(caller.user_id, caller.username, caller.role, caller.groups, caller.must_change_password)


class Me(Shape, frozen=True):
    """Oneself."""

    user: Oneself


@Operation(
    summary="Sign in",
    tag=TAG,
    who=Who.EVERYONE,
    body=Body(Credentials, {"username": "admin", "password": "a long winter's tale"}),
    answers={200: Answer(SignedIn, headers=("Set-Cookie",))},
    refuses=(Invalid, NotSignedIn, TooOften, Unavailable),
)
async def login(request: Request) -> Response:
    """The session is in the cookie `gyre_session` of the answer, over https `__Host-gyre_session`."""
    credentials = await body(request, Credentials)
    context = await context_of(request)
    principal = await people.login(context, credentials.username, credentials.password)
    answer = payloads.answer(SignedIn(SignedInUser.of(principal)))
    done = context.signed_in_now
    if done is not None:
        answer.headers.append("set-cookie", set_session(done.cookie, seconds=done.seconds, secure=context.facts.secure))
    return answer


class SignedOut(Shape, frozen=True):
    """The session is over."""

    success: bool = True
    continue_at: Annotated[
        str | UnsetType, Meta(description="Where a browser goes on to end its session at the provider too.")
    ] = UNSET


@Operation(summary="Sign out", tag=TAG, who=Who.ONESELF, answers={200: Answer(SignedOut, headers=("Set-Cookie",))})
async def logout(request: Request) -> Response:
    """End the session, everywhere, at once."""
    context = await context_of(request)
    await people.logout(context)
    answer = payloads.answer(SignedOut(continue_at=context.farewell or UNSET))
    answer.headers.append("set-cookie", clear_session(secure=context.facts.secure))
    return answer


@Operation(summary="Who am I", tag=TAG, who=Who.ONESELF, answers={200: Answer(Me)})
async def me(request: Request) -> Response:
    """Oneself; also for who must change their password first."""
    return payloads.answer(Me(Oneself.of((await context_of(request)).caller())))


@Operation(
    summary="Change my password",
    tag=TAG,
    who=Who.ONESELF,
    body=Body(Passwords, {"old": "a long winter's tale", "new": "another winter's tale"}),
    answers={200: Answer(Done)},
)
async def change_password(request: Request) -> Response:
    """One's other sessions end."""
    context = await context_of(request)
    given = await body(request, Passwords)
    await people.change_password(context, given.old, given.new)
    return payloads.answer(Done())


ROUTES = (
    Route("/api/auth/login", login, methods=["POST"]),
    Route("/api/auth/logout", logout, methods=["POST"]),
    Route("/api/auth/password", change_password, methods=["POST"]),
    Route("/api/me", me, methods=["GET"]),
)

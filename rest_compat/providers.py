"""Signing in through an OpenID provider: a browser leaves here, and comes back here.

What its return is worth is gyre.auth.oidc's. A browser is answered with a page, everything else as problems says.
"""

from typing import Annotated, Final

from msgspec import Meta, to_builtins
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gyre.audit.answering import tell_refusal
from gyre.auth.cookies import clear_trip, set_session, set_trip, trip_in
from gyre.auth.oidc.signing_in import CALLBACK
from gyre.auth.oidc.trips import LONGEST_TRIP_SECONDS
from gyre.errors import (
    AccountDisabled,
    GyreError,
    Invalid,
    NoAccount,
    NoSuchProvider,
    NotSignedIn,
    ProviderUnavailable,
    SignInFailed,
    SignInLapsed,
    TooOften,
    Unavailable,
)
from resolvers import provider_sign_in
from rest_compat import payloads
from rest_compat.contract import Answer, Operation, Who
from rest_compat.problems import of_domain
from rest_compat.reading import context_of, query, services_of
from rest_compat.shapes import Asked, Shape

TAG: Final = "Signing in"
LOGIN: Final = "/api/auth/oidc/{provider}/login"
SEE_OTHER: Final = 303
ALWAYS: Final = (Invalid, NotSignedIn, TooOften, Unavailable, NoSuchProvider, ProviderUnavailable)


class Provider(Shape, frozen=True):
    """A provider that one can sign in through."""

    id: str
    name: str
    login: Annotated[str, Meta(description="The path to open in a browser.")]


class Providers(Shape, frozen=True):
    """All of them."""

    providers: tuple[Provider, ...]


class LoginQuery(Asked, frozen=True):
    """Where to go afterwards."""

    return_to: Annotated[str, Meta(description="The path of a page of Gyre's; any other leads to the first.")] = ""


class CallbackQuery(Asked, frozen=True, rename=None):
    """What the provider answers."""

    code: Annotated[str, Meta(description="What the tokens are got for.")] = ""
    state: Annotated[str, Meta(description="Which sign-in it belongs to.")] = ""
    iss: Annotated[str, Meta(description="Which provider it is.")] = ""
    error: Annotated[str, Meta(description="Why it let nobody in.")] = ""
    error_description: Annotated[str, Meta(description="The same in more words.")] = ""


@Operation(
    summary="Through whom one can sign in",
    tag=TAG,
    who=Who.EVERYONE,
    answers={200: Answer(Providers)},
    refuses=(NotSignedIn, Unavailable),
)
async def list_providers(request: Request) -> Response:
    """Which there are, for the buttons of the sign-in page."""
    found = provider_sign_in.providers(await context_of(request))
    shown = tuple(Provider(each.id, each.label, LOGIN.format(provider=each.id)) for each in found)
    return payloads.answer(Providers(shown))


@Operation(
    summary="Sign in through a provider",
    tag=TAG,
    who=Who.EVERYONE,
    query=LoginQuery,
    answers={SEE_OTHER: Answer(headers=("Location",), meaning="To the provider; or to the sign-in page, with a code.")},
    refuses=ALWAYS,
)
async def leave_for_provider(request: Request) -> Response:
    """A browser is sent to the provider, and comes back to the callback."""
    context = await context_of(request)
    provider = request.path_params["provider"]
    try:
        departure = await provider_sign_in.depart(context, provider, query(request, LoginQuery).return_to)
    except GyreError as error:
        return _refusal(request, error)
    answer = RedirectResponse(departure.url, SEE_OTHER)
    cookie = set_trip(departure.cookie, seconds=LONGEST_TRIP_SECONDS, secure=context.facts.secure)
    answer.headers.append("set-cookie", cookie)
    return answer


@Operation(
    summary="Come back from a provider",
    tag=TAG,
    who=Who.EVERYONE,
    query=CallbackQuery,
    answers={
        SEE_OTHER: Answer(
            headers=("Location",), meaning="To the page that was wanted, with a session; or to the sign-in page."
        )
    },
    refuses=(*ALWAYS, SignInFailed, SignInLapsed, NoAccount, AccountDisabled),
)
async def come_from_provider(request: Request) -> Response:
    """Where the provider sends the browser, in which the sign-in was begun."""
    context = await context_of(request)
    secure = context.facts.secure
    try:
        given = {name: value for name, value in to_builtins(query(request, CallbackQuery)).items() if value}
        cookie = trip_in(request.scope["headers"], secure=secure)
        path = await provider_sign_in.arrive(context, request.path_params["provider"], given, cookie)
    except GyreError as error:
        answer = _refusal(request, error)
    else:
        answer = RedirectResponse(context.services.providers.home(path), SEE_OTHER)
    done = context.signed_in_now
    if done is not None:
        answer.headers.append("set-cookie", set_session(done.cookie, seconds=done.seconds, secure=secure))
    answer.headers.append("set-cookie", clear_trip(secure=secure))
    return answer


def _refusal(request: Request, error: GyreError) -> Response:
    """A browser goes to the sign-in page, which knows the codes: no text of anyone's stands in that address."""
    tell_refusal(error)
    if "text/html" not in request.headers.get("accept", ""):
        return of_domain(error)
    home = services_of(request).providers.home
    return RedirectResponse(home("/sign-in", problem=error.code), SEE_OTHER)


ROUTES = (
    Route("/api/auth/providers", list_providers, methods=["GET"]),
    Route(LOGIN, leave_for_provider, methods=["GET"]),
    Route(CALLBACK, come_from_provider, methods=["GET"]),
)

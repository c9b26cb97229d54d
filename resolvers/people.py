"""Signing in and out.

Passwords and sessions are gyre.auth's; the cookie is each face's matter.
"""

from gyre.errors import Invalid
from gyre.terms.people import Principal
from resolvers.context import Context

LONGEST_INPUT = 1024
"""Characters of a user name or a password: a longer one is no person's, and hashing it costs."""


async def login(context: Context, username: str, password: str) -> Principal:
    """A new session for who gives the right password. Raises NotSignedIn when something is wrong, or TooOften."""
    if len(username) > LONGEST_INPUT or len(password) > LONGEST_INPUT:
        raise Invalid(f"A user name or a password has at most {LONGEST_INPUT} characters.")
    done = await context.services.sessions.sign_in(username, password, context.facts)
    context.signed_in_now, context.principal = done, done.principal
    return done.principal


async def logout(context: Context) -> None:
    """End the session, everywhere, at once. Raises NotSignedIn when there is none."""
    await context.services.sessions.sign_out(context.signed_in(), context.facts)
    context.signed_out_now, context.principal = True, None

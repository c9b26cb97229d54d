"""Who is it: passwords, sessions, API tokens, and the first administrator.

`open_callers` gives Callers: `principal_of(credential, facts)`, `next_of(principal)` for open sockets; `credentials`
finds the credential in a request. `open_sessions` gives Sessions: `sign_in`, `sign_out`. `cookies` sets, clears and
reads the session cookie. What they may do is gyre.access's.
"""

from gyre.auth.bootstrap import FirstAdmin, first_admin
from gyre.auth.callers import Callers, open_callers
from gyre.auth.passwords import Passwords
from gyre.auth.sessions import Sessions, SignedIn, open_sessions
from gyre.auth.version import PeopleVersion

__all__ = [
    "Callers",
    "FirstAdmin",
    "Passwords",
    "PeopleVersion",
    "Sessions",
    "SignedIn",
    "first_admin",
    "open_callers",
    "open_sessions",
]

"""Who is it: passwords, sessions, and the first administrator.

`open_sessions` gives Sessions: `sign_in`, `sign_out`, `principal_of(cookie)`, `next_of(principal)` for open sockets.
`cookies` sets, clears and reads the session cookie. What they may do is gyre.access's.
"""

from gyre.auth.bootstrap import FirstAdmin, first_admin
from gyre.auth.passwords import Passwords
from gyre.auth.sessions import Sessions, SignedIn, open_sessions
from gyre.auth.version import PeopleVersion

__all__ = ["FirstAdmin", "Passwords", "PeopleVersion", "Sessions", "SignedIn", "first_admin", "open_sessions"]

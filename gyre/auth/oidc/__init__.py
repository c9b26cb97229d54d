"""Signing in through an OpenID provider: where a browser is sent, and what its return is worth.

`SignInProviders` does both. Which providers there are is a setting; which user an arrival is, is gyre.people's.
"""

from gyre.auth.oidc.claims import Arrival
from gyre.auth.oidc.signing_in import Arrived, Departure, SignInProviders

__all__ = ["Arrival", "Arrived", "Departure", "SignInProviders"]

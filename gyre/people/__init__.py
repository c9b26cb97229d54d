"""Users as an administrator handles them: made, changed, listed.

How a person proves who they are is gyre.auth's; what they may do is gyre.access's.
"""

from gyre.people.users import Person, Users

__all__ = ["Person", "Users"]

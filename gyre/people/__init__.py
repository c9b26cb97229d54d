"""Users, groups, policies, bindings and API tokens as they are handled: made, changed, listed, deleted.

Invitations, identities at providers, profiles and preferences too; `directory` gives them all. How a person proves who
they are is gyre.auth's; what they may do is gyre.access's.
"""

from gyre.people.directory import Directory, directory
from gyre.people.users import Person, Users

__all__ = ["Directory", "Person", "Users", "directory"]

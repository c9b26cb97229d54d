"""Users, groups, policies, bindings and API tokens as they are handled: made, changed, listed, deleted.

`directory` gives all five. How a person proves who they are is gyre.auth's; what they may do is gyre.access's.
"""

from gyre.people.directory import Directory, directory
from gyre.people.users import Person, Users

__all__ = ["Directory", "Person", "Users", "directory"]

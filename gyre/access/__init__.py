"""May they, and why: one pure decision over a principal's grants.

`decide` answers one question with its reason; `sight_of` answers "do they see it" for thousands of rows;
`rule_of` is where the names in a rule are checked. Who they are is gyre.auth's; nothing here reads a database.
"""

from gyre.access.decide import decide
from gyre.access.sight import Sight, sight_of

__all__ = ["Sight", "decide", "sight_of"]

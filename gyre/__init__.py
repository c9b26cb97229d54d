"""Everything both faces of Gyre stand on; each room's docstring says what lives there.

The faces themselves are the packages beside this one: schema (GraphQL) and rest_compat (HTTP).
"""

__version__ = "0.1.0"

"""How often, and how much at once: budgets a minute, failures that make one wait, connections that are open.

`open_limits` gives Limits: `request` and `operation` spend of a budget and answer with a verdict, `connection` counts
what stays open. `gyre.limits.failures` keeps the counts of failed sign-ins where all processes see them. Whose request
it is, is gyre.auth's; how a refusal is told is each face's.
"""

from gyre.limits.budgets import Over, Verdict, Within
from gyre.limits.rates import Limits, open_limits

__all__ = ["Limits", "Over", "Verdict", "Within", "open_limits"]

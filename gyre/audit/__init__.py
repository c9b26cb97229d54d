"""Who did what, to which object, and how it ended.

`intent` is awaited before a write and `outcome` after it, `recorded` does both; `refused` and `noted` stand alone;
`noted_hourly` is for what happens all the time. `open_audit` is what a serving process keeps.
Rows are only ever added. Whether they may is gyre.access's; nothing here refuses anything.
"""

from gyre.audit.differences import Difference, differences
from gyre.audit.entries import (
    Deed,
    Found,
    intent,
    noted,
    noted_hourly,
    outcome,
    recorded,
    refused,
    refused_soon,
    settled,
)
from gyre.audit.keeping import open_audit

__all__ = [
    "Deed",
    "Difference",
    "Found",
    "differences",
    "intent",
    "noted",
    "noted_hourly",
    "open_audit",
    "outcome",
    "recorded",
    "refused",
    "refused_soon",
    "settled",
]

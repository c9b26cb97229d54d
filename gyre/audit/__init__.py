"""Who did what, to which object, and how it ended.

`intent` is awaited before a write and `outcome` after it, `recorded` does both; `refused` and `noted` stand alone.
Rows are only ever added.
Whether they may is gyre.access's; nothing here refuses anything.
"""

from gyre.audit.entries import Deed, intent, noted, outcome, recorded, refused

__all__ = ["Deed", "intent", "noted", "outcome", "recorded", "refused"]

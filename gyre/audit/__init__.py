"""Who did what, to which object, and how it ended.

Whether they may is gyre.access's; nothing here refuses anything.
"""

"""The words all rooms share: frozen values without rules.

What a status means is gyre.flux's, who may do what is gyre.access's; nothing here decides anything.
"""

"""Which clusters Gyre watches and what it last saw there.

Nothing here decides who may look: see gyre.access. What a status means: see gyre.flux.
"""

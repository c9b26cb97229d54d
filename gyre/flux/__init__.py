"""Pure functions on Flux objects: kinds, status, inventory, references, patches, masking.

No I/O, no clock, no rights.
"""

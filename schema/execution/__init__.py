"""How an operation is executed fast: selections of plain attributes become one Python function each.

What the fields mean is schema.types'; what is sent over the wire is schema.asgi's.
"""

"""The HTTP face of the embedded cluster: what a path, a query and a body mean, and what is answered.

What may happen to objects is decided by gyre.demo.store.
"""

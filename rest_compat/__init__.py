"""Every plain HTTP route: the documented REST API, the probes and the metrics; route → resolver → documented shape.

What may be done and seen is decided in resolvers. `routes.API` holds them all; gyre.app mounts it.
"""

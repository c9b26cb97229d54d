"""Every plain HTTP route: the documented endpoints, probes and metrics.

Each route reads its input, asks a resolver and maps the answer to its documented shape.
"""

"""The GraphQL face, the only place that knows Strawberry.

What one may ask, and every decision on rights, is in resolvers.
"""

"""What an operation takes of the budget of whoever asks.

What it costs is schema.costs'; the budgets are gyre.limits'.
"""

from gyre.limits.rates import too_often
from resolvers.context import Context


async def spend(context: Context, points: int) -> None:
    """Take these points, without those that were paid with the request. Raises TooOften when there are not so many.

    Of nobody, requests are counted and not points: all they can do is sign in.
    """
    left, context.prepaid_points = points - context.prepaid_points, 0
    if context.principal is None or left <= 0:
        return
    verdict = await context.services.limits.operation(context.principal, context.facts, left)
    context.spent = verdict
    if verdict is not None and not verdict:
        raise too_often(verdict)


async def spend_request(context: Context) -> None:
    """Count what is asked over a socket, as if it had come by itself. Raises TooOften when that was too much."""
    limits, principal = context.services.limits, context.principal
    if principal is None:
        verdict = await limits.request(None, context.facts)
    else:
        verdict, context.prepaid_points = await limits.operation(principal, context.facts, 1), 1
    if verdict is not None and not verdict:
        raise too_often(verdict)

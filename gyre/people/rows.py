"""The row of a user whom a client names by id.

Whose row a name, a session or a token leads to is asked where those are kept.
"""

from tortoise.backends.base.client import BaseDBAsyncClient

from gyre.errors import NoSuchUser
from gyre.people.words import id_in
from models.people import User


async def user_row(user_id: str, transaction: BaseDBAsyncClient | None = None, *, path: str = "") -> User:
    """The row of this id, or NoSuchUser; `path` is where in what was sent the id stands."""
    user = await User.filter(id=id_in(user_id)).using_db(transaction).first()
    if user is None:
        raise NoSuchUser(f"there is no user {user_id[:64]!r}", details={"path": [path]} if path else {})
    return user

"""The first administrator, made when there is no user yet.

Everyone else is made by people: see gyre.people.
"""

import secrets
from dataclasses import dataclass, field
from uuid import uuid4

from tortoise.exceptions import IntegrityError

from gyre.audit import Deed, noted
from gyre.auth.passwords import Passwords, require_good
from gyre.clock import Clock
from gyre.errors import BadSettings, Invalid
from gyre.settings import Settings
from gyre.terms.people import Role
from gyre.terms.requests import RequestFacts
from models.asking import asking_the_database
from models.people import User

FIRST_ADMIN = "admin"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Those that are not taken for one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstAdmin:
    """Who was made. `password` is to be shown once when it was generated, and never when it came from the settings."""

    username: str
    password: str = field(repr=False)
    generated: bool


async def first_admin(settings: Settings, *, passwords: Passwords, clock: Clock) -> FirstAdmin | None:
    """Make the first administrator, or None when there are users already. One of several processes wins."""
    with asking_the_database():
        if await User.exists():
            return None
    password = settings.admin_password or generated_password()
    try:
        require_good(password, username=FIRST_ADMIN)
    except Invalid as weak:
        raise BadSettings(f"GYRE_ADMIN_PASSWORD holds a value (not shown) that cannot be used: {weak}") from weak
    now = clock.now()
    hashed = await passwords.hash(password)
    try:
        with asking_the_database():
            await User.create(
                id=uuid4(), username=FIRST_ADMIN, role=Role.ADMIN, password_hash=hashed, created_at=now, changed_at=now
            )
    except IntegrityError:
        return None
    deed = Deed(action="user-create", who=None, claimed="gyre", facts=RequestFacts(), details={"username": FIRST_ADMIN})
    await noted(deed, clock=clock)
    return FirstAdmin(username=FIRST_ADMIN, password=password, generated=settings.admin_password is None)


def generated_password() -> str:
    """Four groups of five, easy to read out: 99 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))

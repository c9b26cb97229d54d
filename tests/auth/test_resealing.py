"""ID tokens of open sessions are encrypted anew; what nobody can open is left as it is."""

from datetime import timedelta

import pytest

from gyre.auth.resealing import keys_of_id_tokens, reseal_id_tokens
from gyre.auth.sessions import place_of_id_token
from gyre.settings import SecretKey
from gyre.terms.people import Role
from gyre.vault import Resealed, Vault
from models.people import Session
from tests.support.people import People

pytestmark = pytest.mark.anyio

OLD, NEW, LOST = (SecretKey(name, name.encode() * 16) for name in ("old", "new", "lost"))


async def test_they_open_with_the_first_key_alone_afterwards(people: People) -> None:
    for name, vault in (("ada", Vault([OLD])), ("eve", Vault([LOST])), ("ivo", Vault([OLD]))):
        await people.signed_in(name, Role.VIEWER)
        row = await Session.get(user__username=name)
        row.id_token = vault.encrypt(name.encode(), bound_to=place_of_id_token(row.id))
        row.ended_at = row.created_at + timedelta(seconds=1) if name == "ivo" else None
        await row.save()
    assert dict(await keys_of_id_tokens()) == {"old": 1, "lost": 1}
    both = Vault([NEW, OLD])
    assert await reseal_id_tokens(both) == Resealed(renewed=1)
    assert await reseal_id_tokens(both) == Resealed(current=1)
    row = await Session.get(user__username="ada")
    assert Vault([NEW]).decrypt(bytes(row.id_token or b""), bound_to=place_of_id_token(row.id)) == b"ada"
    assert dict(await keys_of_id_tokens()) == {"new": 1, "lost": 1}

"""Encrypts anew, with the first key, the ID tokens that open sessions keep to end them at their provider too.

One that nobody can open is left: its session works, and ends here alone.
"""

from collections import Counter
from collections.abc import Mapping

from gyre.auth.sessions import place_of_id_token
from gyre.vault import Resealed, Undecipherable, Vault, key_of
from models.asking import asking_the_database
from models.people import Session


async def reseal_id_tokens(vault: Vault) -> Resealed:
    """Those of all open sessions; each is written once, when its session begins, and so by nobody else meanwhile."""
    renewed = current = 0
    with asking_the_database():
        for row in await Session.filter(ended_at=None, id_token__isnull=False).only("id", "id_token"):
            sealed, place = bytes(row.id_token or b""), place_of_id_token(row.id)
            if vault.encrypted_with_first(sealed):
                current += 1
                continue
            try:
                row.id_token = vault.encrypt(vault.decrypt(sealed, bound_to=place), bound_to=place)
            except Undecipherable:
                continue
            await row.save(update_fields=["id_token"])
            renewed += 1
    return Resealed(renewed=renewed, current=current)


async def keys_of_id_tokens() -> Mapping[str, int]:
    """How many each key encrypted."""
    with asking_the_database():
        rows = await Session.filter(ended_at=None, id_token__isnull=False).only("id", "id_token")
    return Counter(key_of(bytes(row.id_token or b"")) for row in rows)

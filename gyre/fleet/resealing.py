"""Encrypts anew, with the first key, what other keys encrypted: the credentials of added clusters.

How it is encrypted is gyre.vault's.
"""

from collections import Counter
from collections.abc import Mapping

from gyre.auth.version import PeopleVersion
from gyre.fleet.registry import bound_to
from gyre.vault import Resealed, Undecipherable, Vault, key_of
from models.asking import asking_the_database
from models.clusters import StoredCluster


async def reseal_clusters(vault: Vault, version: PeopleVersion) -> Resealed:
    """Each secret in a transaction of its own: what was begun and broken off is simply begun again."""
    with asking_the_database():
        ids = await StoredCluster.all().order_by("name").values_list("id", flat=True)
    renewed = current = 0
    lost: list[str] = []
    for cluster_id in ids:
        async with version.changing() as transaction:  # taking turns with who changes the cluster
            row = await StoredCluster.get_or_none(id=cluster_id, using_db=transaction)
            if row is None:
                continue
            sealed, place = bytes(row.sealed), bound_to(row.id)
            if vault.encrypted_with_first(sealed):
                current += 1
                continue
            try:
                row.sealed = vault.encrypt(vault.decrypt(sealed, bound_to=place), bound_to=place)
            except Undecipherable:
                lost.append(row.name)
                continue
            await row.save(using_db=transaction, update_fields=["sealed"])
            renewed += 1
    return Resealed(renewed=renewed, current=current, lost=tuple(lost))


async def keys_of_clusters() -> Mapping[str, int]:
    """How many each key encrypted."""
    with asking_the_database():
        return Counter(key_of(bytes(row.sealed)) for row in await StoredCluster.all())

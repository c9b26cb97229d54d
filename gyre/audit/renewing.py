"""Signs anew, with the first key, what other keys signed of the audit's chains, so that those keys can go.

Rows are only ever added: a signature by a key that is gone is made up for by a later one, which covers all before it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping

from gyre.audit.checkpoints import Seal, is_signed, sign
from models.asking import asking_the_database
from models.auditing import AuditCheckpoint


async def renew_signatures(seal: Seal) -> int:
    """Sign the newest of each chain, and the newest that lets entries go, where the first key did not; how many."""
    newest: defaultdict[str, dict[bool, AuditCheckpoint]] = defaultdict(dict)
    renewed = 0
    with asking_the_database():
        async for checkpoint in AuditCheckpoint.all().order_by("chain", "n", "id"):
            if is_signed(seal, checkpoint):
                newest[checkpoint.chain][checkpoint.prunes] = checkpoint
        for chain, found in newest.items():
            for one in found.values():
                if not seal.attested_with_first(one.signature):
                    await sign(seal, one.at, chain, one.n, one.hash, prunes=one.prunes)
                    renewed += 1
    return renewed


async def keys_of_signatures(seal: Seal) -> Mapping[str, int]:
    """How many chains need each key: the newest signature of each, and the newest that lets entries go."""
    newest: dict[tuple[str, bool], str] = {}
    with asking_the_database():
        async for checkpoint in AuditCheckpoint.all().order_by("chain", "n", "id"):
            newest[checkpoint.chain, checkpoint.prunes] = seal.signer_of(checkpoint.signature)
    return Counter(newest.values())

"""The keys, and what is signed and encrypted with them.

`open_vault(settings)` gives the Vault: `sign` and `verify` tokens, `encrypt` and `decrypt` what the database keeps.
Where a key comes from is a setting; what is encrypted is the caller's matter.
"""

from gyre.vault.keyfile import open_vault, put_new_key_first
from gyre.vault.resealed import Resealed
from gyre.vault.vault import Undecipherable, Untrusted, Vault, key_of

__all__ = ["Resealed", "Undecipherable", "Untrusted", "Vault", "key_of", "open_vault", "put_new_key_first"]

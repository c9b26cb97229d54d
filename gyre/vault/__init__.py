"""The keys, and what is signed and encrypted with them.

`open_vault(settings)` gives the Vault: `sign` and `verify` tokens, `encrypt` and `decrypt` what the database keeps.
Where a key comes from is a setting; what is encrypted is the caller's matter.
"""

from gyre.vault.keyfile import open_vault
from gyre.vault.vault import Undecipherable, Untrusted, Vault

__all__ = ["Undecipherable", "Untrusted", "Vault", "open_vault"]

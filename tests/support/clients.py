"""HTTP clients for what is served on loopback without TLS.

Each client of httpx2 reads the system's certificate authorities as it is made, which is more work than all else that
a test's server needs; nothing that is asked here has a certificate to check.
"""

import ssl
from typing import Any, Final

import httpx2

TRUSTING_NOBODY: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def asking(address: str = "", **more: Any) -> httpx2.AsyncClient:
    """A client that asks this server, or whichever each request names; settings of the system don't matter to it."""
    base = f"http://{address}" if address else ""
    return httpx2.AsyncClient(base_url=base, verify=TRUSTING_NOBODY, trust_env=False, **more)

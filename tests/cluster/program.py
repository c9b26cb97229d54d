"""The whole program on a cluster: served on loopback, with its first administrator signed in.

What is asked of it stands in the tests.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from gyre.app import create_app
from gyre.auth.bootstrap import FirstAdmin
from gyre.kube.access import Access
from gyre.settings import SecretKey, Settings
from tests.cluster.writing import CLUSTER
from tests.support.graphql import Signed
from tests.support.serving import serving


@asynccontextmanager
async def open_program(access: Access, folder: Path) -> AsyncIterator[Signed]:
    """Gyre runs while inside, with this access to its one cluster."""
    settings = Settings(data_dir=folder, secret_keys=(SecretKey("test", b"k" * 32),))
    made: list[FirstAdmin] = []
    app = create_app(settings, {CLUSTER: access}, announce=made.append)
    async with serving(app) as address, httpx2.AsyncClient(trust_env=False, timeout=30) as http:
        person = {"username": "admin", "password": made[0].password}
        signed_in = await http.post(f"http://{address}/api/auth/login", json=person)
        assert signed_in.status_code == httpx2.codes.OK
        yield Signed(http, address, f"gyre_session={signed_in.cookies['gyre_session']}")

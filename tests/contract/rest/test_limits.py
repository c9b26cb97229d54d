"""How often one may ask, as the document says, with nothing said of it in the settings."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gyre.settings import Settings
from tests.contract.rest.conftest import ALL
from tests.support.app import PASSWORD, App, open_app
from tests.support.clients import asking
from tests.support.demo_process import DemoProcess
from tests.support.minutes import Minute, stopped_minute

pytestmark = pytest.mark.anyio


@pytest.fixture
def minute(monkeypatch: pytest.MonkeyPatch) -> Minute:
    return stopped_minute(monkeypatch)


@pytest.fixture
async def app(tmp_path: Path, minute: Minute) -> AsyncIterator[App]:
    usual = Settings(data_dir=tmp_path)
    rates = {"rate_limit_user": usual.rate_limit_user, "rate_limit_anonymous": usual.rate_limit_anonymous}
    async with DemoProcess(tmp_path / "demo") as demo, open_app(tmp_path / "gyre", demo.access, **rates) as opened:
        await opened.synced(await opened.sign_in())
        minute.turn(120)  # what that took is forgotten
        yield opened


async def test_a_hundred_requests_a_minute_when_signed_in_and_twenty_when_not(app: App, minute: Minute) -> None:
    async with asking(app.address, timeout=30) as http:
        refused = [(await http.get(ALL)).status_code for _ in range(19)]
        login = await http.post("/api/auth/login", json={"username": "admin", "password": PASSWORD})
        assert (refused, login.status_code) == ([401] * 19, 200)
        answered = [(await http.get(f"{ALL}?limit=1")).status_code for _ in range(100)]
        assert answered == [200] * 100
        over = await http.get(f"{ALL}?limit=1")
        assert (over.status_code, over.json()["error"]["code"]) == (429, "RATE_LIMITED")
        assert int(over.headers["retry-after"]) > 0
        http.cookies.clear()
        assert (await http.get(ALL)).status_code == 429
        minute.turn(120)
        assert (await http.get(ALL)).status_code == 401

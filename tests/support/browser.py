"""A browser as far as signing in through a provider needs one: it keeps Gyre's cookies and goes where it is sent."""

from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import httpx2

PUBLIC = "https://gyre.test"


class Browser:
    """One browser; Gyre is served at `address` and believes to be https://gyre.test."""

    def __init__(self, http: httpx2.AsyncClient, address: str) -> None:
        self._http = http
        self._address = address
        self.cookies: dict[str, str] = {}

    async def get(self, path: str, *, accept: str = "text/html,*/*;q=0.8") -> httpx2.Response:
        """Open a page of Gyre's."""
        return await self._kept("GET", path, {"accept": accept})

    async def post(self, path: str, body: object = None) -> httpx2.Response:
        """Write, as a page of Gyre's does."""
        return await self._kept("POST", path, {"origin": PUBLIC}, body)

    async def to_provider(self, path: str) -> str:
        """Click the button: where the provider sends the browser back to."""
        answer = await self.get(path)
        assert answer.status_code == 303, answer.text
        there = await self._http.get(answer.headers["location"], headers={"cookie": ""})
        assert there.status_code == 302, there.text
        back: str = there.headers["location"]
        assert back.startswith(f"{PUBLIC}/api/auth/oidc/"), back
        return back.removeprefix(PUBLIC)

    async def sign_in(self, path: str, *, accept: str = "text/html,*/*;q=0.8") -> httpx2.Response:
        """The whole trip: the answer to the return."""
        return await self.get(await self.to_provider(path), accept=accept)

    async def _kept(self, method: str, path: str, headers: dict[str, str], body: object = None) -> httpx2.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        if cookie:
            sent.append((b"cookie", cookie.encode("latin-1")))
        answer = await self._http.request(method, f"http://{self._address}{path}", headers=sent, json=body)
        self._http.cookies.clear()  # this class keeps them, as the address says https
        for each in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(each).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return answer


def query_of(url: str) -> dict[str, str]:
    """The parameters of an address, each given once."""
    return {name: value for name, (value,) in parse_qs(urlsplit(url).query).items()}

"""How the built pages are served, and what is never a page."""

import base64
import gzip
import hashlib
from pathlib import Path

import httpx2
import pytest
from starlette.types import Message, Scope

from gyre.web.frontend import Frontend

pytestmark = pytest.mark.anyio

SCRIPT = "\n\t{ boot('a < b'); }\n"
PAGE = f"""<!doctype html><script src="/x.js"></script><script>{SCRIPT}</script>"""
HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    static = tmp_path / "static"
    files = {
        "200.html": PAGE,
        ".built": "123",
        "favicon.svg": "<svg/>",
        "_app/immutable/app.1a2b.js": "boot()",
        "_app/version.json": "{}",
        "graphiql/assets/index-1a2b.js": "g()",
        "apidocs/assets/index-1a2b.js": "d()",
    }
    for name, text in files.items():
        (static / name).parent.mkdir(parents=True, exist_ok=True)
        (static / name).write_text(text)
    (static / "_app/immutable/app.1a2b.js.gz").write_bytes(gzip.compress(b"boot()"))
    (static / "_app/immutable/app.1a2b.js.br").write_bytes(b"brotli")
    (tmp_path / "secret").write_text("hush")
    return static


def asking(folder: Path) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=Frontend(folder))
    return httpx2.AsyncClient(transport=transport, base_url="http://gyre.test")


async def test_a_hashed_file_is_kept_for_ever_and_others_are_asked_for_again(folder: Path) -> None:
    async with asking(folder) as gyre:
        hashed = await gyre.get("/_app/immutable/app.1a2b.js", headers={"accept-encoding": "identity"})
        editor = await gyre.get("/graphiql/assets/index-1a2b.js")
        reader = await gyre.get("/apidocs/assets/index-1a2b.js")
        plain = await gyre.get("/favicon.svg")
        again = await gyre.get("/favicon.svg", headers={"if-none-match": plain.headers["etag"]})
    assert (hashed.text, hashed.headers["content-type"]) == ("boot()", "text/javascript; charset=utf-8")
    assert hashed.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert editor.headers["cache-control"] == reader.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (plain.headers["cache-control"], plain.headers["content-type"]) == ("no-cache", "image/svg+xml")
    assert (again.status_code, again.content) == (304, b"")


async def test_the_best_packed_form_that_the_browser_takes_is_sent(folder: Path) -> None:
    path = "/_app/immutable/app.1a2b.js"
    async with asking(folder) as gyre:
        packed = await gyre.get(path, headers={"accept-encoding": "gzip, deflate"})
        async with gyre.stream("GET", path, headers={"accept-encoding": "gzip, br"}) as best:
            encoding, etag = best.headers["content-encoding"], best.headers["etag"]
        refused = await gyre.get(path, headers={"accept-encoding": "br;q=0, gzip;q=0"})
    assert (packed.text, packed.headers["content-encoding"], packed.headers["vary"]) == (
        "boot()",
        "gzip",
        "accept-encoding",
    )
    assert (encoding, etag != packed.headers["etag"]) == ("br", True)
    assert "content-encoding" not in refused.headers


async def test_the_root_is_the_page_to_anyone_and_a_missing_page_only_to_a_browser(folder: Path) -> None:
    async with asking(folder) as gyre:
        root = await gyre.get("/", headers={"accept": "*/*"})
        elsewhere = await gyre.get("/resources", headers={"accept": "*/*"})
    assert (root.status_code, root.text) == (200, PAGE)
    assert (elsewhere.status_code, elsewhere.json()["error"]["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", ["/", "/resources", "/resources/default/kustomizations/flux-system/my.app"])
async def test_a_browser_gets_the_page_at_every_address_of_the_application(folder: Path, path: str) -> None:
    async with asking(folder) as gyre:
        answer = await gyre.get(path, headers=HTML)
    assert (answer.text, answer.headers["cache-control"]) == (PAGE, "no-cache")


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api", HTML),
        ("/api/nothing", HTML),
        ("/graphql/x", HTML),
        ("/metrics", HTML),
        ("/_app/immutable/gone.js", HTML),
        ("/missing.js", HTML),
        ("/200.html", HTML),
        ("/resources", {"accept": "application/json"}),
        ("/resources", {}),
        ("/.built", {}),
        ("/_app/immutable/app.1a2b.js.gz", {}),
    ],
)
async def test_all_else_is_a_json_error_and_no_file_beside_the_build(
    folder: Path, path: str, headers: dict[str, str]
) -> None:
    async with asking(folder) as gyre:
        answer = await gyre.get(path, headers={"accept": "*/*"} | headers)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "path", ["/../secret", "../secret", "/_app/../../secret", "//secret", "/favicon.svg\0", "/./favicon.svg", ""]
)
async def test_a_path_that_climbs_or_twists_finds_nothing(folder: Path, path: str) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    scope: Scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    await Frontend(folder)(scope, receive, send)
    assert sent[0]["status"] == 404


async def test_nothing_can_be_posted_to_a_page(folder: Path) -> None:
    async with asking(folder) as gyre:
        assert (await gyre.post("/", headers=HTML)).status_code == 404
        assert (await gyre.head("/favicon.svg")).headers["content-length"] == "6"


def test_the_policy_holds_the_hash_of_the_pages_inline_script_only(folder: Path) -> None:
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}'; " in Frontend(folder).policy


async def test_without_a_build_the_page_says_how_to_make_it(tmp_path: Path) -> None:
    async with asking(tmp_path / "none") as gyre:
        answer = await gyre.get("/", headers=HTML)
    assert answer.json()["error"]["message"] == (
        "the frontend is not built; run `make run`, or install Gyre from its wheel"
    )

"""The built frontend: its files, and its one page for every address of the application.

Which addresses belong to the API is asked first: they never answer with a page.
"""

import hashlib
import mimetypes
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gyre.web.refusing import refuse
from gyre.web.security_headers import page_policy

STATIC = Path(__file__).parent / "static"
PAGE = "/200.html"
ROOT = "/"
"""The one address that is the page to anyone: what monitors and people with curl try first."""
IMMUTABLE = ("/_app/immutable/", "/graphiql/assets/", "/apidocs/assets/")
API = ("/api", "/graphql", "/livez", "/readyz", "/metrics")
"""First parts of paths that are never a page's."""
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))

_INLINE_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    etag: str
    media_type: str
    encoded: Mapping[str, Path]


class Frontend:
    """An ASGI application for whatever no route answers. Only files that were there at the start exist for it."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._files = dict(_found(folder)) if folder.is_dir() else {}
        page = self._files.get(PAGE)
        scripts = _INLINE_SCRIPT.findall(page.path.read_bytes()) if page else []
        self.policy = page_policy(f"sha256-{b64encode(hashlib.sha256(each).digest()).decode()}" for each in scripts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, the page, or an error of the API's form."""
        headers = Headers(scope=scope)
        file = self._files.get(scope["path"]) if scope["path"] != PAGE else None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            if file is not None:
                await self._answer(file, headers, _kept(scope["path"]))(scope, receive, send)
                return
            if is_page(scope["path"]) and (scope["path"] == ROOT or "text/html" in headers.get("accept", "")):
                page = self._files.get(PAGE)
                if page is not None:
                    await self._answer(page, headers, "no-cache")(scope, receive, send)
                    return
                message = "the frontend is not built; run `make run`, or install Gyre from its wheel"
                await refuse(scope, receive, send, status=404, code="NOT_FOUND", message=message)
                return
        await refuse(scope, receive, send, status=404, code="NOT_FOUND", message="nothing answers at this address")

    @staticmethod
    def _answer(file: _File, headers: Headers, cache_control: str) -> ASGIApp:
        encoding = _encoding(file, headers.get("accept-encoding", ""))
        etag = f'"{file.etag}{f"-{encoding}" if encoding else ""}"'
        told = {"cache-control": cache_control, "etag": etag, "vary": "accept-encoding"}
        if etag in headers.get("if-none-match", ""):
            return Response(status_code=304, headers=told)
        if encoding:
            told["content-encoding"] = encoding
        return FileResponse(file.encoded.get(encoding, file.path), headers=told, media_type=file.media_type)


def is_page(path: str) -> bool:
    """Whether an address may be one of the application's pages: none of the API, and no missing file."""
    if any(path == first or path.startswith(f"{first}/") for first in API) or path.startswith("/_app/"):
        return False
    return "." not in path.rpartition("/")[2] or path.count("/") > 1


def _kept(path: str) -> str:
    """A file whose name holds its hash never changes; others are asked for again."""
    return "public, max-age=31536000, immutable" if path.startswith(IMMUTABLE) else "no-cache"


def _encoding(file: _File, accepted: str) -> str:
    offered = {part.partition(";")[0].strip() for part in accepted.split(",") if "q=0" not in part.replace("q=0.", "")}
    return next((name for name, _ in ENCODINGS if name in offered and name in file.encoded), "")


def _found(folder: Path) -> list[tuple[str, _File]]:
    paths = {f"/{path.relative_to(folder).as_posix()}": path for path in sorted(folder.rglob("*")) if path.is_file()}
    return [
        (name, _file(name, path, paths))
        for name, path in paths.items()
        if not path.name.startswith(".") and not _is_variant(name, paths)
    ]


def _is_variant(name: str, paths: Mapping[str, Path]) -> bool:
    return any(name.endswith(suffix) and name.removesuffix(suffix) in paths for _, suffix in ENCODINGS)


def _file(name: str, path: Path, paths: Mapping[str, Path]) -> _File:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type == "application/octet-stream" and name.endswith(".webmanifest"):
        media_type = "application/manifest+json"
    etag = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    encoded = {encoding: paths[name + suffix] for encoding, suffix in ENCODINGS if name + suffix in paths}
    return _File(path, etag, media_type, encoded)

"""Takes secrets out of URLs, alone or in the middle of a message: user-info, queries, and paths that are the secret.

Everything else in the text stays readable: hosts, times, digests, image references.
"""

import re

MASK = "********"
"""Stands where a secret was."""

_URL = re.compile(r"([a-zA-Z][a-zA-Z0-9+.\-]*)://([^\s\"'<>`]+)")
_HOST = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*://[^/?#;\s]+(?=(?P<rest>.*))", re.DOTALL)
_HOOK = re.compile(r"/hook/[0-9a-f]{16,}")
_AUTHORITY_END = re.compile(r"[/?#]")
_SECRET_PATHS = re.compile(
    r"hooks\.slack\.com|\.slack\.com/services|discord(app)?\.com/api/webhooks|webhook\.office\.com|\.logic\.azure\.com"
    r"|chat\.googleapis\.com|open\.(feishu\.cn|larksuite\.com)|webexapis\.com/v1/webhooks|api\.telegram\.org|/hooks/"
)


def mask_text(text: str) -> str:
    """The text with the secrets of every URL in it masked."""
    if "://" in text:
        text = _URL.sub(_mask_match, text)
    return _HOOK.sub(f"/hook/{MASK}", text) if "/hook/" in text else text


def mask_address(text: str) -> str:
    """A webhook address: whoever knows its path may call it, so only the host stays; of anything else, nothing."""
    found = _HOST.match(mask_text(text))
    if found is None:
        return MASK if text else ""
    return f"{found[0]}/{MASK}" if found["rest"].strip("/") else found.string


def _mask_match(match: re.Match[str]) -> str:
    scheme, rest = match.group(1), match.group(2)
    authority, tail = _split(rest)
    user_info, at, host = authority.rpartition("@")
    if at:
        authority = f"{_masked_user(scheme, user_info)}@{host}"
    path, question, query = tail.partition("?")
    if len(path) > 1 and _SECRET_PATHS.search(host + path):
        path = f"/{MASK}"
    return f"{scheme}://{authority}{path}{question}{_masked_query(query) if question else ''}"


def _split(rest: str) -> tuple[str, str]:
    """Authority and tail. A password may hold an unescaped slash: then what looks like a port is none."""
    end = _AUTHORITY_END.search(rest)
    cut = end.start() if end else len(rest)
    _, colon, port = rest[:cut].rpartition(":")
    if colon and "@" not in rest[:cut] and not port.isdigit() and "@" in rest[cut:]:
        host = rest.rindex("@") + 1
        end = _AUTHORITY_END.search(rest, host)
        cut = end.start() if end else len(rest)
    return rest[:cut], rest[cut:]


def _masked_user(scheme: str, user_info: str) -> str:
    """`git@` of an SSH address is no secret; a lone name over HTTP is often a token."""
    user, colon, _ = user_info.partition(":")
    return user if scheme.endswith("ssh") and not colon else MASK if not colon else f"{MASK}:{MASK}"


def _masked_query(query: str) -> str:
    query, sharp, fragment = query.partition("#")
    parts = (part.partition("=") for part in query.split("&"))
    masked = "&".join(f"{name}={MASK}" if equals else MASK for name, equals, _ in parts if name or equals)
    return f"{masked}{sharp}{fragment}"

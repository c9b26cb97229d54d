"""Masks secrets in text that holds YAML or JSON of its own: inline patches, templates, files inside of values.

Line by line, since templates are no valid YAML; the text keeps its shape. Parsed values are gyre.flux.masking's.
"""

import re
from collections.abc import Callable, Iterator

import orjson

from gyre.flux.sensitive import promises_secret
from gyre.flux.urls import MASK

Walk = Callable[[object], object]

_PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL)
_DOCUMENT = re.compile(r"(?m)^---.*$\n?")
_ENTRY = re.compile(r"(?P<lead>[ \t]*(?:-[ \t]+)*)(?P<key>[\"']?[\w./\-]+[\"']?)[ \t]*:(?:[ \t]+(?P<value>.*))?")
_SECRET_KIND = re.compile(r"""(?m)^[ \t]*(?:-[ \t]+)?["']?kind["']?[ \t]*:[ \t]*["']?Secret["']?[ \t]*$""")
_SECRET_PATH = re.compile(r"(?m)^[ \t]*(?:-[ \t]+)?path[ \t]*:[ \t]*[\"']?(?P<path>/\S*)")
_BLOCK = re.compile(r"[|>][+\-0-9]*")


def mask_manifest(text: str, walk: Walk) -> str:
    """The text masked; what is JSON as a whole is walked as values are."""
    if text[:1] in ("{", "["):
        try:
            return orjson.dumps(walk(orjson.loads(text))).decode()
        except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
            pass  # no JSON after all: it is masked as the lines it is
    if "PRIVATE KEY-----" in text:
        text = _PEM.sub(MASK, text)
    if "\n" not in text:
        return text
    written = 0
    parts = []
    for separator in _DOCUMENT.finditer(text):
        parts += ["\n".join(_lines(text[written : separator.start()])), separator.group()]
        written = separator.end()
    parts.append("\n".join(_lines(text[written:])))
    return "".join(parts)


def _lines(document: str) -> Iterator[str]:
    """The lines of one document. Below a name that promises a secret, everything further in is hidden."""
    secret = bool(_SECRET_KIND.search(document))
    patched = any(_leads_to_secret(match["path"]) for match in _SECRET_PATH.finditer(document))
    hidden_below: int | None = None
    named = ""
    for line in document.split("\n"):
        entry = _ENTRY.fullmatch(line.rstrip("\r"))
        indent = len(entry["lead"]) if entry else len(line) - len(line.lstrip())
        if hidden_below is not None and line.strip() and indent <= hidden_below:
            hidden_below = None
        if hidden_below is not None:
            yield _hidden(line, entry)
            continue
        if entry is None:
            yield line
            continue
        key, value = entry["key"].strip("\"'"), entry["value"] or ""
        named = value.strip("\"' ") if key == "name" else named
        sensitive = (
            promises_secret(key)
            or (secret and key in ("data", "stringData"))
            or (key == "value" and (patched or promises_secret(named)))
        )
        if sensitive and (not value or _BLOCK.fullmatch(value.strip())):
            hidden_below = indent
        yield _hidden(line, entry) if sensitive and value and hidden_below is None else line


def _hidden(line: str, entry: re.Match[str] | None) -> str:
    """The line with its value masked, or all of it when it is a piece of a longer text."""
    if not line.strip():
        return line
    if entry is None:
        return line[: len(line) - len(line.lstrip())] + MASK
    value = entry["value"]
    return f"{line[: entry.start('value')]}{MASK}" if value and not _BLOCK.fullmatch(value.strip()) else line


def _leads_to_secret(path: str) -> bool:
    """Whether a JSON patch writes a secret: into a Secret's data, or to a name that promises one."""
    parts = path.strip("\"'").split("/")
    return "stringData" in parts or "data" in parts or promises_secret(parts[-1])

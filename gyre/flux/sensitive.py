"""Which names promise a secret: keys of Helm values, substitutions and annotations, judged by whole words.

What is done to the values beneath is gyre.flux.masking's.
"""

import re
from functools import lru_cache

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

_SECRET = frozenset(
    [
        "password",
        "passwords",
        "passwd",
        "pwd",
        "pass",
        "passphrase",
        "passphrases",
        "token",
        "tokens",
        "secret",
        "secrets",
        "key",
        "keys",
        "apikey",
        "apikeys",
        "accesskey",
        "secretkey",
        "privatekey",
        "authkey",
        "credential",
        "credentials",
        "creds",
        "htpasswd",
        "bearer",
        "authorization",
        "dockerconfigjson",
        "dockercfg",
        "webhook",
        "webhooks",
        "connectionstring",
    ]
)
_NOT_THE_SECRET = frozenset(
    [
        "name",
        "names",
        "ref",
        "refs",
        "namespace",
        "type",
        "algorithm",
        "size",
        "length",
        "ttl",
        "expiry",
        "expiration",
        "count",
        "enabled",
    ]
)
_HARMLESS = frozenset({"topologykey", "publickey", "publickeys", "sortkey", "primarykey", "keyserver", "valueskey"})
_KEY_OF_A_SELECTOR = frozenset({"operator", "effect", "values", "name"})


@lru_cache(maxsize=16_384)
def promises_secret(name: str) -> bool:
    """Whether a value under this name is a secret: `adminPassword`, `API_TOKEN`; not `author`, nor `secretName`."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _NOT_THE_SECRET:
        return False
    joined = "".join(words)
    return joined not in _HARMLESS and (
        joined in ("auth", "connectionstring")
        or words[-2:] == ["connection", "string"]
        or not _SECRET.isdisjoint(words)
    )


@lru_cache(maxsize=16_384)
def says_about_secret(name: str) -> bool:
    """Whether this name only describes a secret (its name, type, length), even inside one."""
    words = _WORD.findall(name)
    return bool(words) and words[-1].lower() in _NOT_THE_SECRET


def selects(entry: dict[str, object]) -> bool:
    """Whether the `key` in this mapping names a label or an entry elsewhere, as in tolerations and secretKeyRef."""
    return not _KEY_OF_A_SELECTOR.isdisjoint(entry)

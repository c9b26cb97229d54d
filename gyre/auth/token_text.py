"""What an API token looks like: `gyre_`, a random secret, and a checksum that anyone can compute.

The checksum tells a token from what only looks like one, so that scanners find leaked ones without asking Gyre and a
mistyped one costs no look into the database. It proves nothing: only the digest's row does.
"""

import hashlib
import re
import secrets
import string
from binascii import crc32
from typing import Final

PREFIX: Final = "gyre_"
SECRET_CHARACTERS: Final = 36
"""Of 62 letters and digits each: 214 bits, so that a plain SHA-256 of it cannot be guessed backwards."""
CHECKSUM_CHARACTERS: Final = 6
HINT_CHARACTERS: Final = 4

_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_FORM: Final = re.compile(rf"{PREFIX}[0-9A-Za-z]{{{SECRET_CHARACTERS + CHECKSUM_CHARACTERS}}}")


def new_token() -> str:
    """A token that nobody had before."""
    text = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(SECRET_CHARACTERS))
    return text + checksum(text)


def is_well_formed(token: str) -> bool:
    """Whether this can be a token at all: its form, and its checksum."""
    if not _FORM.fullmatch(token) or not token.isascii():
        return False
    return checksum(token[:-CHECKSUM_CHARACTERS]) == token[-CHECKSUM_CHARACTERS:]


def checksum(text: str) -> str:
    """CRC-32 of prefix and secret, in base 62, six characters."""
    rest, digits = crc32(text.encode()), ""
    for _ in range(CHECKSUM_CHARACTERS):
        rest, digit = divmod(rest, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits


def digest(token: str) -> str:
    """What is kept of a token: SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def hint(token: str) -> str:
    """How a token begins, so that its owner knows it again in a list."""
    return token[: len(PREFIX) + HINT_CHARACTERS]

"""What an API token looks like, and that a mistyped one is told apart without asking anybody."""

import re
from binascii import crc32

from hypothesis import given
from hypothesis import strategies as st

from gyre.auth.token_text import checksum, digest, hint, is_well_formed, new_token

TOKEN = "gyre_0123456789abcdefghijklmnopqrstuvwxyz"


def test_a_token_is_its_prefix_36_letters_and_digits_and_the_checksum_of_both() -> None:
    token = new_token()
    assert re.fullmatch(r"gyre_[0-9A-Za-z]{42}", token)
    assert token[-6:] == checksum(token[:-6])
    assert is_well_formed(token)
    assert len({new_token() for _ in range(100)}) == 100


def test_the_checksum_is_crc32_in_base_62_as_anyone_can_compute_it() -> None:
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    value = 0
    for letter in checksum(TOKEN):
        value = value * 62 + alphabet.index(letter)
    assert value == crc32(TOKEN.encode()) == 0x7C728DEA
    assert checksum(TOKEN) == "2HIXXe"


@given(st.integers(0, 46), st.characters())
def test_a_token_with_one_letter_changed_is_none(place: int, letter: str) -> None:
    token = TOKEN + checksum(TOKEN)
    changed = token[:place] + letter + token[place + 1 :]
    assert is_well_formed(changed) == (changed == token)


@given(st.text(max_size=60))
def test_other_texts_are_none(text: str) -> None:
    assert not is_well_formed(text)


def test_a_token_is_kept_as_a_digest_and_known_again_by_how_it_begins() -> None:
    assert digest("gyre_x") == "45eb31359045750ca685ad01dcf8fa24a8746a2d781ead8d0c53feef596736a7"
    assert hint(TOKEN) == "gyre_0123"

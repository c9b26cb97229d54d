"""Versions and ranges as Flux users write them."""

import pytest

from gyre.demo.outside.semver import BadRange, Version, contains, latest, parse

TAGS = ["1.2.3", "v1.10.0", "1.9.9", "2.0.0-rc.1", "0.3.1", "latest", "2", "0.0.4"]


@pytest.mark.parametrize(
    ("range_", "newest"),
    [
        ("*", "2"),
        ("1.x", "v1.10.0"),
        ("^1.2", "v1.10.0"),
        ("~1.2.0", "1.2.3"),
        ("1.9", "1.9.9"),
        (">=1.0.0 <1.10.0", "1.9.9"),
        (">= 1.0.0, < 1.10.0", "1.9.9"),
        ("0.x || 1.9.x", "1.9.9"),
        ("1.2.3", "1.2.3"),
        ("!=2.0.0", "v1.10.0"),
        ("^0.3", "0.3.1"),
        ("^0.0.4", "0.0.4"),
        ("1.0 - 1.9.5", "1.2.3"),
        (">=2.0.0-rc.0 <2.0.0", "2.0.0-rc.1"),
        (">=3", None),
    ],
)
def test_the_newest_tag_in_a_range_is_found(range_: str, newest: str | None) -> None:
    assert latest(TAGS, range_) == newest


def test_a_pre_release_comes_before_its_release_and_numbers_count_as_numbers() -> None:
    texts = ["1.0.0-alpha", "1.0.0-alpha.2", "1.0.0-alpha.10", "1.0.0-beta", "1.0.0", "1.0.1"]
    versions = [version for version in map(parse, texts) if version is not None]
    shuffled = versions[::2] + versions[1::2]
    assert sorted(shuffled) == versions
    assert Version((1, 0, 0)) == parse("v1.0")


def test_what_is_no_range_is_refused() -> None:
    version = parse("1.0.0")
    assert version is not None
    with pytest.raises(BadRange, match="improper constraint: newest"):
        contains("newest", version)

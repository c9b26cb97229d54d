"""The session cookie: how it is set, cleared and read."""

import pytest

from gyre.auth.cookies import clear_session, session_in, set_session


def test_it_is_for_no_script_and_no_other_site_and_over_https_only_when_it_came_so() -> None:
    assert set_session("x", seconds=60, secure=False) == ("gyre_session=x; Max-Age=60; Path=/; HttpOnly; SameSite=Lax")
    assert set_session("x", seconds=60, secure=True).endswith("; SameSite=Lax; Secure")
    assert clear_session(secure=True) == "gyre_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure"


@pytest.mark.parametrize(
    ("headers", "value"),
    [
        ([(b"cookie", b"gyre_session=x")], "x"),
        ([(b"cookie", b"a=b; gyre_session=x.y-z; c=d")], "x.y-z"),
        ([(b"cookie", b"a=b"), (b"cookie", b"gyre_session=x")], "x"),
        ([(b"cookie", b"gyre_session=x; gyre_session=planted")], None),
        ([(b"cookie", b"gyre_session=x"), (b"cookie", b"gyre_session=planted")], None),
        ([(b"cookie", b"gyre_session=")], None),
        ([(b"cookie", b"not_gyre_session=x; gyre_session_not=y; gyre_session")], None),
        ([(b"cookie", b"\xff\xfe;;;=;")], None),
        ([(b"authorization", b"gyre_session=x")], None),
        ([], None),
    ],
)
def test_the_one_cookie_of_our_name_is_read_and_of_two_neither(
    headers: list[tuple[bytes, bytes]], value: str | None
) -> None:
    assert session_in(headers) == value

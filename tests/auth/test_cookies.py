"""The session cookie: how it is set, cleared and read."""

import pytest

from gyre.auth.cookies import clear_session, session_in, set_session


def test_it_is_for_no_script_and_no_other_site_and_over_https_only_when_it_came_so() -> None:
    assert set_session("x", seconds=60, secure=False) == ("gyre_session=x; Max-Age=60; Path=/; HttpOnly; SameSite=Lax")
    secure = "__Host-gyre_session={}; Max-Age={}; Path=/; HttpOnly; SameSite=Lax; Secure"
    assert set_session("x", seconds=60, secure=True) == secure.format("x", 60)
    assert clear_session(secure=True) == secure.format("", 0)
    assert clear_session(secure=False) == "gyre_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"


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
    assert session_in(headers, secure=False) == value


@pytest.mark.parametrize(
    ("cookies", "value"),
    [
        (b"__Host-gyre_session=x", "x"),
        (b"gyre_session=planted; __Host-gyre_session=x", "x"),
        (b"gyre_session=planted", None),
        (b"__Secure-gyre_session=planted", None),
    ],
)
def test_over_https_only_the_name_that_no_other_host_can_set_is_read(cookies: bytes, value: str | None) -> None:
    assert session_in([(b"cookie", cookies)], secure=True) == value


def test_over_http_the_name_that_only_https_can_set_is_not_read() -> None:
    assert session_in([(b"cookie", b"__Host-gyre_session=x")], secure=False) is None

"""With what a request says who asks: where a token is given, a cookie beside it is not looked at."""

import pytest

from gyre.auth.credentials import Bearer, Cookie, Credential, credential_in

COOKIE = (b"cookie", b"gyre_session=s")


def authorized(value: bytes) -> tuple[bytes, bytes]:
    return b"authorization", value


@pytest.mark.parametrize(
    ("headers", "subprotocols", "found"),
    [
        ([], (), None),
        ([COOKIE], (), Cookie("s")),
        ([COOKIE, authorized(b"Basic eDp5")], (), Cookie("s")),
        ([COOKIE, authorized(b"Bearer gyre_x")], (), Bearer("gyre_x")),
        ([authorized(b"bEARER   gyre_x ")], (), Bearer("gyre_x")),
        ([COOKIE, authorized(b"Bearer")], (), Bearer("")),
        ([COOKIE, authorized(b"Bearer \xff")], (), Bearer("\xff")),
        ([COOKIE, authorized(b"Basic eDp5"), authorized(b"Bearer gyre_x")], (), Bearer("gyre_x")),
        ([authorized(b"Bearer gyre_x"), authorized(b"Bearer gyre_x")], (), Bearer("gyre_x")),
        ([authorized(b"Bearer gyre_x"), authorized(b"Bearer gyre_y")], (), Bearer("")),
        ([COOKIE], ("gyre", "gyre.token.gyre_x"), Bearer("gyre_x")),
        ([COOKIE], ("gyre",), Cookie("s")),
        ([authorized(b"Bearer gyre_x")], ("gyre.token.gyre_y",), Bearer("")),
    ],
)
def test_what_a_request_says(
    headers: list[tuple[bytes, bytes]], subprotocols: tuple[str, ...], found: Credential
) -> None:
    assert credential_in(headers, subprotocols, secure=False) == found


def test_neither_shows_itself_in_a_log() -> None:
    assert "secret" not in repr((Bearer("secret"), Cookie("secret")))

"""What one client's connection may cost: uvicorn bounds neither the head of a request nor the time for sending one.

How large a body may be is gyre.web's; how long a stream may go unread is the listening socket's, see gyre.cli.server.
"""

from asyncio import TimerHandle, Transport
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gyre.audit.answering import answering, tell_refused
from gyre.errors import Invalid, TooLarge
from gyre.terms.requests import RequestFacts

LARGEST_HEAD_BYTES = 65_536
"""All of a request but its body: browsers send some kilobytes, proxies take 8 to 64."""
REQUEST_SECONDS = 60
"""From a request's first byte to its last, and from a connection to its first request."""

LINGER_SECONDS = 2.0
"""How long what is still sent is thrown away after a refusal: closing at once would reset the connection, and
its client would not hear why."""

CUT_SECONDS = 1.5
"""After the server was told to end: answers under way may take so long, streams are cut then."""

UNREAD: Final = "HTTP"
"""What was refused, for the audit: nothing more is known of it."""

WHY_TOO_LARGE = f"All of a request but its body has at most {LARGEST_HEAD_BYTES} bytes."
TOO_LARGE_BODY = f'{{"error":{{"code":"{TooLarge.code}","message":"{WHY_TOO_LARGE}","details":{{}}}}}}'.encode()
TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
    b"connection: close\r\n\r\n%b" % (len(TOO_LARGE_BODY), TOO_LARGE_BODY)
)


REQUEST_LINE_BYTES = len("  HTTP/1.1\r\n")
"""Of a request's first line, besides its method and target."""
HEADER_BYTES = len(": \r\n")
"""Of a header, besides its name and value."""
END_BYTES = len("\r\n")


class HeadTooLarge(Exception):  # it ends a parser's work, nobody else hears of it
    """A head that came whole has more than it may."""


class BoundedHttp(HttpToolsProtocol):
    """One connection over HTTP/1.1; who sends too much, or too slowly, is let go."""

    _deadline: TimerHandle | None = None
    _besides_bodies = 0
    _under_way = False
    _too_large = False
    _refused = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Wait for a first request, not for ever."""
        super().connection_made(transport)
        self._expect_end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._expect_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what is no body, so that neither a head nor what follows a body in pieces grows without end.

        The piece that a request begins in is not counted, as another may have ended in it.
        """
        if self._refused:
            return
        self._besides_bodies += len(data)
        super().data_received(data)
        if self._under_way and self._besides_bodies > LARGEST_HEAD_BYTES and not self.transport.is_closing():
            self._refuse_head()

    def send_400_response(self, msg: str) -> None:
        """What came cannot be parsed, or not in full."""
        if self._too_large:
            self._refuse_head()
        else:
            self._tell(Invalid.code, msg)
            super().send_400_response(msg)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._besides_bodies, self._under_way = 0, True
        self._expect_end()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is here: to the byte, it is within the bound or refused before anything is asked."""
        line = len(self.parser.get_method()) + len(self.url) + REQUEST_LINE_BYTES
        headers = sum(len(name) + len(value) + HEADER_BYTES for name, value in self.headers)
        if line + headers + END_BYTES > LARGEST_HEAD_BYTES:
            self._too_large = True
            raise HeadTooLarge
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._besides_bodies -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is here whole."""
        self._under_way = False
        self._expect_nothing()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """From here on it is a WebSocket, which has bounds of its own."""
        self._under_way = False
        self._expect_nothing()
        super().handle_websocket_upgrade()

    def shutdown(self) -> None:
        """The server ends: finish the answer under way, soon."""
        super().shutdown()
        self.loop.call_later(CUT_SECONDS, self.transport.abort)  # closing would wait for what nobody reads

    def _refuse_head(self) -> None:
        self._refused = True
        self._tell(TooLarge.code, WHY_TOO_LARGE)
        if self.cycle is not None:  # whoever has begun to answer is heard no more
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.write(TOO_LARGE)
        self._expect_nothing()
        self.loop.call_later(LINGER_SECONDS, self.transport.close)

    def _tell(self, code: str, why: str) -> None:
        """The audit is told here, where the peer is all that is known: behind a proxy, the proxy."""
        facts = RequestFacts(address=self.client[0] if self.client else "")
        with answering(UNREAD, lambda: facts):
            tell_refused(code, why)

    def _expect_end(self) -> None:
        self._expect_nothing()
        self._deadline = self.loop.call_later(REQUEST_SECONDS, self.transport.close)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

"""Serve the stand-in over HTTP with a set latency, in a process of its own. Used by timed benchmarks.

So the times of a client hold all that its processor does for a call, sockets too, and nothing of
what the other end does.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Thread

from botocore.awsrequest import AWSPreparedRequest

from benchmarks.aws.stand_in import StandIn, operation_of

OPERATION = "x-operation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The client of that process."""

    port: int
    control: "Connection[str, Sequence[Mapping[str, str]]]"

    @property
    def url(self) -> str:
        """The URL for clients."""
        return f"http://127.0.0.1:{self.port}"

    def start_over(self) -> None:
        """Forget every item and message."""
        self._ask("start_over")

    @property
    def published(self) -> Sequence[Mapping[str, str]]:
        """Return the messages that the topic or a queue was given."""
        return self._ask("published")

    def name(self, request: AWSPreparedRequest, event_name: str, **_: object) -> None:
        """Add the operation to a request, as a handler of botocore's `before-send`."""
        request.headers[OPERATION] = operation_of(event_name)

    def _ask(self, wanted: str) -> Sequence[Mapping[str, str]]:
        self.control.send(wanted)
        return self.control.recv()


@contextmanager
def running(*, latency: float) -> Iterator[Endpoint]:
    """Start the process, with *latency* in seconds, and end it."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(latency, theirs), daemon=True)
    process.start()
    yield Endpoint(port=ours.recv(), control=ours)
    process.terminate()


def _serve(latency: float, control: Connection) -> None:
    aws = StandIn()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # headers and body in one write

        def do_POST(self) -> None:
            """Answer *latency* after the request arrived; computing the answer is part of that."""
            due = time.monotonic() + latency
            body = self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"{}"
            answer = aws.reply(self.headers[OPERATION], body)
            time.sleep(max(0.0, due - time.monotonic()))
            self.send_response_only(200)
            self.send_header("Content-Length", str(len(answer)))
            self.send_header("x-amzn-RequestId", "r-1")
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST  # noqa: N815 - the name that the server looks for

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    control.send(server.server_port)
    with suppress(EOFError):
        while True:
            if control.recv() == "start_over":
                aws.start_over()
            control.send(aws.published)

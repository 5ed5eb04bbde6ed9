"""Receive signed webhooks and keep what they say: the other end of `forward.py`.

    WEBHOOK_SECRET=whsec_… python receiver.py 8000 statuses.db

A shop puts `take` into the framework of its own; TLS is what stands before it.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from consumer import Statuses
from webhooks import Refused, Webhook

LARGEST = 64 * 1024
"""Bytes of a body; an event has less than 5 KB."""


def take(
    headers: Mapping[str, str],
    body: bytes,
    *,
    webhook: Webhook,
    statuses: Statuses,
    now: Callable[[], float] = time.time,
) -> int:
    """Store a webhook that is to be trusted; return the status to answer.

    A repetition is taken and changes nothing, because its version is not higher. So a receiver needs
    no memory of the ids that it has seen.
    """
    try:
        webhook.verify(headers, body, now=now())
    except Refused:
        return 401
    try:
        statuses.take(body.decode())
    except (ValueError, KeyError):
        return 400
    return 204


def server(port: int, *, webhook: Webhook, path: str) -> ThreadingHTTPServer:
    """Return a server on loopback, which stores what it takes in the database at *path*."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 10  # seconds for a body to come

        def do_POST(self) -> None:
            """Answer one webhook."""
            length = self.headers.get("content-length", "")
            if not length.isdecimal() or int(length) > LARGEST:
                self.send_error(413)
                return
            body = self.rfile.read(int(length))
            # A connection to the database belongs to one thread, and so does a request.
            with closing(Statuses(path)) as statuses:
                status = take(dict(self.headers), body, webhook=webhook, statuses=statuses)
            self.send_response(status)
            self.end_headers()

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main() -> None:
    """Serve until interrupted."""
    port, path = sys.argv[1:]
    webhook = Webhook(os.environ["WEBHOOK_SECRET"])
    server(int(port), webhook=webhook, path=path).serve_forever()


if __name__ == "__main__":
    main()

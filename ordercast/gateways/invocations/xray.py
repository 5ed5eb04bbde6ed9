"""Write X-Ray segments that tie a batch to the traces it comes from. Used by the processors, through processors/traced.py.

Lambda traces the invocation itself, and botocore hands its trace to SNS, which hands it on to SQS. What
is missing are the joints: Kinesis carries no trace, and a batch is of many. At each, a segment is added
to the trace that a record comes from; its annotation `invocation` is the trace of the invocation, in
which one goes on reading.

Documents go to Lambda's daemon by UDP (X-Ray developer guide, "Sending segment documents to the X-Ray
daemon"): nothing waits for them, and nothing fails if there is none.
"""

import json
import re
import secrets
import socket
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, NamedTuple

_Records = Iterable[Mapping[str, Any]]
_Clock = Callable[[], datetime]
_Span = tuple[datetime, datetime]

MOST = 50
"""Segments of an invocation: a batch of another producer's trace each would hold it up."""


class TraceHeader(NamedTuple):
    """A place in a trace: `root` is the trace's id, `parent` the segment's."""

    root: str
    parent: str


@contextmanager
def batch(
    service: str, records: _Records, environ: Mapping[str, str], *, now: _Clock
) -> Iterator[None]:
    """Write a segment to each sampled trace that *records* come from, when the batch is done or has failed."""
    began, failed = now(), True
    try:
        yield
        failed = False
    finally:
        # An order is worth more than its trace.
        with suppress(Exception):
            own = read_header(environ.get("_X_AMZN_TRACE_ID", "").encode())
            segments = [
                _segment(service, each, own, between=(began, now()), failed=failed)
                for each in list(dict.fromkeys(_sources(records)))[:MOST]
            ]
            _send(segments, environ.get("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000"))


def _sources(records: _Records) -> Iterator[TraceHeader]:
    """Yield the traces that records name: SQS beside the message, Kinesis only in the payload."""
    for each in records:
        written = (
            b64decode(each["kinesis"]["data"])
            if "kinesis" in each
            else each["attributes"].get("AWSTraceHeader", "").encode()
        )
        for found in _HEADERS.finditer(written):
            if header := _read(found):
                yield header


def read_header(written: bytes) -> TraceHeader | None:
    """Return the first sampled header in *written*, as X-Ray or as W3C writes it; None if there is none."""
    return next(filter(None, map(_read, _HEADERS.finditer(written))), None)


_HEADERS = re.compile(
    # X-Amzn-Trace-Id; between both Lambda may put a lineage
    rb"Root=(1-[0-9a-f]{8}-[0-9a-f]{24});(?:\w+=[^;\"\\]{1,100};){0,3}?"
    rb"Parent=([0-9a-f]{16});(?:\w+=[^;\"\\]{1,100};){0,3}?Sampled=([01])"
    # traceparent (W3C Trace Context, and CloudEvents' extension of that name)
    rb"|\b00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})\b"
)


def _read(found: re.Match[bytes]) -> TraceHeader | None:
    root, parent, sampled, trace, span, flags = (
        None if each is None else each.decode() for each in found.groups()
    )
    if root and parent:
        return TraceHeader(root, parent) if sampled == "1" else None
    if not (trace and span and flags) or not int(flags, 16) & 1:
        return None
    # X-Ray takes a W3C id in its own spelling.
    return TraceHeader(f"1-{trace[:8]}-{trace[8:]}", span)


def _segment(
    service: str, of: TraceHeader, own: TraceHeader | None, *, between: _Span, failed: bool
) -> dict[str, Any]:
    return {
        "name": service,
        "id": secrets.token_hex(8),
        "trace_id": of.root,
        "parent_id": of.parent,
        "start_time": between[0].timestamp(),
        "end_time": between[1].timestamp(),
        "fault": failed,
        "annotations": {"invocation": own.root} if own else {},
    }


def _send(segments: list[dict[str, Any]], address: str) -> None:
    # Also "tcp:host:port udp:host:port" (X-Ray developer guide).
    host, _, port = re.sub(r".*udp:", "", address).rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        for each in segments:
            daemon.sendto(_FORMAT + json.dumps(each).encode(), (host, int(port)))


_FORMAT = b'{"format":"json","version":1}\n'

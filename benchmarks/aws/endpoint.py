"""Serve the stand-in over HTTP with a set latency, in a process of its own. Used by timed benchmarks.

So the times of a client hold all that its processor does for a call, sockets too, and nothing of
what the other end does. It ends when its standard input does.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from botocore.awsrequest import AWSPreparedRequest

from benchmarks.aws.account import empty_tables
from benchmarks.aws.stand_in import StandIn, operation_of

OPERATION = "x-operation"
START_OVER = "StartOver"
PUBLISHED = "Published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """The client of that process."""

    port: int

    @property
    def url(self) -> str:
        """The URL for clients."""
        return f"http://127.0.0.1:{self.port}"

    def start_over(self) -> None:
        """Forget every item and message."""
        self._ask(START_OVER)

    @property
    def published(self) -> Sequence[Mapping[str, str]]:
        """Return the messages that the topic or a queue was given."""
        messages: list[Mapping[str, str]] = json.loads(self._ask(PUBLISHED))
        return messages

    def name(self, request: AWSPreparedRequest, event_name: str, **_: object) -> None:
        """Add the operation to a request, as a handler of botocore's `before-send`."""
        request.headers[OPERATION] = operation_of(event_name)

    def _ask(self, operation: str) -> bytes:
        connection = HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", "/", headers={OPERATION: operation})
        answer = connection.getresponse().read()
        connection.close()
        return answer


@contextmanager
def running(*, latency: float) -> Iterator[Endpoint]:
    """Start the process, with *latency* in seconds, and end it."""
    command = [sys.executable, "-m", "benchmarks.aws.endpoint", str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if process.stdin is None or process.stdout is None:
            message = "a process without pipes"
            raise TypeError(message)
        yield Endpoint(port=int(process.stdout.readline()))
        process.stdin.close()


async def _serve(latency: float) -> None:
    aws = StandIn(empty_tables)

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                await _answer(aws, reader, writer, latency)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


async def _answer(
    aws: StandIn, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, latency: float
) -> None:
    """Answer one request *latency* after it arrived; computing the answer is part of that."""
    latest_status = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    fields = dict(line.lower().split(": ", 1) for line in latest_status[1:] if line)
    names = dict(line.split(": ", 1) for line in latest_status[1:] if line)
    operation = next(value for name, value in names.items() if name.lower() == OPERATION)
    began = asyncio.get_running_loop().time()
    body = await reader.readexactly(int(fields.get("content-length", "0")))
    answer = _reply(aws, operation, body)
    if operation not in {START_OVER, PUBLISHED}:
        took = asyncio.get_running_loop().time() - began
        await asyncio.sleep(max(0.0, latency - took))
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {len(answer)}", "x-amzn-RequestId: r-1"]
    writer.write("\r\n".join([*lines, "", ""]).encode() + answer)
    await writer.drain()


def _reply(aws: StandIn, operation: str, body: bytes) -> bytes:
    if operation == START_OVER:
        aws.start_over()
        return b""
    if operation == PUBLISHED:
        return json.dumps(aws.published).encode()
    return aws.reply(operation, body)


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))

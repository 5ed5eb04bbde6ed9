"""Write and read recordings of the orders stream. Used by `ordercast record` and `replay`.

The file is JSON Lines, gzipped where its name ends in `.gz`: a header, then one Lambda event a
line, `{"Records": […]}`, as the relay gets it and as the event-source model's fixture reads it.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import md5
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ordercast.events.envelope import COMPRESSED, EVENT_LIMIT, unwrapped
from ordercast.events.kpl import message_in, take_apart
from ordercast.events.kpl_message import MAGIC, definition
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.events.wrapping.encodings import utf8
from ordercast.events.wrapping.json_texts import json_texts
from ordercast.gateways.streams.kinesis_records import lambda_record, stream_records
from ordercast.operations.anonymise import Scrub, masked
from ordercast.usage_error import UsageError

FORMAT = "ordercast recording"
VERSION = 1
STREAM_ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/recorded"
ROLE_ARN = "arn:aws:iam::123456789012:role/recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The header of a recording; times are those of arrival on the stream."""

    stage: str
    since: datetime
    until: datetime
    recorded_at: datetime
    batches: int
    records: int


def write(path: Path, header: Header, batches: Iterable[Mapping[str, Any]]) -> None:
    """Write a recording; its name never has a partial file."""
    kept = "replaced, the same person by the same replacement"
    top = {"format": FORMAT, "version": VERSION, **asdict(header), "personal_data": kept}
    lines = [
        json.dumps(each, separators=(",", ":"), default=datetime.isoformat)
        for each in (top, *batches)
    ]
    content = ("\n".join(lines) + "\n").encode()
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
    unfinished.replace(path)


def read(path: Path | str) -> list[Mapping[str, Any]]:
    """Return a recording's batches, or the one of a file that is a single Lambda event."""
    content = Path(path).read_bytes()
    try:
        if content.startswith(_GZIP):
            content = gzip.decompress(content)
        content = utf8(content)
        whole = _json(content)
        first, *events = [whole] if whole else _lines(path, content)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise UsageError(f"{path} is damaged or incomplete: it does not decompress") from None
    except ValueError:
        raise UsageError(f"{path} is neither a recording nor a Lambda event") from None
    if isinstance(first, dict) and "Records" in first:
        return [_checked(path, each) for each in (first, *events)]
    header = first if isinstance(first, dict) else {}
    if header.get("format") != FORMAT or header.get("version") != VERSION:
        raise UsageError(f"{path}: format: not “{FORMAT}”, version {VERSION}")
    if len(events) != header.get("batches"):
        raise UsageError(
            f"{path}: batches: {header.get('batches')} in the header, {len(events)} found"
        )
    return [_checked(path, each) for each in events]


def _lines(path: Path | str, content: bytes) -> list[Any]:
    """Read the lines; an unreadable line means that the recording is cut off or damaged there."""
    lines, read = content.splitlines(), []
    is_recording = content.startswith(f'{{"format":"{FORMAT}"'.encode())
    for number, line in enumerate(lines, start=1):
        try:
            read.append(json.loads(line))
        except ValueError:
            if not is_recording:
                raise
            how = "damaged in" if number < len(lines) else "cut within"
            raise UsageError(f"{path} is {how} line {number}") from None
    return read


def _checked(path: Path | str, event: Any) -> Mapping[str, Any]:  # noqa: ANN401 - whatever it holds
    """Return the event if it holds records of a data stream. Raises `UsageError`."""
    try:
        stream_records(event)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise UsageError(f"{path}: Records: not those of a Kinesis stream") from None
    checked: Mapping[str, Any] = event
    return checked


def batches(
    pages: Iterable[tuple[str, Sequence[StreamRecord]]], *, size: int, scrub: Scrub
) -> Iterator[dict[str, Any]]:
    """Yield Lambda events of up to *size* records of one shard each, anonymised."""
    for shard, records in pages:
        for start in range(0, len(records), size):
            some = records[start : start + size]
            yield {"Records": [_lambda_record(shard, scrubbed(each, scrub)) for each in some]}


def scrubbed(record: StreamRecord, scrub: Scrub) -> StreamRecord:
    """Return the anonymised record, in its original envelope."""
    return replace(
        record,
        partition_key=scrub.key(record.partition_key),
        payload=_enveloped(record, scrub),
    )


def _enveloped(record: StreamRecord, scrub: Scrub) -> bytes:
    message = message_in(record.payload)
    if message is None:
        return _compressed(record.payload, scrub)
    parts = take_apart(record, message)
    if any(isinstance(part, ParkedRecord) for part in parts):
        # A damaged aggregate cannot be rebuilt; it is masked and stays damaged.
        return MAGIC + masked(message) + md5(message, usedforsecurity=False).digest()
    return _aggregate(message, scrub)


def _aggregate(message: bytes, scrub: Scrub) -> bytes:
    """Rewrite an intact aggregate field by field; tables, indexes and tags keep their places."""
    whole = definition().aggregated_record.FromString(message)
    # Unknown fields may hold personal data.
    whole.DiscardUnknownFields()
    whole.partition_key_table[:] = [scrub.key(_text(each)) for each in whole.partition_key_table]
    whole.explicit_hash_key_table[:] = [
        scrub.hash_key(_text(each)) for each in whole.explicit_hash_key_table
    ]
    for part in whole.records:
        part.data = _compressed(part.data, scrub)
        for tag in part.tags:
            tag.key = scrub.unless_an_address(_text(tag.key))
            if tag.HasField("value"):
                tag.value = scrub.tag_value(_text(tag.value))
    again: bytes = whole.SerializeToString()
    return MAGIC + again + md5(again, usedforsecurity=False).digest()


def _text(written: str | bytes) -> str:
    # For invalid UTF-8 protobuf returns bytes.
    return written if isinstance(written, str) else written.decode(errors="replace")


def _compressed(payload: bytes, scrub: Scrub) -> bytes:
    """Return the events anonymised, one a line, compressed if they were; other wrappings are left off."""
    content, problem = unwrapped(payload, EVENT_LIMIT)
    if problem is not None:
        return masked(payload)
    again = b"\n".join(scrub.event(each.content) for each in json_texts(content))
    if not payload.startswith(COMPRESSED):
        return again
    # Without a timestamp: the same recording is the same file.
    return gzip.compress(again, mtime=0) if payload.startswith(_GZIP) else zlib.compress(again)


_GZIP = b"\x1f\x8b"


def _lambda_record(shard: str, record: StreamRecord) -> Mapping[str, Any]:
    return lambda_record(record, stream_arn=STREAM_ARN, shard_id=shard, role_arn=ROLE_ARN)


def _json(content: bytes) -> Any:  # noqa: ANN401 - whatever it holds
    try:
        return json.loads(content)
    except ValueError:
        return None

"""Name a format that is not read by the form of its bytes. Used where a payload is refused."""

import re

from ordercast.events.wrapping.encodings import encoding_of
from ordercast.events.wrapping.json_texts import is_text
from ordercast.events.wrapping.text_wrappings import from_base64

_COMPRESSION = " (gzip and zlib are read)"
_REGISTRY = "a payload with the header of a schema registry"

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x28\xb5\x2f\xfd", f"Zstandard{_COMPRESSION}"),
    (b"\xff\x06\x00\x00sNaPpY", f"Snappy{_COMPRESSION}"),
    (b"\x82SNAPPY\x00", f"Snappy{_COMPRESSION}"),
    (b"\x04\x22\x4d\x18", f"LZ4{_COMPRESSION}"),
    (b"BZh", f"bzip2{_COMPRESSION}"),
    (b"\xfd7zXZ\x00", f"xz{_COMPRESSION}"),
    (b"PK\x03\x04", f"a ZIP archive{_COMPRESSION}"),
    (b"\x1f\x8b", "gzip in more layers than are read"),
    (b"Obj\x01", "Avro"),
    (b"\xc3\x01", "Avro"),
    (b"PAR1", "Parquet"),
    (b"ORC", "ORC"),
    (b"\xe0\x01\x00\xea", "Amazon Ion"),
    (b"\xd9\xd9\xf7", "CBOR"),
    (b":)\n", "Smile"),
    (b"\xac\xed\x00\x05", "a serialised Java object"),
    (b"\xf3\x89\x9a\xc2", "a KPL aggregate that is damaged or cut off"),
    (b"%PDF-", "PDF"),
    (b"-----BEGIN ", "PEM"),
    (b"<", "XML or HTML"),
    (b"---", "YAML"),
)

_BINARY: tuple[tuple[re.Pattern[bytes], str], ...] = (
    # The length of the text, the tag of a literal, and the text's own beginning.
    (
        re.compile(rb"[\x80-\xff]{0,4}[\x00-\x7f](?:[\x00-\xec]|\xf0.|\xf4..)[{\[]", re.DOTALL),
        f"Snappy{_COMPRESSION}",
    ),
    (re.compile(rb"\x00.{4}", re.DOTALL), f"{_REGISTRY} (Confluent)"),
    (re.compile(rb"\x03[\x00\x05].{16}", re.DOTALL), f"{_REGISTRY} (AWS Glue)"),
    (re.compile(rb"\x80[\x02-\x05]"), "a pickled Python object"),
    (re.compile(rb"(?:[\x81-\x8f]|\xde..|\xdf.{4})[\xa1-\xbf\xd9]", re.DOTALL), "MessagePack"),
    (re.compile(rb"[\xa1-\xb7\xbf][\x61-\x78]"), "CBOR"),
)

_TEXT: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"eyJ[\w-]+\.[\w-]+\.[\w-]*\s*", re.ASCII), "a JSON Web Token"),
    (re.compile(rb"a:[0-9]+:\{.*", re.DOTALL), "serialised PHP"),
    (re.compile(rb"[\w.-]+=[^\s&]*(?:&[\w.%-]+=[^\s&]*)+\s*", re.ASCII), "form data"),
)


def format_of(payload: bytes) -> str | None:
    """Return the name of the format of bytes that are no JSON; None where nothing is known."""
    if encoding_of(payload):
        return "UTF-16 or UTF-32 that is damaged or cut off"
    for beginning, name in _BEGINNINGS:
        if payload.startswith(beginning):
            return name
    if is_text(payload):
        inner = from_base64(payload)
        of = inner and format_of(inner)
        text = next((name for form, name in _TEXT if form.fullmatch(payload)), None)
        return f"base64 of {of}" if of else text
    known = next((name for form, name in _BINARY if form.match(payload)), None)
    return known or ("protobuf" if _is_protobuf(payload) else None)


def _is_protobuf(payload: bytes) -> bool:
    """Tell whether the bytes are fields of a message to the last; text is excluded before."""
    at = 0
    while 0 <= at < len(payload):
        tag, at = _number(payload, at)
        if at < 0 or tag >> 3 == 0:
            return False
        match tag & 7:
            case 0:
                _, at = _number(payload, at)
            case 1:
                at += 8
            case 2:
                length, at = _number(payload, at)
                at = at + length if at > 0 else -1
            case 5:
                at += 4
            case _:
                return False
    return at == len(payload) > 1


def _number(payload: bytes, at: int) -> tuple[int, int]:
    """Read a varint; return it and where it ends, or -1 where there is none."""
    number = 0
    for place, byte in enumerate(payload[at : at + 10]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:  # noqa: PLR2004 - the highest bit says that another byte follows
            return number, at + place + 1
    return 0, -1

"""A payload in a format that is not read is refused by the name of the format, in one line."""

import bz2
import lzma
import pickle
import struct
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.errors import MalformedOrderEvent
from ordercast.events.wrapping.formats import format_of
from tests.aggregates import aggregate, field
from tests.decisions.five_orders import ORDERS
from tests.events.contract_readers import parsed

ORDER = ORDERS[0]
READ = "gzip and zlib are read"

# Snappy: the length, then a literal of so many bytes less one.
SNAPPY = bytes([len(ORDER), (len(ORDER) - 1) << 2]) + ORDER[:-1] + b"\x01\x02}"
LONG_SNAPPY = b"\xac\x02\xf0\xff" + ORDER * 7

FORMATS = {
    "Zstandard": b"\x28\xb5\x2f\xfd\x04\x58" + ORDER,
    "Snappy in frames": b"\xff\x06\x00\x00sNaPpY" + ORDER,
    "Snappy of Java": b"\x82SNAPPY\x00" + ORDER,
    "Snappy": SNAPPY,
    "Snappy of a long text": LONG_SNAPPY,
    "LZ4": b"\x04\x22\x4d\x18\x64" + ORDER,
    "bzip2": bz2.compress(ORDER),
    "xz": lzma.compress(ORDER),
    "a ZIP archive": b"PK\x03\x04\x14" + ORDER,
    "Avro": b"Obj\x01\x04\x16avro.codec",
    "Avro of one object": b"\xc3\x01" + bytes(8) + b"\x0e1000017",
    "a payload with the header of a schema registry (Confluent)": b"\x00\x00\x00\x00\x07" + ORDER,
    "a payload with the header of a schema registry (AWS Glue)": b"\x03\x00" + bytes(16) + ORDER,
    "MessagePack": b"\x82\xa8order_id\xa71000017\xa6status\xa7shipped",
    "MessagePack of a long map": b"\xde\x00\x10\xa8order_id\xa71000017",
    "CBOR": b"\xa2\x68order_id\x671000017\x66status\x67shipped",
    "CBOR with its tag": b"\xd9\xd9\xf7\xa1\x61a\x01",
    "protobuf": field(1, b"1000017") + field(2, b"c-42") + b"\x18\x07",
    "protobuf with fixed numbers": b"\x0d" + struct.pack("<f", 42.5) + b"\x11" + bytes(8),
    "a pickled Python object": pickle.dumps({"order_id": "1000017"}),
    "a serialised Java object": b"\xac\xed\x00\x05sr",
    "a KPL aggregate that is damaged or cut off": aggregate(ORDER, ORDER)[:-1],
    "XML or HTML": b'<?xml version="1.0"?><order id="1000017"/>',
    "XML or HTML of an error page": b"<html><body>502</body></html>",
    "YAML": b"---\norder_id: 1000017\n",
    "serialised PHP": b'a:1:{s:8:"order_id";s:7:"1000017";}',
    "form data": b"order_id=1000017&status=shipped",
    "a JSON Web Token": b"eyJhbGciOiJIUzI1NiJ9.eyJvcmRlcl9pZCI6IjEifQ.c2lnbmF0dXJl",
    "base64 of Zstandard": b64encode(b"\x28\xb5\x2f\xfd\x04\x58" + ORDER),
    "base64 of protobuf": b64encode(field(1, b"1000017") + b"\x10\x07"),
}


@pytest.mark.parametrize(("name", "payload"), FORMATS.items(), ids=FORMATS)
def test_a_format_is_named(name: str, payload: bytes) -> None:
    with pytest.raises(MalformedOrderEvent) as refusal:
        parsed(payload)

    known = name.partition(" of ")[0] if not name.startswith("base64") else name
    known = known.removesuffix(" in frames").removesuffix(" with its tag")
    known = known.removesuffix(" with fixed numbers")
    assert str(refusal.value).startswith(f"not JSON: it looks like {known}")
    assert 1 == len(str(refusal.value).splitlines())


@pytest.mark.parametrize("name", ["Zstandard", "Snappy", "LZ4", "bzip2", "xz", "a ZIP archive"])
def test_a_compression_that_is_not_read_says_which_are(name: str) -> None:
    assert READ in (format_of(FORMATS[name]) or "")


@pytest.mark.parametrize(
    "payload", [ORDER[:-1], b"hello", b"order 17 {}", "Zoë".encode(), b"", b"x: 1"]
)
def test_text_is_not_taken_for_another_format(payload: bytes) -> None:
    assert format_of(payload) is None


@given(st.binary(max_size=64) | st.text(max_size=64).map(str.encode))
def test_any_bytes_have_a_name_or_none(payload: bytes) -> None:
    name = format_of(payload)

    assert name is None or name.isascii()

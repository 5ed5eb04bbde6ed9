"""Take base64 and JSON texts off a payload that was written twice. Used by the envelope and file readers."""

import re
from base64 import b64decode
from binascii import Error

import msgspec

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{8,}(?:\s+[A-Za-z0-9+/_-]+)*={0,2}\s*")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def unwrapped_text(payload: bytes) -> bytes:
    """Return the bytes that *payload* is in base64, or as a JSON text or lines of them; else itself."""
    if payload.startswith(b'"'):
        lines = payload.splitlines()
        inner = [in_json_text(each) for each in lines]
        return payload if inner == lines else b"\n".join(inner)
    return from_base64(payload) or payload


def from_base64(payload: bytes) -> bytes | None:
    """Return the bytes that *payload* is in base64, of either alphabet and in lines; else None."""
    if not _BASE64.fullmatch(payload):
        return None
    digits = b"".join(payload.split()).rstrip(b"=").translate(_URL_SAFE)
    try:
        return b64decode(digits + b"=" * (-len(digits) % 4), validate=True)
    except Error:
        return None


def in_json_text(payload: bytes) -> bytes:
    """Return the bytes that *payload* is as a JSON text; itself if it is none."""
    try:
        return _TEXT.decode(payload).encode()
    except (msgspec.DecodeError, UnicodeError):
        return payload


_TEXT = msgspec.json.Decoder(str)

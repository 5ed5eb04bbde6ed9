"""Turn JSON in any Unicode encoding into UTF-8. Used wherever records and files are read."""

import codecs

_MARK = codecs.BOM_UTF8
_MARKS = (
    # That of UTF-32 begins like that of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BEGINNINGS = {
    # JSON begins with an ASCII character, and holds no zero byte in UTF-8 (RFC 4627, section 3).
    each.encode(encoding): encoding
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
    for each in '{["'
}


def utf8(content: bytes) -> bytes:
    """Return *content* in UTF-8 without a byte order mark; unchanged if it cannot be decoded."""
    if content[:1] == b"{" and content[1:2] != b"\0":
        return content  # nearly every event
    if content.startswith(_MARK):
        return content.removeprefix(_MARK)
    encoding = encoding_of(content)
    if encoding is None:
        return content
    try:
        return content.decode(encoding).removeprefix("\ufeff").encode()
    except UnicodeError:
        return content


def encoding_of(content: bytes) -> str | None:
    """Return `utf-16`, `utf-32` or one of their two orders; None for UTF-8 and anything else."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    if b"\0" not in content[:4]:
        return None
    return _BEGINNINGS.get(content[:4]) or _BEGINNINGS.get(content[:2])

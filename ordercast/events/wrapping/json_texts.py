"""Take apart JSON Lines, objects one after another and arrays. Used by the envelope and file readers."""

import re
from collections.abc import Iterator
from itertools import islice
from json import JSONDecodeError, JSONDecoder
from typing import NamedTuple

import msgspec
from msgspec import Struct

from ordercast.events.wrapping.text_wrappings import in_json_text

_SEVERAL = re.compile(rb"\}[ \t]*[^ \t,\]}]")
"""The end of an object and the beginning of another; in one object only a text holds it."""

_BETWEEN = re.compile("[\\s\ufeff\x1e]*")
"""White space, byte order marks of joined files, and the separator of RFC 7464."""

_OBJECT = re.compile("[\r\n]([ \t]*)[\ufeff\x1e]*(?=\\{)")
_LINE = re.compile("[^\r\n]*")
_REST_OF_LINE = re.compile("[ \t]*(?=[\r\n{\ufeff\x1e]|\\Z)")
_OPENING = re.compile(r"\[\s*[\r\n]")

EFFORT = 16
"""How many times the length of a text may be read in vain; after that an object is one line."""


class JsonText(NamedTuple):
    """One JSON document, or a stretch that is none; `line` and, in an array, `place` count from 1."""

    line: int
    place: int | None
    content: bytes


def is_one_object(payload: bytes) -> bool:
    """Tell at a glance whether *payload* is one line that can hold nothing beside one object."""
    line = payload.rstrip()
    is_line = b"\n" not in line and b"\r" not in line
    return is_line and line.startswith(b"{") and not _SEVERAL.search(line)


def json_texts(payload: bytes, *, limit: int | None = None) -> list[JsonText]:
    """Return the documents in order, the elements of an array each by itself; *limit* and one at most.

    What is no JSON goes up to the next line that begins an object, and affects none of its
    neighbours. Bytes that are no text or hold no document are returned whole. The same payload
    always gives the same documents.
    """
    if not payload.lstrip(_SPACE).startswith((b"{", b"[")) and not is_text(payload):
        return [JsonText(1, None, payload)]
    found = list(islice(_texts(payload), limit and limit + 1))
    if any(is_json for is_json, _ in found):
        return [each for _, each in found]
    return [JsonText(1, None, payload)] if found else []


def is_text(payload: bytes) -> bool:
    """Tell whether bytes are UTF-8 without control characters."""
    try:
        return not _CONTROL.search(payload.decode())
    except UnicodeDecodeError:
        return False


_CONTROL = re.compile("[\x00-\x08\x0e-\x1d\x1f]")
_SPACE = b" \t\r\n\x1e\xef\xbb\xbf"


def _texts(payload: bytes) -> Iterator[tuple[bool, JsonText]]:
    """Yield each document or stretch, and which of the two it is."""
    reading = _Reading(text=payload.decode(errors="surrogateescape"))
    while piece := reading.next():
        is_json, line, text = piece
        content = text.encode(errors="surrogateescape")
        elements = _elements(content)
        if not elements:
            yield is_json, JsonText(line, None, content)
        for place, each in enumerate(elements, start=1):
            yield is_json, JsonText(line, place, each)


def _elements(content: bytes) -> list[bytes]:
    if not content.startswith(b"["):
        return []
    try:
        return [_written_once(bytes(each)) for each in _ARRAY.decode(content)]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []


def _written_once(element: bytes) -> bytes:
    """Return an object that its producer wrote as a text, as such; anything else as it is."""
    inner = in_json_text(element)
    return inner if inner.startswith(b"{") else element


_ARRAY = msgspec.json.Decoder(list[msgspec.Raw])
_SCANNER = JSONDecoder()


class _Reading(Struct, kw_only=True):
    """How far a text is read, how many lines that were, and how much was read in vain."""

    text: str
    at: int = 0
    line: int = 1
    wasted: int = 0

    def next(self) -> tuple[bool, int, str] | None:
        """Return the next document or stretch, which of the two, and its line; None at the end."""
        self._go_to(_end(_BETWEEN, self.text, self.at))
        if self.at == len(self.text):
            return None
        line, start = self.line, self.at
        end = self._document_end(start)
        self._go_to(end or self._stretch_end(start))
        return end is not None, line, self.text[start : self.at].rstrip()

    def _go_to(self, place: int) -> None:
        self.line += self.text.count("\n", self.at, place)
        self.at = place

    def _document_end(self, start: int) -> int | None:
        """Return where the object or array ends that begins here, if nothing else follows it."""
        if self.text[start] not in "{[":
            return None
        if self.wasted > EFFORT * len(self.text):
            return self._end_on_its_line(start)
        try:
            _, end = _SCANNER.raw_decode(self.text, start)
        except JSONDecodeError as error:
            # The error counts the lines before its place, which is quick, but not for nothing.
            self.wasted += error.pos - start + error.pos // 16
            return None
        except (ValueError, RecursionError):  # too many digits, or too deep
            self.wasted += len(self.text) - start
            return None
        return end if _REST_OF_LINE.match(self.text, end) else None

    def _end_on_its_line(self, start: int) -> int | None:
        """Return where the object or array ends if it is all that stands on the rest of its line."""
        line = self.text[start : _end(_LINE, self.text, start)].rstrip()
        try:
            _, end = _SCANNER.raw_decode(line)
        except (ValueError, RecursionError):
            return None
        return start + end if end == len(line) else None

    def _stretch_end(self, start: int) -> int:
        """Return where the next line begins an object, or the end."""
        if _OPENING.match(self.text, start):
            return len(self.text)  # an array over many lines; its elements are not documents
        for begins in _OBJECT.finditer(self.text, start):
            # An indented object may be part of a damaged one, unless it is whole on its line.
            if not begins[1] or self._end_on_its_line(begins.end()):
                return begins.end()
        return len(self.text)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at

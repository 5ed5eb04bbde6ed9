"""Make the inputs of each reader from real ones. Used by the fuzzing of readers."""

import gzip
import json
import zlib
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ordercast.events.statuses import STATUSES
from tests.aggregates import field, part, sealed
from tests.fuzzing.chance import Chance, one_in, one_of
from tests.fuzzing.documents import MARKER, PHONE, changed, written

CORPUS = Path(__file__).parent / "corpus"


def order(chance: Chance) -> bytes:
    """Return an order event, or what is nearly one."""
    document = changed(one_of(chance, _ORDERS), chance)
    if one_in(chance, 4):
        document = one_of(chance, _ENVELOPES)(document)
    return _damaged(_encoded(written(document, chance)), chance)


def message(chance: Chance) -> bytes:
    """Return an order event that most often leads to messages, of any status in any language."""
    contact = {"email": MARKER, "phone": PHONE, "locale": one_of(chance, _LOCALES)}
    about = {"status": one_of(chance, _STATUSES), "channel": "both", "contact": contact}
    return _encoded(written(changed(one_of(chance, _ORDERS) | about, chance), chance))


def record(chance: Chance) -> bytes:
    """Return the bytes of a record: some events in some wrappings."""
    payload = _encoded(written(changed(one_of(chance, _ORDERS), chance), chance))
    for _ in range(chance.below(4)):
        payload = one_of(chance, _WRAPPINGS)(payload)
    return _damaged(payload, chance)


def receipt(chance: Chance) -> str:
    """Return a body as the queue of receipts brings it."""
    document = changed(one_of(chance, _RECEIPTS), chance)
    if one_in(chance, 4):
        document = one_of(chance, _ENVELOPES)(document)
    return _damaged(_encoded(written(document, chance)), chance).decode(errors="replace")


def text_event(chance: Chance) -> str:
    """Return an event of End User Messaging as the queue of receipts brings it."""
    document = changed(one_of(chance, _TEXT_EVENTS), chance)
    if one_in(chance, 4):
        document = one_of(chance, _ENVELOPES)(document)
    return _damaged(_encoded(written(document, chance)), chance).decode(errors="replace")


def customer(chance: Chance) -> bytes:
    """Return a file of customers."""
    lines = [written(changed(one_of(chance, _CUSTOMERS), chance), chance) for _ in range(2)]
    return _damaged("\n".join(map(_text, lines)).encode(), chance)


def phone(chance: Chance) -> tuple[str, str]:
    """Return what stands in a phone field, and its country."""
    return _retyped(one_of(chance, _PHONES), chance), one_of(chance, _COUNTRIES)


def email(chance: Chance) -> str:
    """Return what stands in an e-mail field."""
    return _retyped(one_of(chance, _EMAILS), chance)


def _lines(name: str) -> list[str]:
    return (CORPUS / name).read_text().splitlines()


_ORDERS = [json.loads(each) for each in _lines("orders.jsonl")]
_RECEIPTS = [json.loads(each) for each in _lines("receipts.jsonl")]
_TEXT_EVENTS = [json.loads(each) for each in _lines("text_events.jsonl")]
_CUSTOMERS = [json.loads(each) for each in _lines("customers.jsonl")]
_PHONES = _lines("phones.txt")
_EMAILS = _lines("emails.txt")
_COUNTRIES = ("US", "SE", "DE", "JP", "MX", "BR", "IT", "GB", "AR", "ZZ")

_STATUSES = (*STATUSES, "on_hold", "Engraved")
_LOCALES = ("en-US", "sv", "de-AT", "fr-CA", "es-MX", "pt_BR", "ja-JP", "x", "ar-EG", "zh-Hant-TW")

_ENVELOPES: tuple[Callable[[Any], dict[str, Any]], ...] = (
    lambda inner: {"specversion": "1.0", "id": "i", "source": "s", "type": "t", "data": inner},
    lambda inner: {"detail-type": "t", "source": "s", "id": "i", "detail": inner},
    lambda inner: {"Type": "Notification", "TopicArn": "t", "Message": json.dumps(inner)},
    lambda inner: {"messageId": "m", "eventSource": "aws:sqs", "body": json.dumps(inner)},
    lambda inner: {"schema": {}, "payload": {"before": None, "after": inner, "op": "c"}},
)

_WRAPPINGS: tuple[Callable[[bytes], bytes], ...] = (
    lambda payload: gzip.compress(payload, mtime=0),
    zlib.compress,
    b64encode,
    lambda payload: b"\xef\xbb\xbf" + payload,
    lambda payload: payload.decode(errors="replace").encode("utf-16"),
    lambda payload: payload.decode(errors="replace").encode("utf-32-be"),
    lambda payload: json.dumps(payload.decode(errors="replace")).encode(),
    lambda payload: payload + b"\n" + payload + b"\r\n\n" + payload,
    lambda payload: payload + payload,
    lambda payload: b"[" + payload + b",\n" + payload + b"]",
    lambda payload: sealed(field(1, b"key") + part(payload) + part(payload)),
)

_BYTES = (
    *(
        b"",
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"\\",
        b"\n",
        b"\r",
        b"\0",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\x1e",
    ),
    *(
        b"\x1f\x8b",
        b"\x78\x9c",
        b"\xf3\x89\x9a\xc2",
        b"\xff\xfe",
        b"e30=",
        b"}{",
        b"},",
        b"\\ud800",
    ),
    *(b"\x28\xb5\x2f\xfd", b"Obj\x01", b"\x82\xa1a", b"\n\x02hi", b"{" * 40, b"[" * 2000, b"\n {"),
)

_CHARACTERS = (
    *(
        "",
        " ",
        "+",
        "00",
        "0",
        "(0)",
        "-",
        "/",
        ",",
        ";",
        "x12",
        " ext. 5",
        "@",
        "<",
        ">",
        ".",
        "..",
    ),
    *(
        "\u30fc",
        "\u200b",
        "\u202d",
        "\ufeff",
        "\u00ad",
        "\uff10",
        "\u0660",
        "\u2212",
        "\ud800",
        "\0",
    ),
    *("or", "tel:", "mailto:", '"', "\\", "é", "京", "xn--", PHONE, MARKER, "1" * 40, "\n", "\t"),
)


def _text(text: str) -> str:
    """Return text in which no half of a surrogate pair stands by itself."""
    return text.encode(errors="replace").decode()


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _damaged(payload: bytes, chance: Chance) -> bytes:
    """Return the payload, one in four with up to four stretches replaced."""
    for _ in range(max(0, chance.below(16) - 11)):
        start = chance.below(len(payload) + 1)
        end = start + chance.below(1 + one_of(chance, (0, 1, 4, 40)))
        instead = payload[end : end + 20] if one_in(chance, 4) else one_of(chance, _BYTES)
        payload = payload[:start] + instead + payload[end:]
    return payload


def _retyped(text: str, chance: Chance) -> str:
    """Return the text with up to three characters put in, taken out or changed."""
    for _ in range(chance.below(4)):
        at = chance.below(len(text) + 1)
        until = at + chance.below(3)
        typed = chr(chance.below(0x3000)) if one_in(chance, 6) else one_of(chance, _CHARACTERS)
        text = text[:at] + typed + text[until:]
    return text

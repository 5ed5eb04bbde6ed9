"""A receipt of any shape is read or refused, and nothing personal is quoted."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ordercast.notifications.lifecycle import State
from ordercast.receipts.provider_events import meaning_of
from ordercast.receipts.reading import read_receipt
from ordercast.receipts.receipt import CountedEvent, MalformedReceipt, Receipt
from tests.fakes.clock import START
from tests.receipts.provider_bodies import RECORDINGS, recorded
from tests.sampling import SAMPLED, sampled

MARKER = "ada.lovelace@example.com"
SCALARS = st.none() | st.booleans() | st.integers() | st.just(MARKER)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner)
)
EMAIL_EVENTS = st.fixed_dictionaries(
    {"eventType": st.sampled_from(["Bounce", "Delivery", "Reject"]) | ANYTHING},
    optional={
        "mail": ANYTHING | st.fixed_dictionaries({"messageId": st.just("m"), "tags": ANYTHING}),
        "bounce": ANYTHING
        | st.fixed_dictionaries({"bounceType": ANYTHING, "bounceSubType": ANYTHING}),
    },
)
SMS_LINES = st.fixed_dictionaries(
    {"notification": ANYTHING | st.just({"messageId": "m"})},
    optional={
        "delivery": ANYTHING | st.fixed_dictionaries({"providerResponse": ANYTHING}),
        "status": st.sampled_from(["SUCCESS", "FAILURE"]) | ANYTHING,
    },
)


@SAMPLED
@settings(max_examples=sampled(100, whole=300))
@given(EMAIL_EVENTS | SMS_LINES | ANYTHING)
def test_whatever_is_in_a_body_it_is_read_or_refused_without_quoting_it(document: object) -> None:
    assert MARKER not in _said(json.dumps(document))


RECORDED = (
    *sorted(p.stem for p in RECORDINGS.glob("s[en]s_event_*.json")),
    *sorted(p.stem for p in RECORDINGS.glob("sns_sms_log_*.json")),
)


@SAMPLED
@settings(max_examples=sampled(150, whole=600))
@given(st.data())
def test_a_recorded_receipt_without_any_of_its_fields_or_with_any_words_is_read(
    data: st.DataObject,
) -> None:
    """All but the message id is optional, and any name may be one that nobody has heard of."""
    document = json.loads(recorded(data.draw(st.sampled_from(RECORDED))))
    places = list(_places(document))
    for where in data.draw(st.lists(st.sampled_from(places), unique=True, max_size=12)):
        _change(document, where, data.draw(st.just(_GONE) | ANYTHING | st.text()))

    read = read_receipt(json.dumps(document), received_at=START)

    assert isinstance(read, CountedEvent) or read.message_id in json.dumps(document)
    if isinstance(read, Receipt):
        assert meaning_of(read.kind, read.channel).state in State
        assert MARKER not in repr(read)


_GONE = object()


def _places(document: Any, path: tuple[Any, ...] = ()) -> Any:
    """Yield the way to each field, but to what a receipt is recognised by: its id and its envelope."""
    entries = document.items() if isinstance(document, dict) else enumerate(document)
    for name, value in entries:
        way = (*path, name)
        if way[-1] not in {"messageId", "eventType", "mail", "notification"}:
            yield way
        if isinstance(value, dict | list):
            yield from _places(value, way)


def _change(document: Any, way: tuple[Any, ...], value: object) -> None:
    """Put *value* there, or take the field away; a way that is gone by now leads nowhere."""
    *path, last = way
    for name in path:
        try:
            document = document[name]
        except (KeyError, IndexError, TypeError):
            return
    if not isinstance(document, dict):
        return
    if value is _GONE:
        document.pop(last, None)
    else:
        document[last] = value


def _said(body: str) -> str:
    """Return what gets from a body into logs and rows."""
    try:
        return repr(read_receipt(body, received_at=START))
    except MalformedReceipt as refusal:
        return str(refusal)

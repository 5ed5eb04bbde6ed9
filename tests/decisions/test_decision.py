import json
from datetime import timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from ordercast.decisions.decision import STALE, Decision, Verdict, Verdicts, fingerprint
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from tests.examples import EMAIL, PHONE, event
from tests.fakes.clock import START

WHOLE = st.integers(-(2**53), 2**53)
LEAVES = st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
DOCUMENTS = st.recursive(
    LEAVES | TEXTS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=12
)


def decision(verdicts: Verdicts) -> Decision:
    return Decision(
        order="o",
        event="e",
        verdicts=verdicts,
        fingerprint="f",
        position="101",
        accepted_at=START,
        expires_at=START + timedelta(days=90),
    )


@given(DOCUMENTS)
def test_the_same_json_written_otherwise_is_the_same(document: Any) -> None:
    """Another library may space, sort and escape differently."""
    one = json.dumps(document, indent=3, sort_keys=True)
    other = json.dumps(document, separators=(",", ":"), ensure_ascii=False)

    assert fingerprint(one.encode()) == fingerprint(other.encode())


def test_the_order_of_fields_says_nothing_and_the_order_of_items_does() -> None:
    backwards = dict(reversed(event().items()))

    assert fingerprint(json.dumps(event()).encode()) == fingerprint(json.dumps(backwards).encode())
    assert fingerprint(b'{"items": ["Cup", "Tea"]}') != fingerprint(b'{"items": ["Tea", "Cup"]}')


@given(DOCUMENTS, DOCUMENTS)
def test_other_json_is_other_json(one: Any, other: Any) -> None:
    written = [json.dumps(each, sort_keys=True) for each in (one, other)]
    assume(written[0] != written[1])
    assume(one != other)

    assert fingerprint(written[0].encode()) != fingerprint(written[1].encode())


def test_a_field_that_we_ignore_is_a_part_of_what_was_said() -> None:
    assert fingerprint(b'{"order_id": "o-1"}') != fingerprint(b'{"order_id": "o-1", "note": ""}')


def test_a_number_of_any_size_has_a_fingerprint() -> None:
    assert fingerprint(b'{"note": 1' + b"0" * 300 + b"}") != fingerprint(b'{"note": 1}')


def test_a_fingerprint_reveals_nothing_of_a_person() -> None:
    taken = fingerprint(json.dumps(event()).encode())

    assert 32 == len(taken)
    assert not [secret for secret in (EMAIL, PHONE, "ada") if secret in taken]


def test_an_event_is_stale_where_every_channel_has_newer_news() -> None:
    stale = Verdict(state=State.SUPPRESSED, rule=STALE)
    other = Verdict(state=State.SUPPRESSED, rule="no-contact")

    assert decision({Channel.SMS: stale}).is_stale
    assert decision({Channel.SMS: stale, Channel.EMAIL: stale}).is_stale
    assert not decision({Channel.SMS: stale, Channel.EMAIL: other}).is_stale
    assert not decision({Channel.EMAIL: Verdict(state=State.REQUESTED)}).is_stale
    assert not decision({}).is_stale

"""Validation says what the relay would do with each event, and what its messages say."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.operations.validation import PARKED, TAKEN, UNKNOWN_FIELD, ValidatedEvent, Validation
from ordercast.people.person import Person
from ordercast.settings.stage_files import default_settings

NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
NIGHT = datetime(2026, 3, 2, 5, tzinfo=UTC)
ADA = {"email": "ada@example.com", "phone": "+12065550100"}


def event(**changes: Any) -> dict[str, Any]:
    return {"order_id": "1000017", "status": "shipped", "channel": "both", "contact": ADA} | changes


def validated(*events: object, now: datetime = NOON, **options: Any) -> list[ValidatedEvent]:
    validation = Validation(default_settings(), now=now, **options)
    return [
        found
        for place, each in enumerate(events, 1)
        for found in validation(
            each if isinstance(each, bytes) else json.dumps(each).encode(), place=f"event {place}"
        )
    ]


def test_a_taken_event_is_shown_as_it_is_read_with_each_message() -> None:
    [one] = validated(event(items=["Teapot"]))

    assert (TAKEN, None, "event 1") == (one.outcome, one.reason, one.place)
    assert one.event is not None
    assert ("1000017", "shipped", "Teapot") == (
        *(one.event.order_id, one.event.status),
        one.event.items[0].name,
    )
    text, mail = one.channels[Channel.SMS], one.channels[Channel.EMAIL]
    assert (State.REQUESTED, "+12065550100", None) == (text.verdict, text.recipient, text.subject)
    assert "1000017" in str(text.text)
    assert text.parts is not None
    assert 1 == text.parts.parts
    assert (State.REQUESTED, "ada@example.com") == (mail.verdict, mail.recipient)
    assert "1000017" in str(mail.subject)
    assert "Teapot" in str(mail.html)
    assert mail.parts is None


def test_what_is_no_event_is_parked_with_the_relay_s_words_and_its_neighbours_are_taken() -> None:
    bad, good = validated({"customer_id": "c-1"}, event())

    assert (PARKED, "malformed-order-event") == (bad.outcome, bad.reason)
    assert str(bad.detail).startswith("order_id")
    assert {} == bad.channels
    assert good.is_taken


def test_a_message_that_is_not_sent_names_the_rule_and_has_no_words() -> None:
    [one] = validated(event(contact=ADA | {"phone": "+46701740605"}))

    text = one.channels[Channel.SMS]
    assert (State.SUPPRESSED, "country-closed", None) == (text.verdict, text.rule, text.text)


def test_a_message_waits_for_the_end_of_the_quiet_hours() -> None:
    [one] = validated(event(channel="sms"), now=NIGHT)

    text = one.channels[Channel.SMS]
    assert (State.DEFERRED, "quiet-hours") == (text.verdict, text.rule)
    assert text.until is not None
    assert NIGHT < text.until
    assert text.text


def test_the_records_of_customers_count() -> None:
    known = Person(
        key=customer_key(shop=None, customer_id="c-1"),
        email="own@example.com",
        consents=frozenset({Channel.EMAIL}),
    )
    asked = {"order_id": "1", "customer_id": "c-1"}

    [unknown], [found] = validated(asked), validated(asked, customers=[known])

    assert "no-contact" == unknown.channels[Channel.EMAIL].rule
    assert "own@example.com" == found.channels[Channel.EMAIL].recipient


def test_an_event_sees_those_before_it() -> None:
    """A repetition is the same event, the same id for something else is parked, an older one stale."""
    later = {"occurred_at": "2026-03-02T10:00:00Z", "status": "delivered"}
    first, again, other, old = validated(
        event(event_id="e-1", **later),
        event(event_id="e-1", **later),
        event(event_id="e-1", **later, campaign="spring"),
        event(occurred_at="2026-03-01T10:00:00Z"),
    )

    assert (False, True) == (first.repeats, again.repeats)
    assert (PARKED, "conflicting-event") == (other.outcome, other.reason)
    assert {"stale"} == {each.rule for each in old.channels.values()}


def test_several_events_in_one_record_are_each_validated() -> None:
    lines = b"\n".join(json.dumps(event(order_id=f"o-{n}")).encode() for n in range(3))

    assert ["o-0", "o-1", "o-2"] == [
        each.event and each.event.order_id for each in validated(lines)
    ]


def test_strictly_a_field_that_is_not_the_contract_s_is_refused_with_what_is_meant() -> None:
    written = event(trackingURL="https://example.com", colour="red")

    [lenient], [strict] = validated(written), validated(written, strict=True)

    assert lenient.is_taken
    assert (PARKED, UNKNOWN_FIELD) == (strict.outcome, strict.reason)
    assert "trackingURL" in str(strict.detail)
    assert "tracking_url" in str(strict.detail)
    assert "colour" in str(strict.detail)
    assert validated(event(), strict=True)[0].is_taken


def test_what_is_left_out_is_noted() -> None:
    [one] = validated(event(tracking_url="not a link"))

    assert one.is_taken
    assert ["tracking_url"] == [note.field for note in one.notes if "left out" in note.what]


def test_the_answer_is_json_in_the_order_of_the_events() -> None:
    [one] = validated(event(amount={"value": "42.50", "currency": "USD"}))

    found = json.loads(json.dumps(one.as_json()))

    assert "taken" == found["outcome"]
    assert {"value": "42.50", "currency": "USD"} == found["event"]["amount"]
    assert {"sms", "email"} == set(found["channels"])
    assert {"encoding": "GSM-7", "units": pytest.approx(50, abs=60), "parts": 1} == found[
        "channels"
    ]["sms"]["parts"]


def test_a_stage_s_own_settings_count() -> None:
    settings = replace(default_settings(), allowed_recipients="*@example.org")
    validation = Validation(settings, now=NOON)
    [one] = validation(json.dumps(event()).encode(), place="event 1")

    assert {"not-allowed"} == {each.rule for each in one.channels.values()}


def test_a_template_that_fails_is_named_as_its_sender_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(_: object) -> None:
        raise KeyError("ada@example.com")

    monkeypatch.setattr("ordercast.operations.validation.words", broken)
    [one] = validated(event())

    assert {(State.PARKED, "bug:KeyError")} == {(m.verdict, m.rule) for m in one.channels.values()}

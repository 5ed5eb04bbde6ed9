from datetime import timedelta
from typing import Any

import pytest

from ordercast.decisions.decision import STALE, Decision, Verdict, Verdicts, fingerprint
from ordercast.events.order_event import Channel
from ordercast.events.parse import parse_order_event
from ordercast.notifications.lifecycle import State
from tests.examples import EMAIL, PHONE, order_event, payload
from tests.fakes.clock import START


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


@pytest.mark.parametrize(
    "again",
    [
        {"attempt": 2},
        {"shop_note": None, "campaign": None},
        {"campaign": ""},
        {"status": "CONFIRMED"},
        {"occurred_at": "2026-03-02T10:29:58+01:00"},
        {"occurred_at": "2026-03-02T09:29:58.000000000Z"},
        {"amount": {"value": "42.5000", "currency": "usd"}},
        {"amount": {"value": 42.5, "currency": "USD"}},
        {"amount": "USD 42.50"},
        {"items": [{"name": "Teapot", "quantity": "1"}, {"name": "Cup", "quantity": 4.0}]},
        {"contact": {"email": EMAIL, "phone": PHONE, "locale": "", "country": None}},
        {"channel": ["sms", "email"]},
        {"schema_version": 1},
        {"order_id": None, "orderId": "o-1"},
    ],
)
def test_an_event_that_says_the_same_otherwise_is_the_same(again: dict[str, Any]) -> None:
    assert fingerprint(order_event()) == fingerprint(order_event(**again))


def test_42_is_42_0() -> None:
    assert fingerprint(order_event(amount=42)) == fingerprint(order_event(amount=42.0))
    assert fingerprint(order_event(order_id=42)) == fingerprint(order_event(order_id="42"))


@pytest.mark.parametrize(
    "other",
    [
        {"order_id": "o-2"},
        {"shop": None},
        {"event_id": "e-2"},
        {"customer_id": "c-1"},
        {"campaign": "spring"},
        {"status": "placed"},
        {"occurred_at": "2026-03-02T09:29:59Z"},
        {"amount": {"value": "42.51", "currency": "USD"}},
        {"amount": {"value": "42.50", "currency": "CAD"}},
        {"amount": None},
        {"items": [{"name": "Cup", "quantity": 4}, "Teapot"]},
        {"items": ["Teapot", {"name": "Cup", "quantity": 4, "sku": "CUP"}]},
        {"contact": {"email": EMAIL}},
        {"contact": {"email": EMAIL, "phone": PHONE, "country": "SE"}},
        {"contact": {"email": EMAIL, "phone": PHONE, "locale": "sv"}},
        {"contact": {"email": EMAIL, "phone": PHONE, "time_zone": "Europe/Paris"}},
        {"channel": "sms"},
        {"priority": "normal"},
        {"fallback": "email"},
        {"fallback": "none"},
        {"tracking_url": "https://shop.example.com/1"},
    ],
)
def test_an_event_that_says_something_else_is_another(other: dict[str, Any]) -> None:
    assert fingerprint(order_event()) != fingerprint(order_event(**other))


def test_a_field_that_the_contract_gains_changes_no_fingerprint_of_before() -> None:
    """It is stored for years: else an update would park what is put again, as if it said something else."""
    stored = "cb1b765d89cd35c8094ce3fb2a3bdb7e"  # of this event, as it was before `fallback` came
    assert stored == fingerprint(order_event())


def test_what_a_stage_takes_a_status_to_mean_is_not_said_by_the_event() -> None:
    """Else a changed setting would park each event that is put again."""
    klar = payload(status="klar")
    before = parse_order_event(klar, default_currency="USD")
    after = parse_order_event(klar, default_currency="USD", synonyms={"klar": "payment_failed"})

    assert before.priority is not after.priority
    assert fingerprint(before) == fingerprint(after)


def test_a_fingerprint_reveals_nothing_of_a_person() -> None:
    taken = fingerprint(order_event())

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

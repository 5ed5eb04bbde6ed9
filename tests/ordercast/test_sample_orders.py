import re
from datetime import UTC, datetime

from notifications.lifecycle import State
from notifications.order_event import parse_order_event
from notifications.routing import decide
from ordercast.sample_orders import sample_orders
from tests.examples import POLICY

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_a_seed_makes_up_the_same_orders_again() -> None:
    assert list(sample_orders(20, seed=7, now=NOW)) == list(sample_orders(20, seed=7, now=NOW))
    assert list(sample_orders(20, seed=7, now=NOW)) != list(sample_orders(20, seed=8, now=NOW))


def test_every_order_is_told_by_a_text_and_an_email() -> None:
    for _, payload in sample_orders(100, seed=1, now=NOW):
        drafts = decide(parse_order_event(payload, default_currency="USD"), policy=POLICY, now=NOW)
        assert [State.REQUESTED] * 2 == [draft.state for draft in drafts]


def test_nobody_real_can_be_reached() -> None:
    """Example domains (RFC 2606) and numbers that are set aside for fiction."""
    for _, payload in sample_orders(200, seed=1, now=NOW):
        event = parse_order_event(payload, default_currency="USD")
        assert (event.contact.email or "").endswith("@example.com")
        assert re.fullmatch(r"\+120655501\d\d", event.contact.phone or "")

import re
from dataclasses import replace
from datetime import UTC, datetime

from notifications.lifecycle import State
from notifications.order_event import parse_order_event
from notifications.routing import audience_of, decide
from ordercast.sample_orders import sample_orders
from processors.settings import quiet_hours, recipient_patterns
from tests.examples import POLICY
from tests.pipeline.synthesis import cdk_context

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_a_seed_makes_up_the_same_orders_again() -> None:
    assert list(sample_orders(20, seed=7, now=NOW)) == list(sample_orders(20, seed=7, now=NOW))
    assert list(sample_orders(20, seed=7, now=NOW)) != list(sample_orders(20, seed=8, now=NOW))


def test_every_order_is_told_by_a_text_and_an_email_on_stage_local() -> None:
    local = cdk_context()["stages"]["local"]
    allowed = recipient_patterns(local["allowed_recipients"])
    policy = replace(POLICY, allowed=allowed, quiet=quiet_hours(local["quiet_hours"]))
    for _, payload in sample_orders(100, seed=1, now=NOW):
        event = parse_order_event(payload, default_currency="USD")
        verdicts = decide(event, audience_of(event, {}), {}, policy=policy, now=NOW)
        assert [State.REQUESTED] * 2 == [each.state for each in verdicts.values()]


def test_nobody_real_can_be_reached() -> None:
    """Example domains (RFC 2606) and numbers that are set aside for fiction."""
    for _, payload in sample_orders(200, seed=1, now=NOW):
        event = parse_order_event(payload, default_currency="USD")
        assert (event.contact.email or "").endswith("@example.com")
        assert re.fullmatch(r"\+120655501\d\d", event.contact.phone or "")

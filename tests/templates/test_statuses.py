from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.templates.statuses import GENERIC, SEND_WITHIN, send_within, template_for
from tests.examples import notification


def within(template: str) -> timedelta:
    return send_within(notification(template=template))


@pytest.mark.parametrize("status", SEND_WITHIN)
def test_a_known_status_has_its_own_template(status: str) -> None:
    assert status == template_for(status)


@given(st.text() | st.sampled_from(["layout", "confirmed/en", "..", "", "Confirmed", "brewed"]))
def test_any_other_status_has_the_generic_one(status: str) -> None:
    if status not in SEND_WITHIN:
        assert GENERIC == template_for(status)


@pytest.mark.parametrize("template", SEND_WITHIN)
def test_a_message_outlives_a_night_and_an_outage_but_not_a_week(template: str) -> None:
    """The last republish of a lost one is twelve hours after it was accepted; quiet hours may follow."""
    assert timedelta(hours=24) <= within(template) <= timedelta(days=4)


def test_what_concerns_money_is_sent_for_longer() -> None:
    for money in ("cancelled", "refunded", "failed"):
        assert within(money) > max(within(t) for t in ("confirmed", "shipped", "delivered"))
    assert within("brewed") == within(GENERIC)

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.rollups.rollup import (
    Contribution,
    RollupKey,
    add,
    contribution,
    difference,
    hour_of,
    latencies,
    short,
    summed,
)
from tests.examples import notification
from tests.fakes.clock import START
from tests.lines import line

SENT = {"m-1": Message(state=State.SENT)}
SECOND = timedelta(seconds=1)


TEXT = notification(1, Channel.SMS).id


def test_a_notification_counts_in_the_hour_it_was_accepted_in_for_ever() -> None:
    one = line(effective_at=START, sent_at=START + timedelta(hours=3), state=State.SENT)

    assert ("2026-03-02T09", "email", None, "confirmed", None, "Example Tea") == one.bucket


def test_one_notification_is_one_in_its_state_whatever_it_is() -> None:
    for state in State:
        amounts = contribution(line(state=state)).amounts

        assert {f"state#{state}": 1} == {n: a for n, a in amounts.items() if "state#" in n}


def test_a_rule_is_counted_with_the_state_it_led_to() -> None:
    amounts = contribution(line(state=State.SUPPRESSED, rule="cap")).amounts

    assert 1 == amounts["rule#suppressed#cap"]


def test_a_fallback_is_counted_as_one_unless_it_was_not_sent() -> None:
    sent = contribution(line(fallback_for=TEXT)).amounts
    kept = contribution(line(fallback_for=TEXT, state=State.SUPPRESSED, rule="no-consent")).amounts

    assert 1 == sent["fallbacks"]
    assert "fallbacks" not in kept
    assert "fallbacks" not in contribution(line()).amounts


def test_a_resend_is_counted_as_one_and_takes_no_time_from_the_event_on() -> None:
    again = contribution(line(resend_of=TEXT)).amounts

    assert 1 == again["resends"]
    assert not [name for name in again if name.startswith("a#")]
    assert "resends" not in contribution(line()).amounts


def test_what_no_provider_took_cost_nothing_though_it_was_reserved_for() -> None:
    """A claim that was given back, or refused at once, carries its reservation still."""
    amounts = contribution(line(state=State.FAILED, parts=2, reserved=Decimal("0.02"))).amounts

    assert {"state#failed": 1, "a#423": 1} == amounts


def test_the_carriers_price_stands_beside_the_list_s_and_what_was_reserved_for_it() -> None:
    amounts = contribution(
        line(
            state=State.SENT,
            messages=SENT,
            parts=2,
            estimate=Decimal("0.0066"),
            reserved=Decimal("0.0166"),
            cost=Decimal("0.00645"),
            cost_source=CostSource.CARRIER,
        )
    ).amounts

    assert 2 == amounts["parts"]
    assert Decimal("0.00645") == amounts["carrier"]
    assert Decimal("0.0166") == amounts["reserved"]
    assert (Decimal("0.0066"), 2) == (amounts["priced_estimate"], amounts["priced_parts"])
    assert (1, None) == (amounts["priced"], amounts.get("estimated"))


def test_a_carriers_price_of_nothing_is_a_price_and_none_is_none() -> None:
    free = line(state=State.SENT, messages=SENT, cost=Decimal(0), cost_source=CostSource.CARRIER)
    unknown = line(state=State.SENT, messages=SENT)

    assert 1 == contribution(free).amounts["priced"]
    assert "priced_parts" not in contribution(replace(free, parts=2)).amounts
    assert 1 == contribution(unknown).amounts["unpriced"]


def test_an_estimate_is_distinguished_from_what_the_carrier_says() -> None:
    amounts = contribution(
        line(
            state=State.SENT,
            messages=SENT,
            estimate=Decimal("0.01"),
            reserved=Decimal("0.02"),
            cost=Decimal("0.01"),
            cost_source=CostSource.ESTIMATE,
        )
    ).amounts

    assert Decimal("0.01") == amounts["estimate"]
    assert "carrier" not in amounts


def test_what_arrived_took_its_time_from_the_event_on() -> None:
    one = line(
        state=State.DELIVERED,
        messages=SENT,
        occurred_at=START - SECOND,
        effective_at=START,
        sent_at=START + SECOND,
        delivered_at=START + 3 * SECOND,
    )

    names = [name for name in contribution(one).amounts if name[1] == "#"]

    assert ["a#", "s#", "e#", "d#"] == [name[:2] for name in names]


def test_an_event_without_a_time_is_in_no_figure_that_begins_with_it() -> None:
    """Counted from its acceptance it would make the shop's own delay look like none."""
    arrived = line(
        state=State.DELIVERED,
        messages=SENT,
        occurred_at=None,
        effective_at=START,
        sent_at=START + SECOND,
        delivered_at=START + 3 * SECOND,
    )

    assert {"sent": SECOND, "delivered": 2 * SECOND} == latencies(arrived)


def test_what_bounced_after_it_was_delivered_has_not_arrived() -> None:
    one = line(
        channel=Channel.EMAIL, state=State.BOUNCED, messages=SENT, delivered_at=START + SECOND
    )

    assert not [name for name in contribution(one).amounts if name[:2] in {"d#", "e#"}]


amounts = st.dictionaries(
    st.sampled_from(["state#sent", "parts", "carrier"]),
    st.one_of(st.integers(1, 9), st.decimals("0.00001", "9", places=5)),
)
contributions = st.builds(
    Contribution,
    bucket=st.sampled_from([RollupKey("h", "sms", c, "t", None, None) for c in ("US", "SE")]),
    amounts=amounts,
)


@given(st.lists(contributions, min_size=1))
def test_differences_add_up_to_the_last_one(history: list[Contribution]) -> None:
    """Whatever was counted in between, and in whichever bucket."""
    buckets: dict[RollupKey, dict[str, object]] = {}
    for last, new in zip([None, *history], history, strict=False):
        for bucket, changes in difference(new, last).items():
            add(buckets.setdefault(bucket, {}), changes)  # type: ignore[arg-type]  # sums of any kind

    assert summed(history[-1:]) == {b: a for b, a in buckets.items() if a}


def test_cents_add_up_exactly() -> None:
    total: dict[str, int | Decimal] = {}
    for _ in range(10):
        add(total, {"carrier": Decimal("0.1")})

    assert {"carrier": Decimal(1)} == total


def test_a_shops_long_words_stay_apart_and_fit_into_a_key() -> None:
    words = ["ö" * 128, "ö" * 127, "\x01" * 128]

    assert 3 == len({short(word) for word in words})
    assert all(len(str(short(word))) < 40 for word in words)
    assert "Leaf & Kettle" == short("Leaf & Kettle")


@pytest.mark.parametrize(("zone", "hour"), [(0, "2026-03-02T09"), (2, "2026-03-02T09")])
def test_hours_are_utc(zone: int, hour: str) -> None:
    from datetime import timezone  # noqa: PLC0415 - for this one

    assert hour == hour_of(START.astimezone(timezone(timedelta(hours=zone))))

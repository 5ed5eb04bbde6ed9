from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.pacing.holds import Why
from ordercast.receipts.provider_events import REFUSED_BY_PROVIDERS, reason
from ordercast.rollups.rollup import RollupInput, contribution, summed
from ordercast.rollups.statistics import Figures, by, in_all
from tests.fakes.clock import START
from tests.lines import line, unattributed_charge

MESSAGES = {"m-1": Message(state=State.SENT)}


def figures(*lines: RollupInput) -> Figures:
    return in_all(summed(contribution(each) for each in lines).values())


def ended(number: int, state: State, **dimensions: str) -> RollupInput:
    one = line(number, state=state, messages=MESSAGES)
    return replace(one, bucket=one.bucket._replace(**dimensions))


def test_the_rate_is_weighted_and_never_an_average_of_rates() -> None:
    """97 of 100 in one hour and 1 of 2 in another is 96 %, and not 74 %."""
    lines = [ended(n, State.DELIVERED, hour="2026-03-02T09") for n in range(97)]
    lines += [ended(n, State.FAILED, hour="2026-03-02T09") for n in range(97, 100)]
    lines += [ended(100, State.DELIVERED, hour="2026-03-02T10")]
    lines += [ended(101, State.BOUNCED, hour="2026-03-02T10")]

    assert Decimal(98) / 102 == figures(*lines).delivery_rate


def test_a_complaint_counts_as_delivered_and_unconfirmed_messages_stand_beside_the_rate() -> None:
    ending = [State.DELIVERED, State.COMPLAINED, State.BOUNCED]
    beside = [State.SUPPRESSED, State.UNCONFIRMED, State.CARRIER_ACCEPTED, State.SENT]

    found = figures(*(ended(n, state) for n, state in enumerate([*ending, *beside])))

    assert Decimal(2) / 3 == found.delivery_rate
    assert (7, 2, 1, 1) == (
        found.notifications,
        found.delivered,
        found.undelivered,
        found.suppressed,
    )


def test_without_an_end_there_is_no_rate() -> None:
    assert figures(ended(1, State.SENT)).delivery_rate is None


@pytest.mark.parametrize("kind", sorted(REFUSED_BY_PROVIDERS))
def test_what_a_provider_took_and_kept_back_by_its_own_list_was_to_be_sent(kind: str) -> None:
    kept_back = replace(ended(1, State.SUPPRESSED), rule=kind)
    ours = replace(line(2, state=State.SUPPRESSED), rule="cap")
    found = figures(kept_back, ours, replace(line(3, state=State.DEFERRED), rule="quiet-hours"))

    assert kind == reason(kind, Channel.EMAIL)
    assert (3, 1, 1, 0) == (found.notifications, found.accepted, found.sent, found.delivered)
    assert {kind: 1, "cap": 1} == found.suppressed_by
    assert found.delivery_rate is None
    assert 1 == sum(found.bins("accepted").values())


@pytest.mark.parametrize("why", Why)
def test_what_waits_behind_a_hold_was_to_be_sent_whatever_becomes_of_it(why: Why) -> None:
    """While everything is paused, orders are accepted all the same."""
    behind = replace(line(1, state=State.DEFERRED), rule=str(why))
    later = replace(line(2, state=State.DEFERRED), rule="quiet-hours")
    found = figures(behind, later)

    assert (2, 1) == (found.notifications, found.accepted)
    assert 1 == sum(found.bins("accepted").values())
    assert 2 == found.states[State.DEFERRED]


def test_figures_are_grouped_by_any_dimensions_and_the_groups_add_up() -> None:
    lines = [
        ended(n, State.DELIVERED, country=country, hour=f"2026-03-0{day}T09")  # type: ignore[arg-type]  # any field may be changed
        for n, (country, day) in enumerate([("US", 2), ("US", 3), ("SE", 3), (None, 3)])
    ]
    buckets = summed(contribution(each) for each in lines)

    found = by(buckets, ["day", "country"])

    assert [
        ("2026-03-02", "US"),
        ("2026-03-03", None),
        ("2026-03-03", "SE"),
        ("2026-03-03", "US"),
    ] == list(found)
    assert 4 == sum(each.delivered for each in found.values())
    assert [()] == list(by(buckets, []))


def test_money_is_what_the_carrier_says_else_our_estimate_and_the_difference_is_to_the_cent() -> (
    None
):
    estimated = replace(
        ended(1, State.SENT),
        estimate=Decimal("0.0079"),
        reserved=Decimal("0.0119"),
        cost=Decimal("0.0079"),
        cost_source=CostSource.ESTIMATE,
    )
    priced = replace(
        ended(2, State.DELIVERED),
        estimate=Decimal("0.0079"),
        reserved=Decimal("0.0119"),
        cost=Decimal("0.01"),
        cost_source=CostSource.CARRIER,
    )
    charge = unattributed_charge("m-9", Decimal("0.05"), at=START, country="US")

    money = figures(estimated, priced, ended(3, State.SENT), charge).money

    assert Decimal("0.0238") == money.reserved
    assert Decimal("0.0179") == money.cost
    assert Decimal("0.0021") == money.difference
    assert Decimal("0.05") == money.unattributed
    assert (1, 1, 1, 1) == (money.priced, money.estimated, money.unpriced, money.charges)


def test_a_charge_that_is_nobodys_is_no_notification() -> None:
    charge = unattributed_charge("m-9", None, at=START)

    assert (0, 1) == (figures(charge).notifications, figures(charge).money.charges)


def test_rules_stand_with_the_state_they_led_to() -> None:
    found = figures(
        *(replace(ended(n, State.SUPPRESSED), rule="cap") for n in (1, 2)),
        replace(ended(3, State.BOUNCED), rule="Bounce/Permanent/General"),
    )

    assert {("suppressed", "cap"): 2, ("bounced", "Bounce/Permanent/General"): 1} == found.rules


def test_percentiles_are_computed_over_all_hours_together() -> None:
    took = [
        replace(ended(n, State.SENT), sent_at=START + timedelta(seconds=n)) for n in range(1, 101)
    ]

    found = figures(*took).percentile("sent", 0.95)

    assert found is not None
    assert 95 == pytest.approx(found.total_seconds(), rel=0.01)

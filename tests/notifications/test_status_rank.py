from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.events.order_event import Channel
from ordercast.notifications.status_rank import (
    LatestStatus,
    is_stale,
    raise_latest_statuses,
    status_rank,
)
from tests.fakes.clock import START

LINE = ("confirmed", "shipped", "delivered")
INSTANTS = st.datetimes(timezones=st.just(UTC))
SECOND = timedelta(seconds=1)


def latest_status(status: str, occurred_at: datetime | None) -> LatestStatus:
    stands = status_rank(status, occurred_at)
    assert stands is not None
    return LatestStatus(order="o", channel=Channel.SMS, status_rank=stands)


@given(INSTANTS, INSTANTS)
def test_rank_comes_before_time(one: datetime, other: datetime) -> None:
    """A shop's clocks may disagree, but a parcel is always delivered after it was shipped."""
    assert is_stale("confirmed", one, latest_status("shipped", other))
    assert is_stale("shipped", one, latest_status("delivered", other))
    assert not is_stale("delivered", one, latest_status("shipped", other))


@given(st.sampled_from(LINE), INSTANTS, INSTANTS)
def test_of_one_rank_the_later_is_news(status: str, one: datetime, other: datetime) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    ticks = [max(0, (each - epoch) // timedelta(milliseconds=1)) for each in (one, other)]

    assert (ticks[0] < ticks[1]) == is_stale(status, one, latest_status(status, other))


@given(st.sampled_from(LINE), st.none() | INSTANTS)
def test_nothing_is_stale_beside_itself(status: str, occurred_at: datetime | None) -> None:
    assert not is_stale(status, occurred_at, latest_status(status, occurred_at))


def test_a_second_parcel_without_a_time_is_not_taken_to_be_the_older() -> None:
    """Without a time it may be the newer one, and would never be sent."""
    assert not is_stale("shipped", None, latest_status("shipped", START))
    assert not is_stale("shipped", START, latest_status("shipped", None))
    assert is_stale("shipped", None, latest_status("delivered", None))


@pytest.mark.parametrize("status", ["cancelled", "refunded", "failed", "brewed"])
def test_a_status_outside_the_line_neither_makes_stale_nor_becomes_stale(status: str) -> None:
    assert status_rank(status, START) is None
    assert not is_stale(status, START, latest_status("delivered", START + SECOND))


def test_where_nothing_is_known_nothing_is_stale() -> None:
    assert not is_stale("confirmed", START, None)


def test_an_instant_counts_to_the_millisecond_that_the_ledger_keeps() -> None:
    """Otherwise a message would be stale against its own status."""
    for micros in range(0, 1_000_000, 1009):
        finer = START.replace(microsecond=micros)
        kept = START.replace(microsecond=micros // 1000 * 1000)

        assert status_rank("shipped", finer) == status_rank("shipped", kept)


def test_latest_statuses_are_raised_in_any_order_to_the_highest() -> None:
    news = [
        latest_status("confirmed", START),
        latest_status("shipped", START),
        latest_status("shipped", START + SECOND),
    ]
    for order in permutations(news):
        known: dict[tuple[str, Channel], LatestStatus] = {}
        raise_latest_statuses(known, order)

        assert {("o", Channel.SMS): news[2]} == known


def test_a_line_begins_with_its_first_status_and_nowhere_else() -> None:
    last = datetime(9999, 12, 31, tzinfo=UTC)

    assert [True, False, False] == [latest_status(status, last).is_first for status in LINE]
    assert [True, False, False] == [latest_status(status, None).is_first for status in LINE]

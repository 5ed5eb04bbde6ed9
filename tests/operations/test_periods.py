"""The periods that commands accept, and how they are read."""

from datetime import UTC, datetime, timedelta

import pytest

from ordercast.operations.periods import period
from ordercast.usage_error import UsageError
from tests.fakes.clock import START

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


def test_nothing_said_is_today_in_utc_with_the_hours_that_deferred_messages_wait_for() -> None:
    found = period(None, None, now=START)

    assert (MIDNIGHT, MIDNIGHT + DAY) == (found.since, found.until)
    assert "2026-03-02 00:00 to 2026-03-03 00:00 UTC" == str(found)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("24h", START - DAY),
        ("7d", START - 7 * DAY),
        ("2026-03-01", MIDNIGHT - DAY),
        ("2026-03-02T08:00", MIDNIGHT + timedelta(hours=8)),
        ("2026-03-02T09:00+01:00", MIDNIGHT + timedelta(hours=8)),
    ],
)
def test_a_span_or_a_date_is_understood_in_utc(written: str, meant: datetime) -> None:
    assert meant == period(written, None, now=START).since


@pytest.mark.parametrize(
    ("since", "until", "usage_error"),
    [
        ("soon", None, "--since: soon is neither a span"),
        (None, "9999999999999d", "--until: 9999999999999d is neither"),
        ("2026-03-02", "2026-03-02", "is not before --until"),
        ("500d", None, "400 at most"),
    ],
)
def test_a_period_that_cannot_be_is_refused(since, until, usage_error) -> None:
    with pytest.raises(UsageError, match=usage_error):
        period(since, until, now=START)

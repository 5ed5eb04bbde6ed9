"""What is promised of the figures that were seen of an hour, in memory or in DynamoDB."""

from datetime import timedelta

from msgspec.structs import replace

from ordercast.embedded_metric_format import MetricSeries
from ordercast.reconciliation.metric_figures import HourFigures
from ordercast.workflows.reconcile.fill_metric_gaps import KeptFigures
from tests.fakes.clock import START

SEEN = HourFigures(
    hour="2026-03-02T09",
    figures={
        MetricSeries(): {"Accepted": 50.0, "CostUSD": 0.32258},
        MetricSeries("channel", "sms"): {"Delivered": 0.0},
    },
    since=START,
)
FILLED = replace(SEEN, filled={MetricSeries(): {"Accepted": 2.0}}, revision=2)


class MetricFiguresPromises:
    """Mix in, and say with a fixture which are `kept`."""

    def test_what_was_never_seen_is_not_there(self, kept: KeptFigures) -> None:
        assert {} == kept.load("2026-03-02T00", "2026-03-02T23")

    def test_hours_between_two_are_read_as_they_were_saved(self, kept: KeptFigures) -> None:
        hours = [f"2026-03-02T{hour:02}" for hour in (8, 9, 10, 11)]
        for hour in hours:
            assert kept.save(replace(SEEN, hour=hour))

        found = kept.load("2026-03-02T09", "2026-03-02T10")
        assert {hour: replace(SEEN, hour=hour) for hour in hours[1:3]} == found

    def test_what_was_filled_takes_the_place_of_what_was_seen(self, kept: KeptFigures) -> None:
        kept.save(SEEN)

        assert kept.save(FILLED)
        assert {SEEN.hour: FILLED} == kept.load(SEEN.hour, SEEN.hour)

    def test_that_nothing_was_lacking_is_not_the_same_as_that_nobody_has_looked(
        self, kept: KeptFigures
    ) -> None:
        kept.save(SEEN)
        kept.save(replace(FILLED, filled={}))

        assert {} == kept.load(SEEN.hour, SEEN.hour)[SEEN.hour].filled

    def test_of_two_at_the_same_hour_one_is_kept(self, kept: KeptFigures) -> None:
        assert [True, False] == [kept.save(SEEN), kept.save(SEEN)]

        later = replace(SEEN, since=START + timedelta(days=4), revision=2)
        assert [True, False] == [kept.save(FILLED), kept.save(later)]
        assert {SEEN.hour: FILLED} == kept.load(SEEN.hour, SEEN.hour)

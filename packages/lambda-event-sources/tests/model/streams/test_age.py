"""Records that exceed the mapping's maximum age or the stream's retention."""

from datetime import timedelta

from support.lanes import (
    NOON,
    SECOND,
    SUCCESS,
    a_lane,
    delivered,
    play,
    record,
)

from lambda_event_sources.on_failure import DiscardBatch
from lambda_event_sources.outcomes import Errored, NotInvoked


def test_records_older_than_the_maximum_age_are_discarded_before_an_invocation() -> None:
    old, young = record(1, age=61 * SECOND), record(2, age=60 * SECOND)
    lane = a_lane(old, young, max_record_age=60 * SECOND)

    discarded = lane.next_step(now=NOON)

    assert DiscardBatch(records=(old,), condition="RecordAgeExceeded", invocations=0) == discarded
    assert [2] == delivered(lane)


def test_an_old_record_behind_a_younger_one_is_discarded_in_its_turn() -> None:
    lane = a_lane(record(1), record(2, age=90 * SECOND), record(3), max_record_age=60 * SECOND)

    assert [[1], ("RecordAgeExceeded", [2]), [3]] == play(lane, SUCCESS, SUCCESS)


def test_retries_end_when_the_records_become_too_old() -> None:
    lane = a_lane(record(1), max_record_age=10 * SECOND)

    steps = play(lane, *[Errored()] * 20)

    assert ("RecordAgeExceeded", [1]) == steps[-1]
    assert [[1]] * (len(steps) - 1) == steps[:-1]
    assert lane.is_empty


def test_of_a_batch_that_is_too_old_and_out_of_retries_the_age_is_said() -> None:
    lane = a_lane(record(1), max_record_age=10 * SECOND, retry_attempts=0)
    delivered(lane)
    lane.settle(Errored(), now=NOON + 11 * SECOND)

    discarded = lane.next_step(now=NOON + 11 * SECOND)

    assert isinstance(discarded, DiscardBatch)
    assert "RecordAgeExceeded" == discarded.condition


def test_throttling_ends_at_the_maximum_age_too() -> None:
    steps = play(
        a_lane(record(1), max_record_age=10 * SECOND), *[NotInvoked(reason="throttled")] * 20
    )

    assert ("RecordAgeExceeded", [1]) == steps[-1]


def test_without_a_maximum_age_old_records_are_delivered() -> None:
    assert [1] == delivered(a_lane(record(1, age=timedelta(days=7))))


def test_without_any_limit_a_batch_is_delivered_until_it_expires() -> None:
    """What expires is lost, and nothing is written about it; what is younger goes on."""
    old = record(1, age=timedelta(hours=24) - 10 * SECOND)
    lane = a_lane(old, record(2), batch_size=1, retention=timedelta(hours=24))

    steps = play(lane, *[Errored()] * 4, SUCCESS)

    assert [[1], [1], [1], [1], ("expired", [1]), [2]] == steps


def test_an_expired_record_is_not_discarded_as_well() -> None:
    day = timedelta(hours=24)
    lane = a_lane(record(1, age=2 * day), max_record_age=timedelta(hours=1), retention=day)

    assert [("expired", [1])] == play(lane)

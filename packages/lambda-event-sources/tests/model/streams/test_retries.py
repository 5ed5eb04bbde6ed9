"""Failed batches are retried, bisected or discarded, and nothing overtakes them."""

from support.lanes import (
    NOON,
    SECOND,
    SUCCESS,
    a_lane,
    delivered,
    failing,
    play,
    record,
)

from lambda_event_sources.on_failure import DiscardBatch
from lambda_event_sources.outcomes import Errored, NotInvoked
from lambda_event_sources.streams.steps import Invoke, Wait


def test_after_an_error_the_same_batch_is_delivered_again() -> None:
    assert [[1, 2], [1, 2]] == play(a_lane(record(1), record(2)), Errored(), SUCCESS)


def test_nothing_overtakes_a_batch_that_is_tried_again() -> None:
    lane = a_lane(record(1), record(2), batch_size=1)

    assert [[1], [1], [1], [2]] == play(lane, Errored(), Errored(), SUCCESS, SUCCESS)


def test_the_waits_between_retries_double_up_to_a_most() -> None:
    lane, now, waits = a_lane(record(1)), NOON, []
    for _ in range(5):
        lane.next_step(now=now)
        lane.settle(Errored(), now=now)
        step = lane.next_step(now=now)
        assert isinstance(step, Wait)
        assert step.until is not None
        waits.append(step.until - now)
        now = step.until

    assert [1 * SECOND, 2 * SECOND, 4 * SECOND, 4 * SECOND, 4 * SECOND] == waits


def test_bisect_splits_a_failed_batch_and_delivers_the_first_half_first() -> None:
    lane = a_lane(*map(record, range(1, 6)), bisect_batch_on_error=True)

    assert [[1, 2, 3, 4, 5], [1, 2, 3], [1, 2], [3], [4, 5]] == play(
        lane, Errored(), Errored(), SUCCESS, SUCCESS, SUCCESS
    )


def test_without_bisect_a_batch_stays_whole() -> None:
    lane = a_lane(record(1), record(2), bisect_batch_on_error=False)

    assert [[1, 2], [1, 2], [1, 2]] == play(lane, Errored(), Errored(), SUCCESS)


def test_bisect_uses_up_no_retry() -> None:
    lane = a_lane(*map(record, range(1, 5)), bisect_batch_on_error=True, retry_attempts=1)

    steps = play(lane, Errored(), Errored(), Errored(), Errored(), SUCCESS, SUCCESS)

    discarded = ("RetryAttemptsExhausted", [1])
    assert [[1, 2, 3, 4], [1, 2], [1], [1], discarded, [2], [3, 4]] == steps


def test_the_halves_of_a_split_keep_the_retries_that_were_used_before() -> None:
    lane = a_lane(*map(record, range(1, 4)), bisect_batch_on_error=True, retry_attempts=1)

    steps = play(lane, failing("1"), *[Errored()] * 4)

    first, second, third = (("RetryAttemptsExhausted", [number]) for number in (1, 2, 3))
    assert [[1, 2, 3], [1, 2, 3], [1, 2], [1], first, [2], second, [3], third][:7] == steps[:7]
    assert [[3]] == steps[7:]


def test_bisect_also_splits_a_batch_whose_answer_names_no_record() -> None:
    lane = a_lane(record(1), record(2), bisect_batch_on_error=True)

    assert [[1, 2], [1], [2]] == play(lane, failing(""), SUCCESS, SUCCESS)


def test_with_bisect_a_partial_answer_splits_at_its_checkpoint() -> None:
    lane = a_lane(*map(record, range(1, 6)), bisect_batch_on_error=True)

    assert [[1, 2, 3, 4, 5], [4, 5]] == play(lane, failing("4"), SUCCESS)


def test_retries_are_counted_beside_the_first_invocation() -> None:
    lane = a_lane(record(1), retry_attempts=2)

    assert [[1], [1], [1], ("RetryAttemptsExhausted", [1])] == play(lane, *[Errored()] * 3)


def test_no_retries_means_one_invocation() -> None:
    lane = a_lane(record(1), record(2), batch_size=1, retry_attempts=0)

    assert [[1], ("RetryAttemptsExhausted", [1]), [2]] == play(lane, Errored(), SUCCESS)


def test_after_partial_answers_only_what_is_left_is_discarded() -> None:
    """As recorded on AWS: six records, batches of three, the sixth fails, three retries."""
    lane = a_lane(*map(record, range(1, 7)), batch_size=3, retry_attempts=3)
    now, deliveries = NOON, []
    for _ in range(6):
        step = lane.next_step(now=now)
        assert isinstance(step, Invoke)
        deliveries.append([each.position for each in step.records])
        lane.settle(failing("6") if record(6) in step.records else SUCCESS, now=now)
        now += 10 * SECOND

    discarded = lane.next_step(now=now)

    assert [[1, 2, 3], [4, 5, 6], [6], [6], [6], [6]] == deliveries
    assert (
        DiscardBatch(
            records=(record(6),),
            condition="RetryAttemptsExhausted",
            invocations=4,
            request_id="r-1",
            function_error=None,
        )
        == discarded
    )


def test_a_partial_answer_in_which_nothing_is_done_is_a_retry() -> None:
    lane = a_lane(record(1), record(2), retry_attempts=1)

    assert [[1, 2], [1, 2], ("RetryAttemptsExhausted", [1, 2])] == play(lane, *[failing("1")] * 2)


def test_progress_makes_the_rest_a_new_batch_with_all_its_retries() -> None:
    lane = a_lane(*map(record, range(1, 5)), retry_attempts=1)

    steps = play(lane, Errored(), failing("3"), Errored(), failing("4"), Errored(), Errored())

    assert [[1, 2, 3, 4], [1, 2, 3, 4], [3, 4], [3, 4], [4], [4]] == steps[:-1]
    assert ("RetryAttemptsExhausted", [4]) == steps[-1]


def test_unlimited_retries_go_on() -> None:
    lane = a_lane(record(1), retry_attempts=None)

    assert [[1]] * 51 == play(lane, *[Errored()] * 50)


def test_a_batch_discarded_after_errors_names_the_error() -> None:
    lane = a_lane(record(1), retry_attempts=0)
    lane.next_step(now=NOON)
    lane.settle(Errored(error="Unhandled", request_id="r-2"), now=NOON)

    discarded = lane.next_step(now=NOON)

    assert isinstance(discarded, DiscardBatch)
    assert ("Unhandled", "r-2", 1) == (
        discarded.function_error,
        discarded.request_id,
        discarded.invocations,
    )


def test_what_was_not_invoked_is_tried_again_and_uses_up_no_retry() -> None:
    lane = a_lane(record(1), retry_attempts=0)

    throttled = NotInvoked(reason="throttled")
    assert [[1]] * 4 == play(lane, throttled, throttled, throttled, SUCCESS)
    assert lane.is_empty


def test_a_throttle_between_two_errors_leaves_both_counts_as_they_were() -> None:
    lane, now = a_lane(record(1), retry_attempts=1), NOON
    for outcome in (Errored(), NotInvoked(reason="throttled"), Errored()):
        assert [1] == delivered(lane, at=now)
        lane.settle(outcome, now=now)
        now += 10 * SECOND

    discarded = lane.next_step(now=now)

    assert isinstance(discarded, DiscardBatch)
    assert ("RetryAttemptsExhausted", 2) == (discarded.condition, discarded.invocations)


def test_what_was_not_invoked_is_not_split() -> None:
    lane = a_lane(record(1), record(2), bisect_batch_on_error=True)

    assert [[1, 2], [1, 2]] == play(lane, NotInvoked(reason="throttled"), SUCCESS)


def test_waits_after_throttles_double_too_and_the_batch_stays_first() -> None:
    lane = a_lane(record(1), record(2), batch_size=1)
    for at, until in ((NOON, NOON + SECOND), (NOON + SECOND, NOON + 3 * SECOND)):
        assert [1] == delivered(lane, at=at)
        lane.settle(NotInvoked(reason="throttled"), now=at)
        assert Wait(until=until) == lane.next_step(now=at)

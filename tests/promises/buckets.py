"""What the buckets of pace promise, in memory or in DynamoDB."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from ordercast.pacing.bucket import Bucket, Draw, draw, fresh
from ordercast.workflows.ports import PaceBuckets
from tests.fakes.clock import START

LIMIT = 20.0
FRESH = fresh("sms", limit=LIMIT, now=START)
LATER = START + timedelta(minutes=5)


def wanted(seen: Bucket, *, high: bool = False, now: datetime = START) -> Draw:
    made = draw(seen, 5, limit=LIMIT, high=high, now=now)
    assert isinstance(made, Draw)
    return made


class BucketsPromises:
    """Mix in, with a fixture `buckets` that has none yet."""

    def test_a_bucket_is_opened_once(self, buckets: PaceBuckets) -> None:
        assert FRESH == buckets.open(FRESH)
        assert FRESH == buckets.open(fresh("sms", limit=3, now=LATER))

    def test_what_is_not_there_is_not_found(self, buckets: PaceBuckets) -> None:
        buckets.open(FRESH)

        assert {"sms": FRESH} == buckets.find({"sms", "email"})
        assert {} == buckets.find(set())

    def test_buckets_of_two_keys_do_not_meet(self, buckets: PaceBuckets) -> None:
        other = replace(FRESH, key="email")
        buckets.open(FRESH)
        buckets.open(other)
        buckets.draw(wanted(FRESH))
        assert other == buckets.open(other)

    def test_a_draw_moves_the_line_that_all_share(self, buckets: PaceBuckets) -> None:
        buckets.open(FRESH)
        one = wanted(FRESH)
        assert (True, one.drawn(FRESH)) == buckets.draw(one)

    def test_a_draw_of_high_priority_moves_both_lines(self, buckets: PaceBuckets) -> None:
        buckets.open(FRESH)
        one = wanted(FRESH, high=True)
        done, after = buckets.draw(one)
        assert done
        assert after
        assert START < after.next_slot < after.next_high_slot
        assert one.drawn(FRESH) == after

    def test_an_idle_line_begins_anew(self, buckets: PaceBuckets) -> None:
        buckets.open(FRESH)
        one = wanted(FRESH, high=True, now=LATER)
        done, after = buckets.draw(one)
        assert done
        assert after
        assert LATER == one.slots(after)[0]

    def test_draws_from_one_look_all_succeed_while_there_is_room(
        self, buckets: PaceBuckets
    ) -> None:
        buckets.open(FRESH)
        done = [buckets.draw(wanted(FRESH))[0] for _ in range(7)]
        assert [True] * 7 == done

    def test_a_draw_beyond_the_horizon_is_refused_and_answers_the_bucket(
        self, buckets: PaceBuckets
    ) -> None:
        buckets.open(FRESH)
        for _ in range(7):
            buckets.draw(wanted(FRESH))
        done, after = buckets.draw(wanted(FRESH))
        assert not done
        assert after
        assert START + 7 * timedelta(seconds=5 / LIMIT) == after.next_slot

    def test_two_do_not_both_restart_an_idle_line(self, buckets: PaceBuckets) -> None:
        buckets.open(FRESH)
        assert buckets.draw(wanted(FRESH, now=LATER))[0]
        assert not buckets.draw(wanted(FRESH, now=LATER))[0]

    def test_a_draw_by_a_rate_that_was_changed_meanwhile_is_refused(
        self, buckets: PaceBuckets
    ) -> None:
        buckets.open(FRESH)
        cut = replace(FRESH, rate=18.000001, rate_at=LATER)
        assert cut == buckets.learn(FRESH, cut)
        assert (False, cut) == buckets.draw(wanted(FRESH))

    def test_of_two_that_report_the_same_one_is_believed(self, buckets: PaceBuckets) -> None:
        buckets.open(FRESH)
        first = buckets.learn(FRESH, replace(FRESH, rate=18.0, rate_at=LATER))
        second = replace(FRESH, rate=9.0, rate_at=LATER + timedelta(seconds=1))
        assert first == buckets.learn(FRESH, second)

    def test_learning_leaves_alone_what_was_drawn_meanwhile(self, buckets: PaceBuckets) -> None:
        buckets.open(FRESH)
        _, drawn = buckets.draw(wanted(FRESH))
        after = buckets.learn(FRESH, replace(FRESH, rate=18.0, rate_at=LATER))
        assert drawn
        assert after
        assert drawn.next_slot == after.next_slot

    def test_what_the_provider_says_is_kept_and_what_it_says_no_more_is_gone(
        self, buckets: PaceBuckets
    ) -> None:
        buckets.open(FRESH)
        buckets.cap("sms", most=2.5, left=100)
        assert {"sms": replace(FRESH, most=2.5, left=100)} == buckets.find({"sms"})
        done, drawn = buckets.draw(wanted(FRESH))
        assert done
        assert drawn
        assert (2.5, 100) == (drawn.most, drawn.left)
        buckets.cap("sms", most=None, left=None)
        assert replace(drawn, most=None, left=None) == buckets.find({"sms"})["sms"]

    def test_a_bucket_that_nobody_has_opened_is_not_capped(self, buckets: PaceBuckets) -> None:
        buckets.cap("sms", most=2.5, left=100)
        assert {} == buckets.find({"sms"})

    def test_a_bucket_that_is_gone_is_none(self, buckets: PaceBuckets) -> None:
        assert (False, None) == buckets.draw(wanted(FRESH))
        assert buckets.learn(FRESH, replace(FRESH, rate=18.0, rate_at=LATER)) is None

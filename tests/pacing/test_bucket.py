"""The line of slots that all senders of one origination share."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ordercast.pacing.bucket import (
    NORMAL_HORIZON,
    Bucket,
    Draw,
    draw,
    fresh,
    rate_of,
    reported,
    wave_units,
)
from tests.fakes.clock import START

SECOND = timedelta(seconds=1)
LIMIT = 20.0


def bucket(*, limit: float = LIMIT, now: datetime = START) -> Bucket:
    return fresh("sms", limit=limit, now=now)


def drawn(seen: Bucket, units: int, *, high: bool = False, now: datetime = START) -> Bucket:
    wanted = draw(seen, units, limit=LIMIT, high=high, now=now)
    assert isinstance(wanted, Draw)
    after = wanted.drawn(seen)
    assert after is not None
    return after


def test_a_wave_is_a_second_and_a_quarter_of_the_rate_and_at_most_a_bulk_call() -> None:
    assert [1, 2, 18, 25, 25] == [wave_units(rate) for rate in (0.5, 1, 14, 20, 1000)]


def test_each_unit_has_a_slot_of_its_own_one_rate_apart() -> None:
    wanted = draw(bucket(), 3, limit=LIMIT, high=False, now=START)
    assert isinstance(wanted, Draw)
    after = wanted.drawn(bucket())
    assert after
    assert [START, START + SECOND / 20, START + SECOND / 10] == wanted.slots(after)


def test_the_next_sender_goes_on_where_the_one_before_it_ended() -> None:
    first = drawn(bucket(), 25)
    then = draw(first, 25, limit=LIMIT, high=False, now=START)
    assert isinstance(then, Draw)
    after = then.drawn(first)
    assert after
    assert START + 25 * SECOND / 20 == then.slots(after)[0]


def test_normal_messages_wait_beyond_their_horizon_where_high_ones_do_not() -> None:
    full = drawn(drawn(bucket(), 25), 25)
    room = draw(full, 25, limit=LIMIT, high=False, now=START)
    assert full.next_slot - NORMAL_HORIZON == room
    assert isinstance(draw(full, 5, limit=LIMIT, high=True, now=START), Draw)


def test_high_priority_leaves_a_tenth_of_the_rate_to_normal_messages() -> None:
    """In its second minute: what it may draw ahead fills most of the first."""
    seen, now, normal = bucket(), START, 0
    for _ in range(1200):
        now += SECOND / 10
        for high in (True, False):
            wanted = draw(seen, 4, limit=LIMIT, high=high, now=now)
            if isinstance(wanted, Draw):
                seen = wanted.drawn(seen) or seen
                normal += 0 if high or now < START + 60 * SECOND else wanted.units
    assert 0.08 * LIMIT * 60 <= normal <= 0.2 * LIMIT * 60


def test_slots_that_nobody_drew_are_gone() -> None:
    idle = drawn(bucket(), 5)
    later = START + timedelta(minutes=10)
    wanted = draw(idle, 2, limit=LIMIT, high=False, now=later)
    assert isinstance(wanted, Draw)
    after = wanted.drawn(idle)
    assert after
    assert later == wanted.slots(after)[0]


def test_a_draw_by_a_rate_that_was_cut_meanwhile_is_refused() -> None:
    wanted = draw(bucket(), 5, limit=LIMIT, high=False, now=START)
    assert isinstance(wanted, Draw)
    assert wanted.drawn(replace(bucket(), rate_at=START + SECOND)) is None


def test_two_draws_from_one_look_never_share_a_slot() -> None:
    seen = drawn(bucket(), 5)
    one = draw(seen, 5, limit=LIMIT, high=False, now=START)
    two = draw(seen, 5, limit=LIMIT, high=False, now=START)
    assert isinstance(one, Draw)
    assert isinstance(two, Draw)
    between = one.drawn(seen)
    assert between
    after = two.drawn(between)
    assert after
    assert set(one.slots(between)).isdisjoint(two.slots(after))


def test_two_that_would_restart_an_idle_line_are_not_both_accepted() -> None:
    later = START + timedelta(hours=1)
    one = draw(bucket(), 5, limit=LIMIT, high=False, now=later)
    assert isinstance(one, Draw)
    between = one.drawn(bucket())
    assert between
    assert one.drawn(between) is None


@given(
    seed=st.integers(0, 2**32),
    senders=st.integers(2, 50),
    rate=st.sampled_from([1.0, 14.0, 20.0, 300.0, 1000.0]),
)
def test_any_number_of_senders_never_exceeds_the_rate(seed: int, senders: int, rate: float) -> None:
    """Each draws by a look that may be old; what is refused looks again."""
    dice, stored, now = Random(seed), bucket(limit=rate), START  # noqa: S311 - a sample, no secret
    looks = [stored] * senders
    slots: list[datetime] = []
    for _ in range(300):
        now += timedelta(seconds=dice.random() * 2 / rate)
        sender, units = dice.randrange(senders), dice.randint(1, wave_units(rate))
        wanted = draw(looks[sender], units, limit=rate, high=dice.random() < 0.3, now=now)
        after = wanted.drawn(stored) if isinstance(wanted, Draw) else None
        if isinstance(wanted, Draw) and after:
            slots += wanted.slots(after)
            stored = after
        looks[sender] = stored
    rounding = timedelta(microseconds=25)
    gaps = [then - one for one, then in pairwise(sorted(slots))]
    assert min(gaps, default=SECOND) >= timedelta(seconds=1 / rate) - rounding


def test_throttling_cuts_the_rate_by_seven_percent_at_most_every_two_seconds() -> None:
    once = reported(bucket(), accepted=9, refused=1, limit=LIMIT, now=START + 2 * SECOND)
    assert once
    assert pytest.approx(18.6) == once.rate
    assert reported(once, accepted=9, refused=1, limit=LIMIT, now=START + 3 * SECOND) is None


def test_throttling_never_cuts_the_rate_below_a_fiftieth_of_the_limit() -> None:
    seen = bucket()
    for each in range(500):
        now = START + each * SECOND
        seen = reported(seen, accepted=0, refused=25, limit=LIMIT, now=now) or seen

    assert pytest.approx(LIMIT / 50) == seen.rate


def test_a_cut_rate_regains_a_little_of_itself_each_second_until_it_is_the_limit() -> None:
    """In proportion: near to what a slow provider takes, a part of the limit would be far too much."""
    cut = replace(bucket(), rate=10.0)
    after = [rate_of(cut, limit=LIMIT, now=START + n * SECOND) for n in range(3)]

    assert (
        pytest.approx(1.0015, abs=1e-5) == after[1] / after[0] == pytest.approx(after[2] / after[1])
    )
    assert LIMIT == rate_of(cut, limit=LIMIT, now=START + timedelta(hours=1))


def test_the_rate_is_never_above_the_limit_even_if_that_was_lowered() -> None:
    assert 5 == rate_of(bucket(), limit=5, now=START)


def test_a_wave_that_is_not_throttled_needs_no_write() -> None:
    assert reported(bucket(), accepted=25, refused=0, limit=LIMIT, now=START + 2 * SECOND) is None

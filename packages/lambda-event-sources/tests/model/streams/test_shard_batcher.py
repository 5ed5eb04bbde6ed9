"""A shard spread over lanes: order by key, checkpoint, successors."""

import random
from collections import defaultdict
from typing import Any

from support.lanes import (
    NOON,
    SECOND,
    SUCCESS,
    a_mapping,
    failing,
    record,
)

from lambda_event_sources.events import StreamRecord
from lambda_event_sources.on_failure import DiscardBatch
from lambda_event_sources.outcomes import Errored
from lambda_event_sources.streams.shard_batcher import READ_AHEAD, ShardBatcher, lane_of
from lambda_event_sources.streams.shard_sequencer import TRIM_HORIZON, after
from lambda_event_sources.streams.steps import Expired, Invoke, Wait


def a_shard(*records: StreamRecord, **settings: Any) -> ShardBatcher:
    source = ShardBatcher(a_mapping(**settings))
    source.put(records, now=NOON)
    return source


def keys_of_lanes(lanes: int) -> list[str]:
    """Return a key for each lane, lane by lane."""
    found: dict[int, str] = {}
    for number in range(1000):
        found.setdefault(lane_of(f"o-{number}", lanes), f"o-{number}")
    return [found[lane] for lane in range(lanes)]


def invoked(shard: ShardBatcher) -> Invoke:
    step = shard.next_step(now=NOON)
    assert isinstance(step, Invoke), step
    return step


def numbers(step: Invoke) -> list[int]:
    return [each.position for each in step.records]


def test_each_lane_has_a_batch_out_at_once() -> None:
    a, b = keys_of_lanes(2)
    shard = a_shard(record(1, key=a), record(2, key=b), record(3, key=a), parallelization_factor=2)

    assert [1, 3] == numbers(invoked(shard))
    assert [2] == numbers(invoked(shard))
    assert Wait(until=None) == shard.next_step(now=NOON)


def test_without_parallelization_one_batch_of_the_shard_is_out() -> None:
    a, b = keys_of_lanes(2)
    shard = a_shard(record(1, key=a), record(2, key=b), batch_size=1)

    assert [1] == numbers(invoked(shard))
    assert Wait(until=None) == shard.next_step(now=NOON)


def test_a_lane_that_fails_does_not_hold_up_the_others() -> None:
    a, b = keys_of_lanes(2)
    shard = a_shard(
        *(record(n, key=a if n == 1 else b) for n in range(1, 5)),
        parallelization_factor=2,
        batch_size=1,
    )
    shard.settle(invoked(shard).lane, Errored(), now=NOON)

    delivered = []
    while isinstance(step := shard.next_step(now=NOON), Invoke):
        delivered += numbers(step)
        shard.settle(step.lane, SUCCESS, now=NOON)

    assert [2, 3, 4] == delivered


def test_of_lanes_that_wait_the_first_that_is_due_ends_the_wait() -> None:
    a, b = keys_of_lanes(2)
    shard = a_shard(record(1, key=a), record(2, key=b), parallelization_factor=2)
    first, second = invoked(shard), invoked(shard)

    shard.settle(first.lane, Errored(), now=NOON)
    shard.settle(second.lane, Errored(), now=NOON + 5 * SECOND)

    assert Wait(until=NOON + SECOND) == shard.next_step(now=NOON)


def test_the_records_of_a_key_are_delivered_in_order_whatever_fails() -> None:
    """Batches, lanes, errors, splits and partial answers by chance; the order of each key stands."""
    chance = random.Random(5)  # noqa: S311 - what fails, no secret
    keys = [f"o-{n}" for n in range(9)]
    key_of = {n: chance.choice(keys) for n in range(1, 400)}
    shard = a_shard(
        *(record(n, key=key) for n, key in key_of.items()),
        parallelization_factor=4,
        batch_size=7,
        bisect_batch_on_error=True,
    )

    done = played_out(shard, chance)

    by_key = defaultdict(list)
    for number in done:
        by_key[key_of[number]].append(number)
    assert sorted(done) == list(key_of)
    assert all(delivered == sorted(delivered) for delivered in by_key.values())


def played_out(shard: ShardBatcher, chance: random.Random) -> list[int]:
    """Settle what is out in any order, until all is done; return it in the order it was done."""
    out: list[Invoke] = []
    done: list[int] = []
    now = NOON
    while True:
        match shard.next_step(now=now):
            case Invoke() as step:
                out.append(step)
            case Wait(until=until) if not out:
                if until is None:
                    return done
                now = until
                continue
        if out and chance.random() < 0.5:
            step = out.pop(chance.randrange(len(out)))
            failed = chance.choice(step.records).sequence_number
            outcome = chance.choice((Errored(), failing(failed), SUCCESS))
            done += [r.position for r in shard.settle(step.lane, outcome, now=now).done]


def test_the_checkpoint_is_where_the_first_gap_begins() -> None:
    a, b = keys_of_lanes(2)
    records = [record(1, key=a), record(2, key=b), record(3, key=a), record(4, key=b)]
    shard = a_shard(*records, parallelization_factor=2, batch_size=1)
    first, second = invoked(shard), invoked(shard)
    assert TRIM_HORIZON == shard.position

    shard.settle(second.lane, SUCCESS, now=NOON)
    assert TRIM_HORIZON == shard.position

    shard.settle(first.lane, SUCCESS, now=NOON)
    assert after("2") == shard.position


def test_a_successor_redelivers_what_was_done_beyond_the_gap() -> None:
    a, b = keys_of_lanes(2)
    records = [record(1, key=a), record(2, key=b), record(3, key=b)]
    shard = a_shard(*records, parallelization_factor=2)
    shard.next_step(now=NOON)
    shard.settle(invoked(shard).lane, SUCCESS, now=NOON)

    successor = ShardBatcher(a_mapping(), position=shard.position)
    successor.put(records, now=NOON)

    assert TRIM_HORIZON == successor.position
    assert [1, 2, 3] == numbers(invoked(successor))


def test_the_checkpoint_passes_what_was_discarded() -> None:
    shard = a_shard(record(1), record(2), retry_attempts=0)
    shard.settle(invoked(shard).lane, Errored(), now=NOON)

    assert isinstance(shard.next_step(now=NOON), DiscardBatch)
    assert after("2") == shard.position


def test_a_shard_has_come_past_what_has_expired() -> None:
    shard = ShardBatcher(a_mapping(), retention=SECOND)
    shard.put([record(1, age=2 * SECOND)], now=NOON)

    assert isinstance(shard.next_step(now=NOON), Expired)
    assert after("1") == shard.position


def test_a_shard_has_not_come_past_the_second_half_of_a_split() -> None:
    shard = a_shard(*map(record, range(1, 5)), bisect_batch_on_error=True)
    shard.settle(invoked(shard).lane, Errored(), now=NOON)
    shard.settle(invoked(shard).lane, SUCCESS, now=NOON)

    assert after("2") == shard.position


def test_a_shard_is_finished_when_it_was_read_to_its_end_and_all_of_it_is_done() -> None:
    shard = a_shard(record(1))
    shard.end()
    assert not shard.is_finished

    shard.settle(invoked(shard).lane, SUCCESS, now=NOON)
    assert shard.is_finished


def test_a_stuck_lane_lets_no_more_than_one_read_pile_up_behind_it() -> None:
    a, b = keys_of_lanes(2)
    shard = a_shard(record(1, key=a), parallelization_factor=2, batch_size=100)
    shard.settle(invoked(shard).lane, Errored(), now=NOON)
    assert 100 == shard.capacity

    shard.put([record(n, key=a) for n in range(2, READ_AHEAD)], now=NOON)
    assert 2 == shard.capacity
    shard.put([record(READ_AHEAD + n, key=b) for n in range(2)], now=NOON)
    assert 0 == shard.capacity

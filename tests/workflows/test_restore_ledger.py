"""A restored ledger: nothing goes out twice, and nothing is lost without being said, wherever it was lost."""

from collections import Counter

import pytest

from ordercast.errors import LedgerUnavailable
from ordercast.notifications.lifecycle import State
from ordercast.pacing import restoring
from ordercast.workflows import restore_ledger
from ordercast.workflows.restore_ledger import RestoreLedger
from tests.examples import payload
from tests.fakes.clock import START
from tests.workflows.restored_day import (
    HOUR,
    Day,
    is_right,
    restored,
)

SEEDS = range(25)


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_word_what_may_have_been_sent_ends_and_what_came_later_is_sent(seed: int) -> None:
    day = restored(seed, unheard=True)
    before = Counter(day.world.got())
    day.go_on(80)

    is_right(day)
    assert day.lost_at
    perhaps = [row.id for row in day.world.rows() if row.effective_at <= day.lost_at]
    assert {i: before[i] for i in perhaps} == {i: day.world.got()[i] for i in perhaps}
    later = [row for row in day.world.rows() if row.effective_at > day.lost_at]
    assert {row.id: 1 for row in later} == {row.id: day.world.got()[row.id] for row in later}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_an_operator_releases_is_sent_unless_it_is_known_to_be_sent(seed: int) -> None:
    day = restored(seed)
    day.go_on(2)
    day.restore.release()
    day.go_on(80)

    is_right(day)
    # An e-mail in doubt may have been sent once more before.
    assert all(day.world.got()[i] == max(1, day.sent_before[i]) for i in day.entered_before)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_an_operator_ends_is_never_sent(seed: int) -> None:
    day = restored(seed, unheard=True)
    before = Counter(day.world.got())
    day.go_on(1)
    ended = day.restore.end()
    rows = [row for row in day.world.rows() if row.rule == "restored"]
    day.go_on(80)

    is_right(day)
    assert ended == len(rows)
    assert {State.UNCONFIRMED} >= {row.state for row in rows}
    assert {row.id: before[row.id] for row in rows} == {
        row.id: day.world.got()[row.id] for row in rows
    }


def test_what_waits_is_ended_whole_while_the_index_still_names_what_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An index lags behind the rows it names: nothing may be left over for that."""
    day = restored(3, unheard=True)
    ledger = day.restore.ledger
    waiting = [row.id for row in day.world.rows() if row.is_held]
    assert 4 < len(waiting)
    monkeypatch.setattr(restore_ledger, "AT_ONCE", 2)
    monkeypatch.setattr(type(ledger), "due", lambda *_, limit, **__: waiting[:limit])

    assert len(waiting) == day.restore.end()
    assert not [row.id for row in day.world.rows() if row.is_held]


def sent_twice(*, released: bool = False, unheard: bool = False) -> bool:
    """Tell whether a message of before went out again on any of some days."""
    for seed in range(40):
        day = restored(seed, unheard=unheard)
        if released:
            day.go_on(2)
            day.restore.release()
        day.go_on(80)
        got = day.world.got()
        if any(got[i] > max(1, number) for i, number in day.sent_before.items()):
            return True
    return False


def test_without_the_fence_messages_go_out_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    of_nothing = restoring.fence(lost_at=START - HOUR, by="ada", since=START)
    monkeypatch.setattr("ordercast.workflows.restore_ledger.fence", lambda **_: of_nothing)
    monkeypatch.setattr(RestoreLedger, "settle", lambda *_: 0)

    assert sent_twice()


def test_without_the_relay_s_wait_messages_go_out_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shop repeats an event, and it is decided as news before the stream is replayed."""
    monkeypatch.setattr("ordercast.workflows.relay_orders.is_gate", lambda _: False)
    monkeypatch.setattr(Day, "relay_waits", False)

    assert sent_twice(unheard=True)


def test_without_the_receipts_what_is_released_goes_out_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(RestoreLedger, "settle", lambda *_: 0)

    assert sent_twice(released=True)


def test_without_their_time_of_arrival_replayed_events_are_sent_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    relay = Day._relay  # noqa: SLF001
    monkeypatch.setattr(Day, "_relay", lambda day, records, _: relay(day, records, day.world.now()))
    monkeypatch.setattr(RestoreLedger, "settle", lambda *_: 0)

    assert sent_twice()


def test_a_record_that_a_replay_cannot_relay_keeps_the_relay_waiting() -> None:
    day = Day()
    day.put()
    day.back_up()
    day.relay()
    day.lose()
    day.begin()
    day.world.ledger.unavailable = {"accept"}
    with pytest.raises(LedgerUnavailable):
        day.replay()
    day.world.ledger.unavailable = set()

    with pytest.raises(LedgerUnavailable, match="replayed first"):
        day.world.relay(payload())
    with pytest.raises(LedgerUnavailable, match="replayed first"):
        day.restore.release()
    day.replay()
    assert day.world.relay(payload(order_id="o-9")).accepted == 1


def test_what_has_grown_too_old_behind_the_fence_is_not_said_to_be_unsent() -> None:
    """`expired` would say that nobody got it."""
    day = Day()
    day.put(channel="sms")
    day.back_up()
    day.relay()
    day.lose()
    day.begin()
    day.replay()
    day.go_on(60)
    day.restore.release()
    day.go_on(1)

    (row,) = day.world.rows()
    assert (State.UNCONFIRMED, "restored") == (row.state, row.rule)


def test_a_receipt_that_comes_later_still_says_that_it_was_sent() -> None:
    day = Day()
    day.put(channel="sms")
    day.back_up()
    day.relay()
    day.world.send_published()
    day.lose()
    day.world.receipt_logs.kept, known = {}, day.world.receipt_logs.kept
    day.begin()
    day.replay()
    assert {"restored"} == {row.rule for row in day.world.rows()}

    day.world.receipt_logs.kept = known
    day.begin()
    assert {State.SENT} == {row.state for row in day.world.rows()}

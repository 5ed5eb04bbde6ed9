"""What every ledger promises of what is due, in memory or in DynamoDB."""

from datetime import datetime, timedelta
from typing import Protocol

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import FINAL, State
from ordercast.sending.due_partitions import Backlog, deferrals, looks, partition_of
from ordercast.sending.outcome import accepted, unknown
from ordercast.workflows.cancel_messages import WaitingRows
from ordercast.workflows.ports import Ledger
from tests.examples import notification
from tests.fakes.clock import START
from tests.promises.ledger.steps import (
    LATER,
    MINUTE,
    ONE,
    TWO,
    claimed,
    enter,
    merge_state,
    read,
    row,
    settle,
)

ALL_PARTITIONS = [*looks(), *deferrals()]
A_YEAR = timedelta(days=365)


class LedgerWithWaiting(WaitingRows, Ledger, Protocol):
    """A ledger of which the waiting rows can be cancelled."""


def due(ledger: Ledger, until: datetime, *, limit: int = 10) -> list[str]:
    """Return what is due in any partition."""
    return ledger.due(ALL_PARTITIONS, until=until, limit=limit)


class DuePromises:
    """What is due is found, once it is and as long as it is."""

    @pytest.mark.parametrize("state", [State.REQUESTED, State.DEFERRED])
    def test_what_is_due_is_found_from_its_moment_on(self, ledger: Ledger, state: State) -> None:
        enter(
            ledger,
            replace(ONE, due_at=START, state=state),
            replace(TWO, due_at=LATER, state=state),
        )

        assert [] == due(ledger, START - timedelta(milliseconds=1))
        assert [ONE.id] == due(ledger, START)
        assert {ONE.id, TWO.id} == set(due(ledger, LATER))

    def test_all_that_waits_in_a_partition_is_named_by_the_page_and_nothing_else(
        self, ledger: LedgerWithWaiting
    ) -> None:
        """However long it waits, and however much of it there is."""
        rows = [notification(n, due_at=START + n * A_YEAR) for n in range(1, 131)]
        mine = [replace(row, priority=Priority.HIGH, state=State.DEFERRED) for row in rows]
        enter(ledger, *mine, replace(notification(200), state=State.DEFERRED))

        named = [
            i
            for each in deferrals(priorities=[Priority.HIGH])
            for page in ledger.waiting_in(each)
            for i in page
        ]

        assert sorted(row.id for row in mine) == sorted(named)

    @pytest.mark.parametrize("state", sorted(FINAL & {*CHANNELS[Channel.EMAIL].states}))
    def test_what_has_ended_is_no_longer_due(self, ledger: Ledger, state: State) -> None:
        enter(ledger, replace(ONE, state=State.SENT))
        merge_state(ledger, state)

        assert [] == due(ledger, START + A_YEAR)

    def test_what_may_still_need_us_stays_due_and_what_was_sent_does_not(
        self, ledger: Ledger
    ) -> None:
        """A round is bounded: what only the carrier can end must not stand in anybody's way."""
        claimed(ledger, ONE)
        claimed(ledger, TWO)
        settle(ledger, accepted("m-1"), ONE)
        settle(ledger, unknown("ReadTimeoutError"), TWO)

        assert [TWO.id] == due(ledger, START + A_YEAR)

    def test_no_more_are_due_than_were_asked_for(self, ledger: Ledger) -> None:
        enter(ledger, *[notification(n) for n in range(20)])

        assert 3 == len(set(due(ledger, START + timedelta(days=1), limit=3)))

    def test_everything_due_is_found_in_the_end(self, ledger: Ledger) -> None:
        """A limit bounds a round, and hides nothing for ever."""
        many = [notification(n) for n in range(20)]
        enter(ledger, *many)
        now, seen = START + timedelta(days=1), set[str]()
        for _ in range(20):
            found = set(due(ledger, now, limit=8))
            rows = [each for each in read(ledger, *many).values() if each.id in found]
            seen |= ledger.change([(each, replace(each, due_at=now + MINUTE)) for each in rows])

        assert {each.id for each in many} == seen

    def test_a_later_look_comes_when_it_was_put_off_to(self, ledger: Ledger) -> None:
        enter(ledger, ONE)
        now = START + timedelta(hours=1)
        seen = row(ledger)
        ledger.change([(seen, replace(seen, due_at=now + MINUTE, sweeps=1))])

        assert [] == due(ledger, now)
        assert [ONE.id] == due(ledger, now + MINUTE)
        assert 1 == row(ledger).sweeps

    def test_what_is_due_no_more_is_no_longer_found(self, ledger: Ledger) -> None:
        enter(ledger, ONE)
        seen = row(ledger)
        ledger.change([(seen, replace(seen, state=State.SUPPRESSED, due_at=None))])

        assert [] == due(ledger, START + A_YEAR)

    def test_what_is_deferred_waits_apart_from_what_is_looked_at(self, ledger: Ledger) -> None:
        """And what is released waits for a look from then on."""
        enter(ledger, replace(ONE, due_at=START, state=State.DEFERRED), replace(TWO, due_at=START))

        assert [ONE.id] == ledger.due(deferrals(channels=[ONE.channel]), until=START, limit=10)
        assert [] == ledger.due(deferrals(channels=[Channel.SMS]), until=START, limit=10)
        assert [TWO.id] == ledger.due(looks(), until=START, limit=10)

        seen = row(ledger)
        ledger.change([(seen, replace(seen, state=State.REQUESTED))])
        assert [] == ledger.due(deferrals(channels=[ONE.channel]), until=START, limit=10)
        assert {ONE.id, TWO.id} == set(ledger.due(looks(), until=START, limit=10))

    def test_only_the_partitions_that_are_asked_for_are_read(self, ledger: Ledger) -> None:
        many = [notification(n) for n in range(20)]
        enter(ledger, *many)
        asked = looks([2, 6])

        mine = {each.id for each in many if partition_of(each) in asked}
        assert mine == set(ledger.due(asked, until=START + A_YEAR, limit=100))
        assert [] == ledger.due([], until=START + A_YEAR, limit=100)

    def test_the_oldest_come_first_from_whatever_partition(self, ledger: Ledger) -> None:
        many = [notification(n, due_at=START + (20 - n) * MINUTE) for n in range(20)]
        enter(ledger, *many)

        assert [each.id for each in reversed(many)] == due(ledger, START + A_YEAR, limit=1000)

    def test_what_is_due_is_counted_by_partition_with_its_oldest(self, ledger: Ledger) -> None:
        many = [notification(n, due_at=START + n * MINUTE) for n in range(20)]
        enter(ledger, *many)
        until = START + 9 * MINUTE
        expected = {
            partition: Backlog(rows=len(mine), oldest=START + mine[0] * MINUTE)
            for partition in looks()
            if (mine := [n for n in range(10) if partition_of(many[n]) == partition])
        }

        assert expected == ledger.backlog(ALL_PARTITIONS, until=until, at_most=100)
        assert {} == ledger.backlog(deferrals(), until=until, at_most=100)
        assert {} == ledger.backlog([], until=until, at_most=100)

    def test_a_partition_with_much_in_it_hides_no_other(self, ledger: Ledger) -> None:
        """A channel without room holds up no other, however long its messages have been due."""
        texts = [
            notification(n, Channel.SMS, due_at=START, state=State.DEFERRED) for n in range(100)
        ]
        mail = notification(200, due_at=START + MINUTE, state=State.DEFERRED)
        enter(ledger, *texts, mail)

        assert mail.id in ledger.due(deferrals(), until=START + MINUTE, limit=32)

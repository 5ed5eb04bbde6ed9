"""What every table of receipts promises, in memory or in DynamoDB."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.receipts.receipt_log import ReceiptEvent, ReceiptLog
from ordercast.sending.due_partitions import SHARDS, shard_of
from ordercast.workflows.ports import ReceiptLogs
from tests.fakes.clock import START


class Table(ReceiptLogs, Protocol):
    """What the workflows ask of it, and what the rollups do."""

    def unattributed(self, *, since: datetime, until: datetime) -> Iterator[list[ReceiptLog]]: ...

    def sent_since(self, since: datetime) -> Iterator[list[ReceiptLog]]: ...


RECEIPT_EVENTS = {"SUCCESS/Delivered": ReceiptEvent(at=START, price=Decimal("0.00645"))}
LATER = START + timedelta(days=30)
HOUR = timedelta(hours=1)


def receipt_log(number: int = 1, **changes: object) -> ReceiptLog:
    """Return what a sender records of a message."""
    bare = ReceiptLog(
        message_id=f"m-{number}",
        channel=Channel.SMS,
        notification_id=f"n-{number}",
        sent_at=START,
        expires_at=LATER,
        due_at=START + HOUR,
    )
    return replace(bare, **changes)


def orphan(number: int = 1) -> ReceiptLog:
    """Return what a receipt says that nobody knows yet."""
    receipt_event = ReceiptEvent(at=START, price=Decimal("0.00645"))
    return receipt_log(
        number,
        notification_id=None,
        to="hash",
        receipt_events={"SUCCESS/Delivered": receipt_event},
        due_at=START,
    )


def bare(receipt_logs: list[ReceiptLog]) -> list[ReceiptLog]:
    """Return the receipt logs without their versions, which count writes."""
    return [replace(each, version=1) for each in receipt_logs]


class ReceiptLogsPromises:
    """Mix in, and define the fixture `receipt_logs`."""

    def test_what_was_written_is_read_back_as_it_was_meant(self, receipt_logs: Table) -> None:
        both = replace(orphan(2), unattributed=True)
        receipt_logs.join([receipt_log(), both])

        assert {"m-1": receipt_log(), "m-2": both} == receipt_logs.find({"m-1", "m-2", "m-3"})

    def test_a_price_of_nothing_is_a_price(self, receipt_logs: Table) -> None:
        free = receipt_log(receipt_events={"FAILURE": ReceiptEvent(at=START, price=Decimal(0))})
        receipt_logs.join([free])

        assert {"m-1": free} == receipt_logs.find({"m-1"})

    def test_the_second_of_two_writers_joins_what_is_there(self, receipt_logs: Table) -> None:
        receipt_logs.join([orphan()])
        (joined,) = receipt_logs.join([receipt_log()])

        assert ("n-1", None, START) == (joined.notification_id, joined.to, joined.due_at)
        assert orphan().receipt_events == joined.receipt_events
        assert bare([joined]) == bare([receipt_logs.find({"m-1"})["m-1"]])

    def test_joining_twice_is_joining_once(self, receipt_logs: Table) -> None:
        receipt_logs.join([receipt_log()])
        before = receipt_logs.find({"m-1"})

        assert [receipt_log()] == bare(receipt_logs.join([receipt_log()]))
        assert before == receipt_logs.find({"m-1"})

    def test_a_receipt_log_is_written_only_where_it_is_as_it_was_seen(
        self, receipt_logs: Table
    ) -> None:
        receipt_logs.join([receipt_log(), receipt_log(2)])
        seen = receipt_logs.find({"m-1", "m-2"})
        mine = replace(seen["m-1"], due_at=START)

        assert {"m-1"} == receipt_logs.change([(seen["m-1"], mine)])
        assert set() == receipt_logs.change([(seen["m-1"], replace(seen["m-1"], due_at=None))])
        assert set() == receipt_logs.change([(None, receipt_log(2, due_at=None))])
        assert START == receipt_logs.find({"m-1"})["m-1"].due_at
        assert seen["m-2"] == receipt_logs.find({"m-2"})["m-2"]

    def test_what_is_taken_away_is_gone(self, receipt_logs: Table) -> None:
        receipt_logs.join([orphan()])
        seen = receipt_logs.find({"m-1"})["m-1"]
        after = replace(seen, to=None, due_at=None, notification_id="n-1")

        assert {"m-1"} == receipt_logs.change([(seen, after)])
        assert bare([after]) == bare(list(receipt_logs.find({"m-1"}).values()))

    def test_what_is_to_stay_as_it_is_is_said_to_be_so(self, receipt_logs: Table) -> None:
        receipt_logs.join([receipt_log()])
        seen = receipt_logs.find({"m-1"})["m-1"]

        assert {"m-1"} == receipt_logs.change([(seen, seen)])
        assert seen == receipt_logs.find({"m-1"})["m-1"]

    def test_what_is_due_is_found_from_its_moment_on_as_long_as_it_is(
        self, receipt_logs: Table
    ) -> None:
        receipt_logs.join(
            [receipt_log(1), receipt_log(2, due_at=None), replace(orphan(3), unattributed=True)]
        )

        assert [] == receipt_logs.due(
            SHARDS, now=START + HOUR - timedelta(milliseconds=1), limit=10
        )
        assert ["m-1"] == receipt_logs.due(SHARDS, now=START + HOUR, limit=10)

        seen = receipt_logs.find({"m-1"})["m-1"]
        receipt_logs.change([(seen, replace(seen, due_at=None))])
        assert [] == receipt_logs.due(SHARDS, now=LATER, limit=10)

    def test_what_is_nobodys_is_found_by_when_that_was_found(self, receipt_logs: Table) -> None:
        lost = [
            replace(
                orphan(n), unattributed=True, due_at=START + n * HOUR, receipt_events=RECEIPT_EVENTS
            )
            for n in range(4)
        ]
        receipt_logs.join([*lost, orphan(8), receipt_log(9)])

        def found(since: timedelta, until: timedelta) -> dict[str, ReceiptLog]:
            pages = receipt_logs.unattributed(since=START + since, until=START + until)
            return {each.message_id: each for page in pages for each in page}

        assert {"m-1": lost[1], "m-2": lost[2]} == found(HOUR, 2 * HOUR)
        assert {} == found(HOUR + timedelta(milliseconds=1), 2 * HOUR - timedelta(milliseconds=1))

        receipt_logs.join([receipt_log(2)])
        assert ["m-1"] == list(found(HOUR, 2 * HOUR))

    def test_a_receipt_of_no_known_sender_is_found_while_it_waits_and_when_it_is_given_up(
        self, receipt_logs: Table
    ) -> None:
        waits = [replace(orphan(n), due_at=START + n * HOUR) for n in range(4)]
        given_up = replace(orphan(5), due_at=START + HOUR, unattributed=True)
        receipt_logs.join([*waits, given_up, receipt_log(6)])

        def found(since: timedelta, until: timedelta) -> set[str]:
            pages = receipt_logs.orphans(since=START + since, until=START + until)
            return {each.message_id for page in pages for each in page}

        assert {"m-1", "m-2", "m-5"} == found(HOUR, 2 * HOUR)
        receipt_logs.join([receipt_log(2), receipt_log(5)])
        assert {"m-1"} == found(HOUR, 2 * HOUR)

    def test_what_was_sent_since_then_is_found_whatever_waits_for_it(
        self, receipt_logs: Table
    ) -> None:
        logs = [replace(receipt_log(n), sent_at=START + n * HOUR, due_at=None) for n in range(4)]
        receipt_logs.join(logs)

        pages = receipt_logs.sent_since(START + 2 * HOUR)
        assert {"m-2", "m-3"} == {each.message_id for page in pages for each in page}

    def test_no_more_are_due_than_were_asked_for(self, receipt_logs: Table) -> None:
        receipt_logs.join([receipt_log(number) for number in range(30)])

        assert 3 == len(set(receipt_logs.due(SHARDS, now=LATER, limit=3)))

    def test_only_the_shards_that_are_asked_for_are_looked_at(self, receipt_logs: Table) -> None:
        receipt_logs.join([receipt_log(number) for number in range(30)])
        mine = {f"m-{number}" for number in range(30) if shard_of(f"m-{number}") in {1, 5}}

        assert mine == set(receipt_logs.due([1, 5], now=LATER, limit=100))

    def test_an_empty_batch_is_nothing_to_do(self, receipt_logs: Table) -> None:
        assert ([], set(), {}) == (
            receipt_logs.join([]),
            receipt_logs.change([]),
            receipt_logs.find(frozenset()),
        )

    def test_a_batch_may_be_larger_than_any_call_takes(self, receipt_logs: Table) -> None:
        many = [receipt_log(number) for number in range(130)]

        assert many == receipt_logs.join(many)
        seen = receipt_logs.find({each.message_id for each in many})
        assert {each.message_id: each for each in many} == seen
        news = [(each, replace(each, due_at=None)) for each in seen.values()]
        assert set(seen) == receipt_logs.change(news)

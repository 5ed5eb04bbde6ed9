"""What every table of receipts promises, in memory or in DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

from ordercast.events.order_event import Channel
from ordercast.receipts.receipt_log import Fact, Trail
from ordercast.workflows.ports import Trails
from tests.fakes.clock import START


class Table(Trails, Protocol):
    """What the workflows ask of it, and what the books do."""

    def unattributed(self, *, since: datetime, until: datetime) -> Iterator[list[Trail]]: ...


FACTS = {"SUCCESS/Delivered": Fact(at=START, price=Decimal("0.00645"))}
LATER = START + timedelta(days=30)
HOUR = timedelta(hours=1)


def trail(number: int = 1, **changes: object) -> Trail:
    """Return what a sender records of a message."""
    bare = Trail(
        message_id=f"m-{number}",
        channel=Channel.SMS,
        notification_id=f"n-{number}",
        sent_at=START,
        expires_at=LATER,
        due_at=START + HOUR,
    )
    return replace(bare, **changes)  # type: ignore[arg-type]


def orphan(number: int = 1) -> Trail:
    """Return what a receipt says that nobody knows yet."""
    fact = Fact(at=START, price=Decimal("0.00645"))
    return trail(
        number, notification_id=None, to="hash", facts={"SUCCESS/Delivered": fact}, due_at=START
    )


def bare(trails: list[Trail]) -> list[Trail]:
    """Return the trails without their versions, which count writes."""
    return [replace(each, version=1) for each in trails]


class TrailsPromises:
    """Mix in, and say with a fixture which `trails`."""

    def test_what_was_written_is_read_back_as_it_was_meant(self, trails: Table) -> None:
        both = replace(orphan(2), unattributed=True)
        trails.join([trail(), both])

        assert {"m-1": trail(), "m-2": both} == trails.find({"m-1", "m-2", "m-3"})

    def test_a_price_of_nothing_is_a_price(self, trails: Table) -> None:
        free = trail(facts={"FAILURE": Fact(at=START, price=Decimal(0))})
        trails.join([free])

        assert {"m-1": free} == trails.find({"m-1"})

    def test_whoever_comes_second_joins_what_is_there(self, trails: Table) -> None:
        trails.join([orphan()])
        (joined,) = trails.join([trail()])

        assert ("n-1", None, START) == (joined.notification_id, joined.to, joined.due_at)
        assert orphan().facts == joined.facts
        assert bare([joined]) == bare([trails.find({"m-1"})["m-1"]])

    def test_joining_twice_is_joining_once(self, trails: Table) -> None:
        trails.join([trail()])
        before = trails.find({"m-1"})

        assert [trail()] == bare(trails.join([trail()]))
        assert before == trails.find({"m-1"})

    def test_a_trail_is_written_only_where_it_is_as_it_was_seen(self, trails: Table) -> None:
        trails.join([trail(), trail(2)])
        seen = trails.find({"m-1", "m-2"})
        mine = replace(seen["m-1"], due_at=START)

        assert {"m-1"} == trails.change([(seen["m-1"], mine)])
        assert set() == trails.change([(seen["m-1"], replace(seen["m-1"], due_at=None))])
        assert set() == trails.change([(None, trail(2, due_at=None))])
        assert START == trails.find({"m-1"})["m-1"].due_at
        assert seen["m-2"] == trails.find({"m-2"})["m-2"]

    def test_what_is_taken_away_is_gone(self, trails: Table) -> None:
        trails.join([orphan()])
        seen = trails.find({"m-1"})["m-1"]
        after = replace(seen, to=None, due_at=None, notification_id="n-1")

        assert {"m-1"} == trails.change([(seen, after)])
        assert bare([after]) == bare(list(trails.find({"m-1"}).values()))

    def test_what_is_to_stay_as_it_is_is_said_to_be_so(self, trails: Table) -> None:
        trails.join([trail()])
        seen = trails.find({"m-1"})["m-1"]

        assert {"m-1"} == trails.change([(seen, seen)])
        assert seen == trails.find({"m-1"})["m-1"]

    def test_what_is_due_is_found_from_its_moment_on_as_long_as_it_is(self, trails: Table) -> None:
        trails.join([trail(1), trail(2, due_at=None), replace(orphan(3), unattributed=True)])

        assert [] == trails.due(now=START + HOUR - timedelta(milliseconds=1), limit=10)
        assert ["m-1"] == trails.due(now=START + HOUR, limit=10)

        seen = trails.find({"m-1"})["m-1"]
        trails.change([(seen, replace(seen, due_at=None))])
        assert [] == trails.due(now=LATER, limit=10)

    def test_what_is_nobodys_is_found_by_when_that_was_found(self, trails: Table) -> None:
        lost = [
            replace(orphan(n), unattributed=True, due_at=START + n * HOUR, facts=FACTS)
            for n in range(4)
        ]
        trails.join([*lost, orphan(8), trail(9)])

        def found(since: timedelta, until: timedelta) -> dict[str, Trail]:
            pages = trails.unattributed(since=START + since, until=START + until)
            return {each.message_id: each for page in pages for each in page}

        assert {"m-1": lost[1], "m-2": lost[2]} == found(HOUR, 2 * HOUR)
        assert {} == found(HOUR + timedelta(milliseconds=1), 2 * HOUR - timedelta(milliseconds=1))

        trails.join([trail(2)])
        assert ["m-1"] == list(found(HOUR, 2 * HOUR))

    def test_what_nobody_is_known_to_have_sent_is_found_while_it_waits_and_when_it_is_given_up(
        self, trails: Table
    ) -> None:
        waits = [replace(orphan(n), due_at=START + n * HOUR) for n in range(4)]
        given_up = replace(orphan(5), due_at=START + HOUR, unattributed=True)
        trails.join([*waits, given_up, trail(6)])

        def found(since: timedelta, until: timedelta) -> set[str]:
            pages = trails.orphans(since=START + since, until=START + until)
            return {each.message_id for page in pages for each in page}

        assert {"m-1", "m-2", "m-5"} == found(HOUR, 2 * HOUR)
        trails.join([trail(2), trail(5)])
        assert {"m-1"} == found(HOUR, 2 * HOUR)

    def test_no_more_are_due_than_were_asked_for(self, trails: Table) -> None:
        trails.join([trail(number) for number in range(30)])

        assert 3 == len(set(trails.due(now=LATER, limit=3)))

    def test_an_empty_batch_is_nothing_to_do(self, trails: Table) -> None:
        assert ([], set(), {}) == (trails.join([]), trails.change([]), trails.find(frozenset()))

    def test_a_batch_may_be_larger_than_any_call_takes(self, trails: Table) -> None:
        many = [trail(number) for number in range(130)]

        assert many == trails.join(many)
        seen = trails.find({each.message_id for each in many})
        assert {each.message_id: each for each in many} == seen
        news = [(each, replace(each, due_at=None)) for each in seen.values()]
        assert set(seen) == trails.change(news)

"""Records in equal accepted, duplicate, stale and parked together, or what is missing is named."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from analytics.records import PlaceRecords, Records, Shelf
from gateways.ledger_changes import line_of
from gateways.ledger_item import write
from notifications.parking import StreamRecord
from tests.examples import payload
from tests.fakes.clock import START
from tests.fakes.world import World, records

HOUR = timedelta(hours=1)


class Stage:
    """A relay on fakes, and everything that was ever put on its stream."""

    def __init__(self) -> None:
        self.world = World()
        self.put: list[StreamRecord] = []
        self.given_up: set[str] = set()
        self.unentered: set[str] = set()
        self.later = timedelta()

    def relay(self, *payloads: bytes, withheld: bool = False) -> None:
        batch = [
            replace(each, arrived_at=START) for each in records(*payloads, at=101 + len(self.put))
        ]
        self.put += batch
        if not withheld:
            self.world.relayer(batch)

    def between(self, since, until) -> Iterator[list[StreamRecord]]:
        yield [each for each in self.put if each.arrived_at and since <= each.arrived_at < until]

    def lines(self, ids):
        rows = self.world.ledger.rows
        wanted = [rows[i] for i in ids if i in rows and i not in self.unentered]
        return {row.id: line_of(write(row)) for row in wanted}

    def place(self) -> Records:
        def shelf() -> Shelf:
            positions = frozenset(self.world.parked.kept)
            return Shelf(positions=positions, given_up=frozenset(self.given_up))

        place = PlaceRecords(
            stream=self,
            marks=self.world.ledger,
            ledger=self,
            shelf=shelf,
            now=lambda: START + self.later,
            brought_for=6 * HOUR,
            default_currency="USD",
        )
        return place(START, START + HOUR)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_every_record_is_accepted_duplicate_stale_or_parked(stage) -> None:
    stage.relay(payload(), payload(order_id="o-2", event_id="e-2", status="delivered"))
    stage.relay(payload())
    stage.relay(b"not JSON", payload(order_id="o-2", event_id="e-3", status="shipped"))
    stage.relay(payload(amount="1.00"))

    found = stage.place()

    assert (6, 2, 1, 1, 2) == (
        found.records,
        found.accepted,
        found.duplicate,
        found.stale,
        found.parked,
    )
    assert found.add_up


def test_what_an_accepted_record_promised_is_to_be_on_the_ledger(stage) -> None:
    stage.relay(payload())

    assert set(stage.world.ledger.rows) == stage.place().promised

    stage.unentered = set(list(stage.world.ledger.rows)[:1])
    stage.later = 7 * HOUR
    found = stage.place()
    assert stage.unentered == set(found.unentered)
    assert not found.add_up


def test_a_record_without_a_trace_waits_for_as_long_as_it_is_brought_and_is_lost_then(
    stage,
) -> None:
    stage.relay(payload(), withheld=True)

    assert (["101"], [], True) == (
        stage.place().waiting,
        stage.place().lost,
        stage.place().add_up,
    )
    stage.later = 7 * HOUR
    assert ([], ["101"], False) == (
        stage.place().waiting,
        stage.place().lost,
        stage.place().add_up,
    )


def test_what_lambda_gave_up_on_is_parked_unless_it_was_done_before(stage) -> None:
    """A batch is given up from its checkpoint on, good records among it."""
    stage.relay(payload())
    stage.relay(payload(order_id="o-2", event_id="e-2"), withheld=True)
    stage.given_up = {"101", "102"}

    found = stage.place()

    assert (1, 1) == (found.accepted, found.parked)


def test_rows_that_retention_removed_are_no_longer_promised(stage) -> None:
    stage.relay(payload())
    stage.later = timedelta(days=91)

    assert set() == stage.place().promised


def test_records_of_another_hour_are_not_counted(stage) -> None:
    stage.relay(payload())
    stage.put = [replace(each, arrived_at=START + HOUR) for each in stage.put]

    assert 0 == stage.place().records

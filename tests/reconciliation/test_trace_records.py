"""Records in equal accepted, duplicate, stale and parked, or the missing ones are named."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.parked.item import GivenUpBatch
from ordercast.reconciliation.progress import READ_TO_THE_END
from ordercast.reconciliation.tracing import ParkedPositions, TracedRecords
from ordercast.workflows.reconcile.trace_records import TraceRecords
from ordercast.workflows.redrive.batches import ParkedBatches
from ordercast.workflows.redrive.stream_records import ParkedStreamRecords
from tests.examples import payload
from tests.fakes.clock import START
from tests.fakes.parked_store import FakeParkedStore
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

    def pages(self, since, until, *, places=None) -> Iterator[tuple[str, str, list[StreamRecord]]]:
        assert not places
        held = [each for each in self.put if each.arrived_at and since <= each.arrived_at < until]
        yield "shard-1", READ_TO_THE_END, held

    def rollup_inputs(self, ids):
        rows = self.world.ledger.rows
        wanted = [rows[i] for i in ids if i in rows and i not in self.unentered]
        return {row.id: rollup_input_of(write(row)) for row in wanted}

    def place(self) -> TracedRecords:
        def source(_since: datetime, _until: datetime) -> ParkedPositions:
            positions = frozenset(self.world.parked.kept)
            return ParkedPositions(positions=positions, given_up=frozenset(self.given_up))

        place = TraceRecords(
            stream=self,
            decisions=self.world.ledger,
            ledger=self,
            source=source,
            now=lambda: START + self.later,
            redelivered_for=6 * HOUR,
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


def test_each_event_of_a_record_of_several_is_traced_by_its_position(stage) -> None:
    lines = [payload(), b'{"order_id": 5}', payload(order_id="o-2", event_id="e-2"), payload()]
    stage.relay(b"\n".join(lines))

    found = stage.place()

    assert (4, 2, 1, 1) == (found.records, found.accepted, found.duplicate, found.parked)
    assert found.add_up


def test_what_an_accepted_record_promised_is_to_be_on_the_ledger(stage) -> None:
    stage.relay(payload())

    assert set(stage.world.ledger.rows) == stage.place().promised

    stage.unentered = set(list(stage.world.ledger.rows)[:1])
    stage.later = 7 * HOUR
    found = stage.place()
    assert stage.unentered == set(found.unentered)
    assert not found.add_up


def test_a_record_without_a_trace_is_waited_for_while_it_may_be_redelivered_and_is_lost_then(
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


def test_what_is_redriven_stands_at_a_new_position_and_both_sums_hold(stage) -> None:
    """The record that was parked stays so; what it is put as is accepted, and repeated is a duplicate."""
    unknown_then = stage.world.opening
    stage.world.opening = _parking
    stage.relay(payload(), payload(order_id="o-2", event_id="e-2"))
    stage.world.opening = unknown_then
    store = FakeParkedStore(kept=list(stage.world.parked.kept.values()))

    def put(events) -> None:
        stage.relay(*(event for _, event in events))

    source = ParkedStreamRecords(store=store, put=put, now=lambda: START)
    source.redrive(
        [each for each in source.contents() if each.id == "101"], progress=lambda _: None
    )
    assert ["102"] == [each.id for each in source.contents()]
    # Somebody died before the note, and redrives once more.
    store.notes.clear()
    source.redrive(list(source.contents()), progress=lambda _: None)
    stage.later = 7 * HOUR
    found = stage.place()

    assert (5, 2, 1, 0, 2) == (
        found.records,
        found.accepted,
        found.duplicate,
        found.stale,
        found.parked,
    )
    assert found.add_up
    assert not found.lost
    assert set(stage.world.ledger.rows) == found.promised


def test_a_redriven_batch_is_parked_where_it_was_and_accepted_where_it_is(stage) -> None:
    stage.relay(payload())
    stage.relay(payload(order_id="o-2", event_id="e-2"), withheld=True)
    stage.given_up = {"101", "102"}
    batch = GivenUpBatch(
        id="b-1", key="aws/lambda/b-1", condition="age", at=START, records=tuple(stage.put)
    )
    source = ParkedBatches(
        store=FakeParkedStore(given_up=[batch]),
        put=lambda events: stage.relay(*(event for _, event in events)),
        recount=lambda _: None,
        now=lambda: START,
    )
    source.redrive(list(source.contents()), progress=lambda _: None)
    stage.later = 7 * HOUR
    found = stage.place()

    assert (4, 2, 1, 1) == (found.records, found.accepted, found.duplicate, found.parked)
    assert found.add_up
    assert not found.lost


def _parking(record: StreamRecord) -> list[ParkedRecord]:
    """Open nothing: as if nobody knew what this is, yet."""
    return [ParkedRecord(record=record, reason="unknown", detail="")]


def test_rows_that_retention_removed_are_no_longer_promised(stage) -> None:
    stage.relay(payload())
    stage.later = timedelta(days=91)

    assert set() == stage.place().promised


def test_records_of_another_hour_are_not_counted(stage) -> None:
    stage.relay(payload())
    stage.put = [replace(each, arrived_at=START + HOUR) for each in stage.put]

    assert 0 == stage.place().records

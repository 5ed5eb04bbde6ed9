"""What came of a batch is said by what it held."""

import pytest

from ordercast.events.stream_record import StreamRecord
from ordercast.operations.parked_sources import SelectedItems
from ordercast.operations.redrive_outcomes import RedriveResult, follow
from ordercast.parked.item import GivenUpBatch
from ordercast.settings.stage_files import stage_settings
from ordercast.workflows.redrive.batches import ParkedBatches
from tests.examples import payload
from tests.fakes.clock import START
from tests.fakes.parked_store import FakeParkedStore, FakeStream
from tests.fakes.world import World

RECORDS = tuple(
    StreamRecord(
        sequence_number=str(number),
        partition_key=f"o-{number}",
        arrived_at=START,
        payload=payload(order_id=f"o-{number}", event_id=f"e-{number}"),
    )
    for number in (101, 102)
)


def _batch(**content: object) -> GivenUpBatch:
    given: dict[str, object] = {"id": "b1", "key": "k", "condition": "RetryAttemptsExhausted"}
    return GivenUpBatch(**{**given, "at": START, **content})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "said", "settled"),
    [
        ({"records": RECORDS}, "relayed: 4 messages: 4 sent", True),
        ({"notification_ids": ("n-1", "n-2")}, "counted again", True),
        ({"whole": False}, "parked again: it holds nothing to redrive", True),
    ],
)
def test_what_came_of_a_batch_is_said_by_what_it_held(
    content: dict[str, object], said: str, *, settled: bool
) -> None:
    world, stream = World(), FakeStream()
    batch = _batch(**content)
    source = ParkedBatches(
        store=FakeParkedStore(given_up=[batch]), put=stream.put, recount=len, now=world.now
    )
    items = list(source.contents())
    following = follow(
        [SelectedItems(source=source, items=items)],
        stage_settings("local"),
        look_up=world.ledger.look_up,
        parked_between=lambda *_: iter(()),
        now=world.now(),
    )
    if batch.records:
        (pending,) = following.look(world.now())
        assert (RedriveResult.PENDING, False) == (pending.result, pending.settled)

    source.redrive(items, progress=lambda _: None)
    world.relay(*(put for _, put in stream.puts), at=1001)
    world.send_published()

    (outcome,) = following.look(world.now())
    assert (said, settled) == (str(outcome), outcome.settled)

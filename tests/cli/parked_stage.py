"""A stage in memory on which something is parked, and the commands that are about it."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from ordercast.cli import parked, parked_edit, parked_redrive
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.operations.parked_sources import ParkedSources
from ordercast.parked.item import Kind
from ordercast.settings.stage_files import stage_settings
from ordercast.workflows.redrive.notifications import ParkedNotifications
from ordercast.workflows.redrive.stream_records import ParkedStreamRecords
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.parked_store import FakeParkedStore, FakeStream
from tests.fakes.world import World

COMMANDS = (parked, parked_edit, parked_redrive)


@dataclass(slots=True, kw_only=True)
class ParkedStage:
    """What is parked, where it is put again, and the rest of the stage."""

    store: FakeParkedStore
    row: Notification
    world: World = field(default_factory=World)
    stream: FakeStream = field(default_factory=FakeStream)

    def sources(self, _: object) -> ParkedSources:
        """Return the sources as a command opens them."""
        paced = self.world.paced()
        records = ParkedStreamRecords(store=self.store, put=self.stream.put, now=lambda: START)
        notifications = ParkedNotifications(
            ledger=self.world.ledger,
            notifications_topic=self.world.notifications_topic,
            now=self.world.now,
            days=lambda: [self.world.now().date()],
            first_wait=stage_settings("local").republish_after,
            paced=paced,
        )
        return ParkedSources(
            parked_sources=[(Kind.RECORD, records), (Kind.NOTIFICATION, notifications)],
            paced=paced,
        )


def parked_stage(content: bytes, monkeypatch: pytest.MonkeyPatch) -> ParkedStage:
    """Return a stage on which a record with that *content* and a notification are parked, for every command."""
    kept = StreamRecord(
        sequence_number="101", partition_key="key-1", arrived_at=START, payload=content
    )
    found = ParkedRecord(record=kept, reason="malformed-order-event", detail="order_id: is missing")
    row = notification(state=State.PARKED, rule="out-of-attempts", closed_at=START)
    made = ParkedStage(store=FakeParkedStore(kept=[found]), row=row)
    made.world.enter(row)
    where = SimpleNamespace(settings=stage_settings("local"), ledger=lambda: made.world.ledger)
    for module in COMMANDS:
        monkeypatch.setattr(module, "target", lambda *_: where)
        monkeypatch.setattr(module, "parked_sources", made.sources)
    return made

"""A fake producer for a shop's tests, and what becomes of an event. Used by shops.

With pytest, the fixture `ordercast` brings both: docs/shops.md shows it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from ordercast.events.documents import document_in
from ordercast.events.order_event_fields import OrderEventV1
from ordercast.events.reading.document import read_document
from ordercast.producer import NO_CURRENCY, Event, NotTaken, Producer, event_json

if TYPE_CHECKING:
    from ordercast.operations.validation import ValidatedEvent

__all__ = ["FakeProducer", "Ordercast"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeProducer(Producer):
    """A producer that keeps the events in memory: `put` checks them as the real one does.

    With *refuses* the stream takes nothing: `put` raises `NotTaken`.
    """

    client: Any = None
    stream: str = "fake"
    refuses: bool = False
    payloads: list[bytes] = field(default_factory=list)

    @property
    def events(self) -> list[OrderEventV1]:
        """The events that were put, in order, as the relay reads them."""
        documents = [document_in(payload) for payload in self.payloads]
        return [read_document(each, default_currency=NO_CURRENCY).fields for each in documents]

    def put_payloads(self, payloads: Iterable[tuple[str, bytes]]) -> int:
        """Keep the payloads; raises `NotTaken` where the stream refuses."""
        taken = [payload for _, payload in payloads]
        if self.refuses:
            raise NotTaken("it refuses them (fake)", taken=0, left=len(taken))
        self.payloads.extend(taken)
        self.progress(len(taken))
        return len(taken)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordercast:
    """What the fixture `ordercast` is: a fake producer, and the decisions of a relay in memory."""

    producer: FakeProducer = field(default_factory=FakeProducer)

    def decide(
        self,
        event: Event,
        *,
        customers: Iterable[Mapping[str, Any]] = (),
        at: datetime | None = None,
        strict: bool = False,
        **settings: object,
    ) -> "ValidatedEvent":
        """Return what becomes of an event: taken or parked, and what each channel would send.

        *customers* are as in a file of `customers import`; *settings* are those of a stage
        (stages/default.toml), such as `countries="SE 0.08"`. Without *at* there are no quiet hours,
        so that a test says the same by day and by night. Needs `ordercast[cli]`.
        """
        # The base alone can put events; only this needs templates and numbers.
        from ordercast.operations.customer_files import customer_lines  # noqa: PLC0415
        from ordercast.operations.validation import Validation  # noqa: PLC0415
        from ordercast.settings.stage_files import default_settings  # noqa: PLC0415

        lines = customer_lines("\n".join(map(json.dumps, customers)).encode())
        if wrong := [said for line in lines for said in (line.problem, *line.left_out) if said]:
            raise ValueError(f"customers: {wrong[0]}")
        open_hours = {} if at else {"quiet_hours": "", "promotional_quiet_hours": ""}
        validation = Validation(
            msgspec.structs.replace(default_settings(), **open_hours | settings),
            now=at or datetime.now(UTC),
            customers=[line.person for line in lines if line.person],
            strict=strict,
        )
        [decided] = validation(event_json(event), place="event")
        return decided

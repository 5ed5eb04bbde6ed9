"""A fake producer for a shop's tests. Used by shops."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ordercast.events.documents import document_in
from ordercast.events.order_event_fields import OrderEventV1
from ordercast.events.reading.document import read_document
from ordercast.events.reading.spellings import NAMES
from ordercast.producer import NO_CURRENCY, NotTaken, Producer

__all__ = ["FakeProducer"]


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
        documents = [document_in(payload, fields=NAMES) for payload in self.payloads]
        return [read_document(each, default_currency=NO_CURRENCY).fields for each in documents]

    def put_payloads(self, payloads: Iterable[tuple[str, bytes]]) -> int:
        """Keep the payloads; raises `NotTaken` where the stream refuses."""
        taken = [payload for _, payload in payloads]
        if self.refuses:
            raise NotTaken("it refuses them (fake)", taken=0, left=len(taken))
        self.payloads.extend(taken)
        self.progress(len(taken))
        return len(taken)

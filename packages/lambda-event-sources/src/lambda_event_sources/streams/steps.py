"""The steps that a shard's reader carries out, and what an outcome means for a batch.

Returned by the batchers of streams; carried out by the drivers and the harness.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from lambda_event_sources.events import StreamRecord
from lambda_event_sources.on_failure import DiscardBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoke:
    """Invoke the function with these records, then call `settle` with the outcome and the lane.

    `window_fields` stand beside the records in the event of a tumbling window.
    """

    records: tuple[StreamRecord, ...]
    lane: int = 0
    window_fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """Records that the stream no longer holds: they are lost, and no on-failure record is written."""

    records: tuple[StreamRecord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Nothing to do before `until`; None: not before more records are read."""

    until: datetime | None


Step = Invoke | DiscardBatch | Expired | Wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What an outcome means: these records are done, those are delivered again, and why."""

    how: Literal["done", "retried", "bisected", "not_invoked"]
    done: tuple[StreamRecord, ...] = ()
    again: tuple[StreamRecord, ...] = ()

"""What a rehearsal did step by step: what was invoked, retried, split, refused, filtered, given up, lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from lambda_event_sources.events import QueueMessage, StreamRecord
from lambda_event_sources.streams.shard_sequencer import Position

Record = StreamRecord | QueueMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One batch that was delivered, and what became of it.

    `how` is done, retried, bisected or refused; `returned` where messages go back to their queue;
    `discards` where somebody else had taken over the shard before the answer came.
    `about` is what the event said beside its records: of a tumbling window.
    `raised` is the handler's own exception; what it says may be personal, so only its type is printed.
    """

    at: datetime
    source: str
    lane: int
    records: tuple[Record, ...]
    how: str
    done: tuple[Record, ...] = ()
    window_fields: Mapping[str, Any] = field(default_factory=dict)
    raised: BaseException | None = field(default=None, repr=False)

    @property
    def ends_window(self) -> bool:
        """Tell whether it was to make an end of a tumbling window."""
        return bool(self.window_fields.get("isFinalInvokeForWindow"))

    @property
    def summary(self) -> str:
        """Tell of it in a line, but for the time."""
        names = " ".join(names_of(self.records))
        whom = f"the end of {self.window_fields['window']['start']}" if self.ends_window else names
        why = f"  {type(self.raised).__name__}" if self.raised else ""
        return f"{self.source} lane {self.lane}  {self.how:9} {whom}{why}"

    def __str__(self) -> str:
        return f"{_time(self.at)}  {self.summary}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded:
    """Records that will not be delivered again; `failure` is what an S3 destination would be given."""

    at: datetime
    source: str
    condition: str
    records: tuple[Record, ...]
    failure: Mapping[str, Any] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """Tell of it in a line, but for the time."""
        return f"{self.source}  {self.condition}: {' '.join(names_of(self.records))}"

    def __str__(self) -> str:
        return f"{_time(self.at)}  {self.summary}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """Records that no filter let through: nobody is delivered them, and nothing is written of them."""

    at: datetime
    source: str
    records: tuple[Record, ...]

    @property
    def summary(self) -> str:
        """Tell of it in a line, but for the time."""
        return f"{self.source}  filtered: {' '.join(names_of(self.records))}"

    def __str__(self) -> str:
        return f"{_time(self.at)}  {self.summary}"


@dataclass(slots=True, kw_only=True)
class Report:
    """What happened, in order; names of records are sequence numbers, of messages their ids."""

    entries: list[Invocation | Discarded | Filtered] = field(default_factory=list)
    shards_started: list[tuple[str, Position]] = field(default_factory=list)

    @property
    def invocations(self) -> list[Invocation]:
        """Every batch that was delivered, in the order in which their answers came."""
        return [each for each in self.entries if isinstance(each, Invocation)]

    @property
    def discards(self) -> list[Discarded]:
        """Everything that will not be delivered again: given up, expired or a dead letter."""
        return [each for each in self.entries if isinstance(each, Discarded)]

    @property
    def invoked(self) -> list[list[str]]:
        """The batches that were delivered, as names."""
        return [names_of(each.records) for each in self.invocations]

    @property
    def window_ends(self) -> list[Invocation]:
        """The invocations that were to make an end of a tumbling window."""
        return [each for each in self.invocations if each.ends_window]

    @property
    def retried(self) -> list[list[str]]:
        """The batches after which some of their records were delivered again in one piece."""
        return self._ended("retried")

    @property
    def bisected(self) -> list[list[str]]:
        """The batches that were split in two halves."""
        return self._ended("bisected")

    @property
    def not_invoked(self) -> list[list[str]]:
        """The batches with which the function was never invoked."""
        return self._ended("not_invoked")

    @property
    def discarded(self) -> list[tuple[str, list[str]]]:
        """What will not be delivered again, each with its condition."""
        return [(each.condition, names_of(each.records)) for each in self.discards]

    @property
    def raised(self) -> list[BaseException]:
        """What the handler itself raised; those that the input asked for are not among them."""
        return [each.raised for each in self.invocations if each.raised]

    @property
    def filtered(self) -> list[str]:
        """The records that no filter let through."""
        filtered_out = [each for each in self.entries if isinstance(each, Filtered)]
        return [name for each in filtered_out for name in names_of(each.records)]

    @property
    def out_of_order(self) -> list[str]:
        """Messages of a FIFO queue that were not done when a later one of their group was.

        An answer that names one message, and not those of its group that stand behind it, does so.
        """
        return [name for each in self.invocations for name in _out_of_order(each)]

    @property
    def done(self) -> list[str]:
        """The records that are done, in that order; what came again may be done more than once."""
        return [name for each in self.invocations for name in names_of(each.done)]

    def note_filtered(self, at: datetime, source: str, records: tuple[Record, ...]) -> None:
        """Note what no filter let through, if anything."""
        if records:
            self.entries.append(Filtered(at=at, source=source, records=records))

    def __str__(self) -> str:
        told = groupby(self.entries, key=attrgetter("summary"))
        return "\n".join(line for _, alike in told for line in _lines(list(alike)))

    def _ended(self, how: str) -> list[list[str]]:
        return [names_of(each.records) for each in self.invocations if each.how == how]


def _lines(alike: Sequence[Invocation | Discarded | Filtered]) -> list[str]:
    """Tell of what happened alike in a row: once, and when the last of it was."""
    first, *again = alike
    if len(again) < _MANY:
        return [str(each) for each in alike]
    return [str(first), f"{_time(again[-1].at)}  … × {len(again):,}"]  # noqa: RUF001 - times


_MANY = 3


def _time(at: datetime) -> str:
    return f"{at:%d %H:%M:%S.%f}"


def _out_of_order(invocation: Invocation) -> list[str]:
    found, overtakers = [], set()
    for message in reversed(invocation.records):
        group = message.group if isinstance(message, QueueMessage) else ""
        if message in invocation.done:
            overtakers.add(group)
        elif group and group in overtakers:
            found.append(name_of(message))
    return found[::-1]


def name_of(record: Record) -> str:
    """Name a record as a function's answer does."""
    return record.message_id if isinstance(record, QueueMessage) else record.sequence_number


def names_of(records: tuple[Record, ...]) -> list[str]:
    """Name records as a function's answer does."""
    return [name_of(record) for record in records]

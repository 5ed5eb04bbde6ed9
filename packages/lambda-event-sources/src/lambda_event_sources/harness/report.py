"""Report what happened in a run, step by step. Returned by `run_handler`."""

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
    """One delivered batch and what became of it.

    `how` is done, retried, bisected or not_invoked; `returned` where messages become visible again;
    `superseded` where the mapping was updated before the response came.
    `window_fields` is what the event of a tumbling window has beside its records.
    `raised` is the handler's own exception; only its type is printed, as its text may be personal.
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
        """Tell whether it was the final invocation of a tumbling window."""
        return bool(self.window_fields.get("isFinalInvokeForWindow"))

    @property
    def summary(self) -> str:
        """Return it as a line without the time."""
        names = " ".join(names_of(self.records))
        what = f"the end of {self.window_fields['window']['start']}" if self.ends_window else names
        why = f"  {type(self.raised).__name__}" if self.raised else ""
        return f"{self.source} lane {self.lane}  {self.how:9} {what}{why}"

    def __str__(self) -> str:
        return f"{_time(self.at)}  {self.summary}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discarded:
    """Records that are not delivered again; `failure` is what an S3 destination would receive."""

    at: datetime
    source: str
    condition: str
    records: tuple[Record, ...]
    failure: Mapping[str, Any] = field(default_factory=dict)

    @property
    def summary(self) -> str:
        """Return it as a line without the time."""
        return f"{self.source}  {self.condition}: {' '.join(names_of(self.records))}"

    def __str__(self) -> str:
        return f"{_time(self.at)}  {self.summary}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filtered:
    """Records that no filter matched: they are not delivered, and nothing is written about them."""

    at: datetime
    source: str
    records: tuple[Record, ...]

    @property
    def summary(self) -> str:
        """Return it as a line without the time."""
        return f"{self.source}  filtered: {' '.join(names_of(self.records))}"

    def __str__(self) -> str:
        return f"{_time(self.at)}  {self.summary}"


@dataclass(slots=True, kw_only=True)
class Report:
    """What happened, in order; records are named by sequence numbers, messages by message ids.

    Printed, it has a line for each entry and no payload; equal entries in a row are counted.
    """

    entries: list[Invocation | Discarded | Filtered] = field(default_factory=list)
    shards_started: list[tuple[str, Position]] = field(default_factory=list)

    @property
    def invocations(self) -> list[Invocation]:
        """Return every delivered batch, in the order of their responses."""
        return [each for each in self.entries if isinstance(each, Invocation)]

    @property
    def discards(self) -> list[Discarded]:
        """Return every entry about records that are not delivered again."""
        return [each for each in self.entries if isinstance(each, Discarded)]

    @property
    def invoked(self) -> list[list[str]]:
        """Return the names of each delivered batch."""
        return [names_of(each.records) for each in self.invocations]

    @property
    def window_ends(self) -> list[Invocation]:
        """Return the final invocations of tumbling windows."""
        return [each for each in self.invocations if each.ends_window]

    @property
    def retried(self) -> list[list[str]]:
        """Return the batches of which records were delivered again in one piece."""
        return self._ended("retried")

    @property
    def bisected(self) -> list[list[str]]:
        """Return the batches that were bisected."""
        return self._ended("bisected")

    @property
    def not_invoked(self) -> list[list[str]]:
        """Return the batches with which the function was not invoked."""
        return self._ended("not_invoked")

    @property
    def discarded(self) -> list[tuple[str, list[str]]]:
        """Return what is not delivered again, each with its condition: a retry limit, an age, `Expired`, or `DeadLetter`."""
        return [(each.condition, names_of(each.records)) for each in self.discards]

    @property
    def raised(self) -> list[BaseException]:
        """Return what the handler itself raised; planned faults are not among them."""
        return [each.raised for each in self.invocations if each.raised]

    @property
    def filtered(self) -> list[str]:
        """Return the records that no filter matched."""
        filtered_out = [each for each in self.entries if isinstance(each, Filtered)]
        return [name for each in filtered_out for name in names_of(each.records)]

    @property
    def out_of_order(self) -> list[str]:
        """Return FIFO messages that were not done when a later one of their group was.

        A response that names one failed message, but not those of its group behind it, causes this.
        """
        return [name for each in self.invocations for name in _out_of_order(each)]

    @property
    def done(self) -> list[str]:
        """Return the processed records in order; one that was delivered again may be there twice."""
        return [name for each in self.invocations for name in names_of(each.done)]

    def note_filtered(self, at: datetime, source: str, records: tuple[Record, ...]) -> None:
        """Note the records that no filter matched, if any."""
        if records:
            self.entries.append(Filtered(at=at, source=source, records=records))

    def __str__(self) -> str:
        groups = groupby(self.entries, key=attrgetter("summary"))
        return "\n".join(line for _, alike in groups for line in _lines(list(alike)))

    def _ended(self, how: str) -> list[list[str]]:
        return [names_of(each.records) for each in self.invocations if each.how == how]


def _lines(alike: Sequence[Invocation | Discarded | Filtered]) -> list[str]:
    """Return equal entries in a row as one line, and when the last of them was."""
    first, *again = alike
    if len(again) < _MANY:
        return [str(each) for each in alike]
    return [str(first), f"{_time(again[-1].at)}  … × {len(again):,}"]  # noqa: RUF001 - times


_MANY = 3


def _time(at: datetime) -> str:
    return f"{at:%d %H:%M:%S.%f}"


def _out_of_order(invocation: Invocation) -> list[str]:
    found, later_done = [], set()
    for message in reversed(invocation.records):
        group = message.group if isinstance(message, QueueMessage) else ""
        if message in invocation.done:
            later_done.add(group)
        elif group and group in later_done:
            found.append(name_of(message))
    return found[::-1]


def name_of(record: Record) -> str:
    """Return a record's name as a partial batch response has it."""
    return record.message_id if isinstance(record, QueueMessage) else record.sequence_number


def names_of(records: tuple[Record, ...]) -> list[str]:
    """Return the names of records as a partial batch response has them."""
    return [name_of(record) for record in records]

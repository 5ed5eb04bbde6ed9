"""A bucket of parked items, a stream and dead letters in memory, with a point at which the caller is killed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ordercast.events.stream_record import ArrivalSpan, ParkedRecord
from ordercast.parked.item import DeadLetter, GivenUpBatch
from ordercast.parked.payload_edit import PayloadEdit


class Died(Exception):
    """We were killed here."""


@dataclass(slots=True)
class CrashPoint:
    """Kills at the call of that number, before or after it has its effect; never again after that."""

    at: int = -1
    after: bool = False
    calls: int = 0

    def around(self, effect: Callable[[], None]) -> None:
        """Carry out a call with an effect, or die on the way."""
        number, self.calls = self.calls, self.calls + 1
        if number == self.at and not self.after:
            raise Died
        effect()
        if number == self.at:
            raise Died


@dataclass(slots=True)
class FakeParkedStore:
    """What was parked, and notes of what was done about it."""

    kept: Sequence[ParkedRecord] = ()
    given_up: Sequence[GivenUpBatch] = ()
    crash_point: CrashPoint = field(default_factory=CrashPoint)
    notes: dict[str, str] = field(default_factory=dict)
    edited: list[PayloadEdit] = field(default_factory=list)

    def edits(self) -> Iterator[PayloadEdit]:
        return iter(self.edited)

    def edit(self, edit: PayloadEdit) -> None:
        self.crash_point.around(lambda: self.edited.append(edit))

    def records(self, arrived: ArrivalSpan | None = None) -> Iterator[tuple[str, ParkedRecord]]:
        del arrived  # others may come, too
        return (("parked/an-object", each) for each in self.kept)

    def batches(self) -> Iterator[GivenUpBatch]:
        return iter(self.given_up)

    def handled(self) -> set[str]:
        return set(self.notes)

    def note(self, ids: Sequence[str], *, did: str, at: datetime) -> None:
        del at
        self.crash_point.around(lambda: self.notes.update(dict.fromkeys(ids, did)))


@dataclass(slots=True)
class FakeStream:
    """What was put again, call by call."""

    crash_point: CrashPoint = field(default_factory=CrashPoint)
    puts: list[tuple[str, bytes]] = field(default_factory=list)

    def put(self, events: Sequence[tuple[str, bytes]]) -> None:
        self.crash_point.around(lambda: self.puts.extend(events))


@dataclass(slots=True)
class FakeDeadLetters:
    """A queue of dead letters, and the queue behind it."""

    waiting: dict[str, DeadLetter] = field(default_factory=dict)
    crash_point: CrashPoint = field(default_factory=CrashPoint)
    sent_back: list[str] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    name: str = "sms-normal-dead-letters"

    def look(self) -> Iterator[DeadLetter]:
        for dead_letter in list(self.waiting.values()):
            self.held.add(dead_letter.id)
            yield dead_letter

    def send_back(self, letters: Sequence[DeadLetter]) -> set[str]:
        if letters:
            self.crash_point.around(lambda: self.sent_back.extend(each.body for each in letters))
        return {each.id for each in letters}

    def remove(self, letters: Sequence[DeadLetter]) -> set[str]:
        def effect() -> None:
            for each in letters:
                self.waiting.pop(each.id, None)

        if letters:
            self.crash_point.around(effect)
        return {each.id for each in letters}

    def let_go(self, letters: Sequence[DeadLetter]) -> None:
        self.held -= {each.id for each in letters}

"""Redrive dead letters: publish their notifications, or send them back to their queue."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ordercast.decisions.lookup import LookupKeys
from ordercast.events.identity import is_notification_id
from ordercast.notifications.lifecycle import State
from ordercast.parked.item import DeadLetter, Kind, ParkedItem
from ordercast.workflows.ports import Ledger, NotificationsTopic
from ordercast.workflows.redrive.paced import PacedRedrive
from ordercast.workflows.redrive.source import NOTE_SIZE, ReportProgress, Traces

NOT_OURS = "a message that names no notification"


class DeadLetters(Protocol):
    """One dead-letter queue. Raises `QueueUnavailable`."""

    @property
    def name(self) -> str:
        """The queue's name."""
        ...

    def look(self) -> Iterator[DeadLetter]:
        """Return each dead letter once, and hide it from others."""
        ...

    def send_back(self, letters: Sequence[DeadLetter]) -> set[str]:
        """Put each on its source queue; answer the ids that were accepted."""
        ...

    def remove(self, letters: Sequence[DeadLetter]) -> set[str]:
        """Delete each; answer the ids that are gone."""
        ...

    def let_go(self, letters: Sequence[DeadLetter]) -> None:
        """Make each visible to others again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedDeadLetters:
    """The dead letters of one queue.

    If a dead letter names a notification that is still requested, that is published again, or
    deferred where there is no room for it; if the notification has moved on, the dead letter is
    only removed. Any other goes back to its queue.
    It is removed last: a repetition costs a refused claim or a repeated receipt.
    """

    letters: DeadLetters
    ledger: Ledger
    notifications_topic: NotificationsTopic
    paced: PacedRedrive
    _kept: dict[str, DeadLetter] = field(default_factory=dict, init=False, repr=False)

    def contents(self) -> Iterator[ParkedItem]:
        """Return the dead letters; they are hidden from others until `let_go`."""
        self._kept.clear()
        for letter in self.letters.look():
            self._kept[letter.id] = letter
            subject = _notification_in(letter)
            yield ParkedItem(
                kind=Kind.DEAD_LETTER,
                id=letter.id,
                reason="not-processed",
                detail=f"notification {subject}" if subject else NOT_OURS,
                place=self.letters.name,
                since=letter.sent_at,
            )

    def payload(self, parked: ParkedItem) -> bytes:
        """Return the message's body."""
        return self._kept[parked.id].body.encode()

    def traces(self, parked: ParkedItem) -> Traces:
        """Return the notification that it names."""
        subject = _notification_in(self._kept[parked.id])
        return Traces(notification_ids=(subject,) if subject else ())

    def redrive(self, things: Sequence[ParkedItem], *, progress: ReportProgress) -> int:
        """Publish each notification again, or send the message back."""
        went = 0
        for start in range(0, len(things), NOTE_SIZE):
            chunk = [self._pop(each) for each in things[start : start + NOTE_SIZE]]
            went += len(self.letters.remove(self._sent(chunk)))
            progress(len(chunk))
        return went

    def drop(self, things: Sequence[ParkedItem], *, progress: ReportProgress) -> int:
        """Delete each."""
        gone = self.letters.remove([self._pop(each) for each in things])
        progress(len(things))
        return len(gone)

    def let_go(self) -> None:
        """Make what was listed and not redriven or dropped visible again."""
        self.letters.let_go(list(self._kept.values()))
        self._kept.clear()

    def _pop(self, parked: ParkedItem) -> DeadLetter:
        return self._kept.pop(parked.id)

    def _sent(self, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
        """Publish or send back each; answer those that can be removed."""
        subjects = {letter.id: _notification_in(letter) for letter in letters}
        ids = frozenset(subject for subject in subjects.values() if subject)
        rows = self.ledger.look_up(LookupKeys(notifications=ids)).notifications
        requested = [row for row in rows.values() if row.state is State.REQUESTED]
        going, waiting = self.paced(requested)
        deferred = self.ledger.change([(rows[row.id], row) for row in waiting])
        self.paced.deferred += len(deferred)
        published = self.notifications_topic.publish(going)
        lost = {row.id for row in requested} - published - deferred
        others = [letter for letter in letters if subjects[letter.id] not in rows]
        taken = self.letters.send_back(others)
        return [
            letter
            for letter in letters
            if letter.id in taken
            or (subjects[letter.id] in rows and subjects[letter.id] not in lost)
        ]


def _notification_in(letter: DeadLetter) -> str | None:
    try:
        body = json.loads(letter.body)
    except (ValueError, RecursionError):
        return None
    named = body.get("notification_id") if isinstance(body, dict) else None
    return named if isinstance(named, str) and is_notification_id(named) else None

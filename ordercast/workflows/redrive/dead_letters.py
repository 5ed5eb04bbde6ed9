"""Dead letters in; their notifications on the hub again, or the letters on their queue, out."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ordercast.decisions.lookup import LookupKeys
from ordercast.events.identity import is_notification_id
from ordercast.notifications.lifecycle import State
from ordercast.parked.item import DeadLetter, Kind, ParkedItem
from ordercast.workflows.ports import Ledger, NotificationsTopic
from ordercast.workflows.redrive.source import A_NOTE, Report

# What is kept for somebody who shows more of a letter than it is about.
NOT_OURS = "a letter"


class DeadLetters(Protocol):
    """The dead letters of one queue. Raises `QueueUnavailable`."""

    @property
    def name(self) -> str:
        """What the queue is called."""
        ...

    def look(self) -> Iterator[DeadLetter]:
        """Return the letters, each once, and hold them."""
        ...

    def send_back(self, letters: Sequence[DeadLetter]) -> set[str]:
        """Put each on the queue it came from; answer the ids that were taken."""
        ...

    def remove(self, letters: Sequence[DeadLetter]) -> set[str]:
        """Delete each; answer the ids that are gone."""
        ...

    def let_go(self, letters: Sequence[DeadLetter]) -> None:
        """Let each be seen by others again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedDeadLetters:
    """The dead letters of one queue.

    A letter that names a notification is worth what the ledger says of it: one that still waits is
    published again, one that has moved on needs no letter any more. Any other goes back to its
    queue. Either way the letter is removed last: done twice, it costs a refused claim or a receipt
    that says nothing new.
    """

    letters: DeadLetters
    ledger: Ledger
    notifications_topic: NotificationsTopic
    _kept: dict[str, DeadLetter] = field(default_factory=dict, init=False, repr=False)

    def contents(self) -> Iterator[ParkedItem]:
        """Return the letters; they are held until `let_go`."""
        self._kept.clear()
        for letter in self.letters.look():
            self._kept[letter.id] = letter
            subject = _notification_in(letter)
            yield ParkedItem(
                kind=Kind.DEAD_LETTER,
                id=letter.id,
                reason="not-dealt-with",
                detail=f"notification {subject}" if subject else NOT_OURS,
                place=self.letters.name,
                since=letter.sent_at,
            )

    def payload(self, parked: ParkedItem) -> bytes:
        """Return the letter's body."""
        return self._kept[parked.id].body.encode()

    def redrive(self, things: Sequence[ParkedItem], *, told: Report) -> int:
        """Send each on its way again."""
        went = 0
        for start in range(0, len(things), A_NOTE):
            chunk = [self._take(each) for each in things[start : start + A_NOTE]]
            went += len(self.letters.remove(self._sent(chunk)))
            told(len(chunk))
        return went

    def drop(self, things: Sequence[ParkedItem], *, told: Report) -> int:
        """Delete each."""
        gone = self.letters.remove([self._take(each) for each in things])
        told(len(things))
        return len(gone)

    def let_go(self) -> None:
        """Let what was listed, and nothing was done about, be seen again."""
        self.letters.let_go(list(self._kept.values()))
        self._kept.clear()

    def _take(self, parked: ParkedItem) -> DeadLetter:
        return self._kept.pop(parked.id)

    def _sent(self, letters: Sequence[DeadLetter]) -> list[DeadLetter]:
        """Publish or send back each; answer those that need not stay."""
        subjects = {letter.id: _notification_in(letter) for letter in letters}
        ids = frozenset(subject for subject in subjects.values() if subject)
        rows = self.ledger.look_up(LookupKeys(notifications=ids)).notifications
        waiting = [row for row in rows.values() if row.state is State.REQUESTED]
        lost = {row.id for row in waiting} - self.notifications_topic.publish(waiting)
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

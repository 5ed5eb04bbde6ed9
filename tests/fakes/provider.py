"""A provider in memory, which keeps each call and answers as a test says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ordercast.sending.outcome import Outcome, Outgoing, accepted, refused


@dataclass(slots=True)
class FakeProvider:
    """`calls` is what people got; without an `answer` each call is accepted under an id of its own."""

    calls: list[Outgoing] = field(default_factory=list)
    answer: Callable[[Outgoing], Outcome] | None = None

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        return [self._send(message) for message in messages]

    def _send(self, message: Outgoing) -> Outcome:
        if message.notification.recipient is None:
            return refused("no-recipient")
        self.calls.append(message)
        if self.answer is not None:
            return self.answer(message)
        return accepted(f"message-{len(self.calls)}")

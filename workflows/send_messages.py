"""Notification ids from a queue in, one provider call for each claim and its settlement out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.outcome import Outgoing, Settlement
from notifications.templates import Words
from workflows.ports import Clock, Ledger, MessageIds, Provider, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of a batch, in notifications; `retry` are to be brought again.

    `bugs` names the types of what rendering raised, once for each notification that it kept back.
    """

    settled: dict[State, int]
    skipped: int
    retry: frozenset[str]
    bugs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessages:
    """Claim each notification before its provider is called, and settle it afterwards.

    The trap is the call whose answer is lost: it is settled as in doubt, never tried again.
    """

    ledger: Ledger
    message_ids: MessageIds
    provider: Provider
    words: Callable[[Notification], Words]
    now: Clock
    token: Token
    lease: timedelta
    receipt_retention: timedelta

    def __call__(self, ids: Sequence[str]) -> Sent:
        """Send a batch; raises `Retryable` before any call when the ledger is in trouble."""
        rows = self.ledger.read(frozenset(ids))
        waiting = [row for row in rows.values() if row.state is State.REQUESTED]
        # Rendered before the claim: a template that fails leaves nothing claimed.
        rendered = {row.id: self._rendered(row) for row in waiting}
        words = {key: said for key, said in rendered.items() if isinstance(said, Words)}
        bugs = {key: type(error).__name__ for key, error in rendered.items() if key not in words}
        owner = self.token()
        claimed = self.ledger.claim(list(words), owner=owner, lease_until=self.now() + self.lease)
        outgoing = [Outgoing(notification=row, words=words[key]) for key, row in claimed.items()]
        settlements = self._send(outgoing, owner)
        self._settle(settlements)
        return _sent(settlements, skipped=len(set(ids)) - len(claimed) - len(bugs), bugs=bugs)

    def _rendered(self, row: Notification) -> Words | Exception:
        """Render one notification; whatever that raises concerns it alone."""
        try:
            return self.words(row)
        except Exception as error:  # noqa: BLE001 - a bug in one template must not sink its neighbours
            return error

    def _send(self, outgoing: Sequence[Outgoing], owner: str) -> list[Settlement]:
        outcomes = self.provider.send(outgoing)
        at = self.now()
        return [
            Settlement(notification=each.notification, owner=owner, outcome=outcome, at=at)
            for each, outcome in zip(outgoing, outcomes, strict=True)
        ]

    def _settle(self, settlements: Sequence[Settlement]) -> None:
        # Message ids first: a receipt may come before the next line is through. And the next line
        # in any case: what the provider answered is known to nobody else.
        try:
            self.message_ids.record(
                {
                    s.outcome.message_id: s.notification.id
                    for s in settlements
                    if s.outcome.message_id
                },
                expires_at=self.now() + self.receipt_retention,
            )
        finally:
            self.ledger.settle(settlements)


def _sent(settlements: Sequence[Settlement], *, skipped: int, bugs: Mapping[str, str]) -> Sent:
    states = [s.outcome.state for s in settlements]
    waiting = {s.notification.id for s in settlements if s.outcome.state is State.REQUESTED}
    return Sent(
        settled={state: states.count(state) for state in State if state in states},
        skipped=skipped,
        retry=frozenset(waiting | bugs.keys()),
        bugs=tuple(bugs.values()),
    )

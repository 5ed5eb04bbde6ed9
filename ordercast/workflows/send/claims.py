"""Claim notifications, and release claims that are not used. Used by `workflows.send_messages`."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta

from msgspec import Struct

from ordercast.errors import Retryable
from ordercast.notifications.notification import Notification
from ordercast.sending.claim import Claim
from ordercast.sending.in_doubt import lapsed
from ordercast.sending.outcome import Settlement, not_called
from ordercast.workflows.ports import Clock, Ledger, Token
from ordercast.workflows.send.checks import Ready

NOT_CALLED = "not-called"


class Claims(Struct, frozen=True, kw_only=True):
    """Claims of waves; `lease` is how long a claim is held (a stage's `claim_lease`)."""

    ledger: Ledger
    lease: timedelta
    token: Token
    now: Clock

    def claim(self, wave: Sequence[Ready], owner: str) -> dict[str, Claim]:
        """Claim a wave; if that raises, release what may have been claimed all the same."""
        now = self.now()
        try:
            return self.ledger.claim(
                [request for _, request in wave],
                owner=owner,
                lease_until=now + self.lease,
                now=now,
            )
        except Retryable:
            self.release([each.notification for each, _ in wave], owner)
            raise

    def release(self, rows: Iterable[Notification], owner: str) -> None:
        """Release claims that we hold, or may hold without knowing, and do not use."""
        at, unused = self.now(), not_called(NOT_CALLED)
        with suppress(Retryable):
            self.ledger.settle(
                [Settlement(notification=row, owner=owner, outcome=unused, at=at) for row in rows]
            )

    def end_lapsed(self, rows: Iterable[Notification]) -> None:
        """Record notifications with a lapsed claim as in doubt."""
        now = self.now()
        self.ledger.change([(row, lapsed(row, now=now)) for row in rows])

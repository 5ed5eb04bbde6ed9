"""Send a queue's notifications: claim, call the provider once, settle. Used by the senders."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

from ordercast.decisions.lookup import LookupKeys
from ordercast.errors import Retryable
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.sending.claim import Claim, ClaimStatus
from ordercast.sending.outcome import Outgoing, Settlement, limit_attempts
from ordercast.workflows.ports import Clock, Deadline, Ledger, Provider
from ordercast.workflows.send.checks import Checks, Ready
from ordercast.workflows.send.claims import Claims
from ordercast.workflows.send.sent import Sent
from ordercast.workflows.send.settling import Settling

WAVE = 25  # claims that a crash may leave in doubt; also the size of a bulk call

# The longest that a wave may take once its calls begin: provider time-outs and the writes after.
WAVE_TAKES = timedelta(seconds=15)

AT_ONCE = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessages:
    """Claim each notification before its provider is called, and settle it afterwards.

    Claims are made in waves just before their calls, so a crash leaves at most one wave in doubt
    (docs/decisions/0010); a claim whose call is not made is released. The trap is the call whose
    answer is lost: it is settled as in doubt, never tried again.
    """

    channel: Channel
    ledger: Ledger
    provider: Provider
    checks: Checks
    claims: Claims
    settling: Settling
    now: Clock

    def __call__(self, received: Mapping[str, int], *, time_left: Deadline) -> Sent:
        """Send ids, each with its receive count; raises `Retryable` when a table fails.

        A redelivered batch is continued where it stopped.
        """
        ids = frozenset(received)
        rows = self.ledger.look_up(LookupKeys(notifications=ids)).notifications.values()
        self.settling.record_sent_before(rows)
        waiting = [r for r in rows if r.channel is self.channel and r.state is State.REQUESTED]
        sent = Sent(skipped=len(ids) - len(waiting))
        for start in range(0, len(waiting), WAVE):
            if time_left() < WAVE_TAKES:
                sent.retry |= {row.id: AT_ONCE for row in waiting[start:]}
                break
            ready = self.checks(waiting[start : start + WAVE], received, sent)
            if ready:
                self._send(ready, sent, time_left)
        return sent

    def _send(self, wave: Sequence[Ready], sent: Sent, time_left: Deadline) -> None:
        """Claim, call and settle one wave."""
        owner = self.claims.token()
        claims = self.claims.claim(wave, owner)
        mine = _rows(claims, ClaimStatus.MINE)
        sent.skipped += len(claims) - len(mine)
        unused = [each.notification for each, request in wave if request.id not in claims]
        if time_left() < WAVE_TAKES:
            # Claiming took long: to be ended during the calls would leave them all in doubt.
            unused, mine = [*unused, *mine.values()], {}
        self.claims.release(unused, owner)
        sent.retry |= {row.id: AT_ONCE for row in unused}
        outgoing = [
            replace(each, notification=mine[request.id])
            for each, request in wave
            if request.id in mine
        ]
        self.settling.settle(self._outcomes(outgoing, owner), sent)
        # The sender that was faster may have crashed before it recorded its message ids.
        with suppress(Retryable):
            self.settling.record_sent_before(_rows(claims, ClaimStatus.DONE).values())
        # Last, so that a failure with another sender's claims does not hold back ours.
        self.claims.end_lapsed(_rows(claims, ClaimStatus.LAPSED).values())

    def _outcomes(self, outgoing: Sequence[Outgoing], owner: str) -> list[Settlement]:
        outcomes = self.provider.send(outgoing)
        at = self.now()
        return [
            Settlement(
                notification=each.notification,
                owner=owner,
                outcome=limit_attempts(outcome, each.notification),
                at=at,
            )
            for each, outcome in zip(outgoing, outcomes, strict=True)
        ]


def _rows(claims: Mapping[str, Claim], status: ClaimStatus) -> dict[str, Notification]:
    return {i: claim.row for i, claim in claims.items() if claim.status is status}

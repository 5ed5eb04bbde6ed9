"""Define the safeguards of relaying and sending, and the functions without each. Used by `test_safeguards`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.errors import ParkingUnavailable
from ordercast.events.order_event import Channel
from ordercast.events.stream_record import ParkedRecord
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus
from ordercast.pacing.bucket import Bucket, Draw
from ordercast.people.person import AGREED
from ordercast.sending.claim import Claim, ClaimRequest, ClaimStatus
from ordercast.sending.outcome import Settlement
from ordercast.workflows.send.claims import Claims
from ordercast.workflows.send.sent import Sent
from ordercast.workflows.send.settling import Settling
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.event_sources.queues import Event
from tests.explorer.faults.points import Fault
from tests.explorer.safeguards.definition import Around, Safeguard
from tests.fakes.ledger import FakeLedger


class _WithoutDecisions(Around):
    """Keeps the last decision only, and shows none."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, decisions={})

    def record_decisions(self, decisions: Sequence[Decision]) -> list[Decision]:
        self.inner.decisions.update(
            {(decision.order, decision.event): decision for decision in decisions}
        )
        return list(decisions)


class _WithoutLatestStatuses(Around):
    """Shows no latest status."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, latest_statuses={})


class _Forgetful(Around):
    """Shows nobody's record."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, people={})


class _Fans(Around):
    """Shows everybody on record as somebody who agreed to promotional messages."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        agreed = dict.fromkeys(Channel, AGREED)
        people = {k: replace(p, promotions=agreed) for k, p in found.people.items()}
        return replace(found, people=people)


class _Wakeful(Around):
    """Shows nobody's quiet hours."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        return replace(found, people={k: replace(p, quiet=None) for k, p in found.people.items()})


class _Unconditional(Around):
    """Claims whatever is asked for."""

    def claim(self, requests: Sequence[ClaimRequest], **named: Any) -> dict[str, Claim]:
        for each in requests:
            row = self.inner.rows[each.id]
            self.inner.rows[each.id] = replace(row, state=State.REQUESTED)
        claims: dict[str, Claim] = self.inner.claim(requests, **named)
        return claims


class _WithoutCeilings(Around):
    """Claims without reserving what a message may cost."""

    def claim(self, requests: Sequence[ClaimRequest], **named: Any) -> dict[str, Claim]:
        unpriced = [replace(each, reserved=None) for each in requests]
        claims: dict[str, Claim] = self.inner.claim(unpriced, **named)
        return claims


class _Unkept(Around):
    """Stores nothing that messages are made from."""

    def keep(self, _: Mapping[str, bytes]) -> None: ...


class _Anybodys(Around):
    """Takes every claim that is held for the asker's own."""

    def claim(self, requests: Sequence[ClaimRequest], **named: Any) -> dict[str, Claim]:
        claims = self.inner.claim(requests, **named)
        return {
            i: replace(claim, status=ClaimStatus.MINE)
            if claim.row.state is State.SENDING
            else claim
            for i, claim in claims.items()
        }


class _Nobodys(Around):
    """Takes every claim that is held for somebody else's."""

    def claim(self, requests: Sequence[ClaimRequest], **named: Any) -> dict[str, Claim]:
        held = {a.id for a in requests if self.inner.rows[a.id].state is State.SENDING}
        claims = self.inner.claim(requests, **named)
        return {
            i: replace(claim, status=ClaimStatus.BUSY) if i in held else claim
            for i, claim in claims.items()
        }


class _Unfiltered(Around):
    """Shows what is being sent as if it still waited."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        rows = {
            i: replace(row, state=State.REQUESTED) if row.state is State.SENDING else row
            for i, row in found.notifications.items()
        }
        return replace(found, notifications=rows)


class _Endless(Around):
    """Lets no claim lapse."""

    def claim(
        self, requests: Sequence[ClaimRequest], *, owner: str, lease_until: datetime, now: datetime
    ) -> dict[str, Claim]:
        lease_until = datetime.max.replace(tzinfo=lease_until.tzinfo or UTC)
        claims: dict[str, Claim] = self.inner.claim(
            requests, owner=owner, lease_until=lease_until, now=now
        )
        return claims


class _NewOnly(Around):
    """Answers only what was entered just now."""

    def accept(
        self, notifications: Sequence[Notification], latest_statuses: Sequence[LatestStatus]
    ) -> list[Notification]:
        new = {n.id for n in notifications} - self.inner.rows.keys()
        return [row for row in self.inner.accept(notifications, latest_statuses) if row.id in new]


class _AnySlot(Around):
    """Draws slots wherever the line lies."""

    def draw(self, draw: Draw) -> tuple[bool, Bucket | None]:
        there: Bucket = self.inner.kept[draw.key]
        if draw.slot.restart:
            before = draw.slot.now - timedelta(microseconds=1)
            self.inner.kept[draw.key] = replace(there, next_slot=before)
        answer: tuple[bool, Bucket | None] = self.inner.draw(draw)
        return answer


class _CountingAll(Settling):
    """Counts as an attempt what the provider did not judge."""

    __slots__ = ()

    def settle(self, settlements: Sequence[Settlement], sent: Sent) -> None:
        """Settle."""
        judged = [replace(each, outcome=replace(each.outcome, judged=True)) for each in settlements]
        super().settle(judged, sent)


class _Careless(Around):
    """Lets go of what could not be parked."""

    def park(self, records: Sequence[ParkedRecord]) -> None:
        try:
            self.inner.park(records)
        except ParkingUnavailable:
            return


class _Keeping(Claims):
    """Releases no claim."""

    __slots__ = ()

    def release(self, rows: object, owner: str) -> None:
        """Do nothing."""


def _from_the_highest(event: Event, answer: Any) -> Any:
    """Answer a stream with its last record wherever an earlier one was to come again."""
    failed = (answer or {}).get("batchItemFailures")
    last = event["Records"][-1] if event.get("Records") else {}
    if not failed or "kinesis" not in last:
        return answer
    return {"batchItemFailures": [{"itemIdentifier": last["kinesis"]["sequenceNumber"]}]}


def _below(around: Callable[[FakeLedger], Any]) -> Callable[[], Fitting]:
    return lambda: Fitting(ledger=around)


SMS_SENDER, RELAY = "sms sender", "order relay"

SAFEGUARDS_OF_SENDING = (
    Safeguard(
        name="event decision",
        without=_below(_WithoutDecisions),
        breaks="decisions stood for one event",
    ),
    Safeguard(
        name="event decision for ever",
        without=_below(_WithoutDecisions),
        breaks="after it had expired",
    ),
    Safeguard(
        name="claim condition",
        without=_below(_Unconditional),
        function=SMS_SENDER,
        call=("ledger", "claim"),
        fault=Fault.OVERTAKEN,
        breaks="went out 2 times",
    ),
    Safeguard(
        name="ceiling: reserved with the claim, and named to the provider",
        without=lambda: Fitting(sender_ledger=_WithoutCeilings),
        breaks="called without a reserved ceiling",
    ),
    Safeguard(
        name="owner: a claim of somebody else's is not mine",
        without=lambda: Fitting(ledger=_Anybodys, sender_ledger=_Unfiltered, sweeps=False),
        kept=lambda: Fitting(sender_ledger=_Unfiltered, sweeps=False),
        function=SMS_SENDER,
        call=("sns", "publish"),
        fault=Fault.CRASH_AFTER,
        breaks="went out 2 times",
    ),
    Safeguard(
        name="owner: a claim whose answer was lost is mine",
        without=_below(_Nobodys),
        function=SMS_SENDER,
        call=("ledger", "claim"),
        fault=Fault.LOST_ANSWER,
        breaks="nobody had begun to call",
    ),
    Safeguard(
        name="lease",
        without=_below(_Endless),
        function=SMS_SENDER,
        call=("ledger", "claim"),
        fault=Fault.CRASH_AFTER,
        breaks="stuck as sending",
    ),
    Safeguard(
        name="one attempt on providers",
        without=lambda: Fitting(provider_attempts=3),
        function=SMS_SENDER,
        call=("sns", "publish"),
        fault=Fault.LOST_ANSWER,
        breaks="went out 2 times",
    ),
    Safeguard(
        name="claims that are not heard of are given back",
        without=lambda: Fitting(claims=_Keeping),
        function=SMS_SENDER,
        call=("ledger", "claim"),
        fault=Fault.SERVER_ERROR,
        breaks="nobody had begun to call",
    ),
    Safeguard(
        name="republish of what is still requested",
        without=lambda: Fitting(ledger=_NewOnly, sweeps=False),
        kept=lambda: Fitting(sweeps=False),
        function=RELAY,
        call=("ledger", "accept"),
        fault=Fault.CRASH_AFTER,
        breaks="stuck as requested",
    ),
    Safeguard(
        name="lowest-sequence answer",
        without=lambda: Fitting(answer=_from_the_highest),
        function=RELAY,
        call=("ledger", "record_decisions"),
        fault=Fault.THROTTLED,
        breaks="is lost",
    ),
    Safeguard(
        name="parking",
        without=lambda: Fitting(parked=_Careless),
        function=RELAY,
        call=("parked", "park"),
        fault=Fault.THROTTLED,
        breaks="is unusable, and lost",
    ),
    Safeguard(
        name="latest status at the claim",
        without=lambda: Fitting(sender_ledger=_WithoutLatestStatuses),
        breaks="after something newer was accepted",
    ),
    Safeguard(
        name="what a message is made from is stored before its claim",
        without=lambda: Fitting(template_versions=_Unkept),
        breaks="which is not stored",
    ),
    Safeguard(
        name="consent at the claim",
        without=lambda: Fitting(sender_ledger=_Forgetful),
        breaks="for somebody who refuses",
    ),
    Safeguard(
        name="consent to promotions at the claim",
        without=lambda: Fitting(sender_ledger=_Fans),
        breaks="o-review-no-fan email: called for somebody who refuses",
    ),
    Safeguard(
        name="consent to promotions when it is decided, and at the claim",
        without=lambda: Fitting(relay_ledger=_Fans, sender_ledger=_Fans),
        kept=lambda: Fitting(relay_ledger=_Fans),
        breaks="o-review-no email: called without consent",
    ),
    Safeguard(
        name="condition of a draw of slots",
        without=lambda: Fitting(buckets=_AnySlot),
        function=SMS_SENDER,
        call=("accounts", "draw"),
        fault=Fault.OVERTAKEN,
        breaks="two draws of one slot",
    ),
    Safeguard(
        name="back-pressure is no attempt",
        without=lambda: Fitting(settling=_CountingAll),
        breaks="o-throttled/email/confirmed counts",
    ),
    Safeguard(
        name="quiet hours at the claim",
        without=lambda: Fitting(sender_ledger=_Wakeful),
        breaks="called in somebody's quiet hours",
    ),
)

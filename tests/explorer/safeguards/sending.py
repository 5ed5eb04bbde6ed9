"""Define the safeguards of claiming and calling, and the functions without each. Used by `test_safeguards`."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.notifications.lifecycle import State
from ordercast.pacing.bucket import Bucket, Draw
from ordercast.sending.claim import Claim, ClaimRequest, ClaimStatus
from ordercast.sending.outcome import Settlement
from ordercast.sending.send_rules import BACK_PRESSURE
from ordercast.workflows.ports import RowChange
from ordercast.workflows.send.claims import Claims
from ordercast.workflows.send.sent import Sent
from ordercast.workflows.send.settling import Settling
from ordercast.workflows.send_messages import COMES_BACK
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.faults.points import Fault
from tests.explorer.safeguards.definition import Around, Safeguard, below


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


class _Forgetting(Around):
    """Shows what is sent again as if nothing had been sent before."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        found: LookupResult = self.inner.look_up(wanted)
        rows = {i: replace(row, resends=0) for i, row in found.notifications.items()}
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


class _AnySlot(Around):
    """Draws slots wherever the line lies."""

    def draw(self, draw: Draw) -> tuple[bool, Bucket | None]:
        there: Bucket = self.inner.kept[draw.key]
        if draw.slot.restart:
            before = draw.slot.now - timedelta(microseconds=1)
            self.inner.kept[draw.key] = replace(there, next_slot=before)
        answer: tuple[bool, Bucket | None] = self.inner.draw(draw)
        return answer


class _CountingAll(Settling, frozen=True):
    """Counts as an attempt what the provider did not judge."""

    def settle(self, settlements: Sequence[Settlement], sent: Sent) -> None:
        """Settle."""
        judged = [
            replace(each, outcome=dataclasses.replace(each.outcome, judged=True))
            for each in settlements
        ]
        super().settle(judged, sent)


class _Keeping(Claims, frozen=True):
    """Releases no claim."""

    def release(self, rows: object, owner: str) -> None:
        """Do nothing."""


class _Returning(Around):
    """Lets nothing wait on the ledger for its provider."""

    def change(self, changes: Sequence[RowChange]) -> set[str]:
        others = [(seen, new) for seen, new in changes if new.rule != BACK_PRESSURE]
        changed: set[str] = self.inner.change(others)
        return changed


SMS_SENDER = "sms sender"

SAFEGUARDS_OF_SENDING = (
    Safeguard(
        name="claim condition",
        without=below(_Unconditional),
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
        without=below(_Nobodys),
        function=SMS_SENDER,
        call=("ledger", "claim"),
        fault=Fault.LOST_ANSWER,
        breaks="nobody had begun to call",
    ),
    Safeguard(
        name="route: what may have been taken is called on its first one",
        without=lambda: Fitting(sender_ledger=_Forgetting),
        breaks="on a second route while in doubt",
    ),
    Safeguard(
        name="lease",
        without=below(_Endless),
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
        name="what a message is made from is stored before its claim",
        without=lambda: Fitting(template_versions=_Unkept),
        breaks="which is not stored",
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
        name="what comes back in vain waits on the ledger",
        without=lambda: Fitting(receives=COMES_BACK, sender_ledger=_Returning),
        kept=lambda: Fitting(receives=COMES_BACK),
        breaks="of email-normal were given up",
    ),
)

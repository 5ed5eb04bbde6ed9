"""The name of a safeguard in, the same functions without it out, and where its loss has to show."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from notifications.claim import Answer, Asked, Claim
from notifications.errors import ParkingUnavailable
from notifications.knowledge import Found, Wanted
from notifications.lifecycle import State
from notifications.mark import Mark
from notifications.notification import Notification
from notifications.outcome import Settlement
from notifications.parking import ParkedRecord
from notifications.standing import Head
from notifications.trail import Trail
from tests.explorer.faults import Fault
from tests.explorer.functions import Fitting
from tests.explorer.queues import Event
from tests.fakes.ledger import FakeLedger
from workflows.send_messages import SendMessages, Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguard:
    """One safeguard: what things look like `without` it, and what then `breaks`.

    It shows where `function` meets `fault` at `call`; without those, in the scenario as it is.
    Where a back-up would hide the loss, `backed_up` is off on both sides, and `kept` is the
    safeguard alone.
    """

    name: str
    without: Callable[[], Fitting]
    breaks: str
    function: str = ""
    call: tuple[str, str] = ("", "")
    fault: Fault | None = None
    kept: Callable[[], Fitting] = Fitting


@dataclass(slots=True)
class _Around:
    """A port like the one inside, but for what a subclass does otherwise."""

    inner: Any

    def __getattr__(self, method: str) -> Any:
        return getattr(self.inner, method)


class _Markless(_Around):
    """Remembers the last mark only, and shows none."""

    def look_up(self, wanted: Wanted) -> Found:
        found: Found = self.inner.look_up(wanted)
        return replace(found, marks={})

    def mark(self, marks: Sequence[Mark]) -> list[Mark]:
        self.inner.marks.update({(mark.order, mark.event): mark for mark in marks})
        return list(marks)


class _Headless(_Around):
    """Shows no head."""

    def look_up(self, wanted: Wanted) -> Found:
        found: Found = self.inner.look_up(wanted)
        return replace(found, heads={})


class _Forgetful(_Around):
    """Shows nobody's record."""

    def look_up(self, wanted: Wanted) -> Found:
        found: Found = self.inner.look_up(wanted)
        return replace(found, people={})


class _Unconditional(_Around):
    """Claims whatever is asked for."""

    def claim(self, asked: Sequence[Asked], **named: Any) -> dict[str, Claim]:
        for each in asked:
            row = self.inner.rows[each.id]
            self.inner.rows[each.id] = replace(row, state=State.REQUESTED)
        claims: dict[str, Claim] = self.inner.claim(asked, **named)
        return claims


class _Anybodys(_Around):
    """Takes every claim that is held for the asker's own."""

    def claim(self, asked: Sequence[Asked], **named: Any) -> dict[str, Claim]:
        claims = self.inner.claim(asked, **named)
        return {
            i: replace(claim, answer=Answer.MINE) if claim.row.state is State.SENDING else claim
            for i, claim in claims.items()
        }


class _Nobodys(_Around):
    """Takes every claim that is held for somebody else's."""

    def claim(self, asked: Sequence[Asked], **named: Any) -> dict[str, Claim]:
        held = {a.id for a in asked if self.inner.rows[a.id].state is State.SENDING}
        claims = self.inner.claim(asked, **named)
        return {
            i: replace(claim, answer=Answer.BUSY) if i in held else claim
            for i, claim in claims.items()
        }


class _Unfiltered(_Around):
    """Shows what is being sent as if it still waited."""

    def look_up(self, wanted: Wanted) -> Found:
        found: Found = self.inner.look_up(wanted)
        rows = {
            i: replace(row, state=State.REQUESTED) if row.state is State.SENDING else row
            for i, row in found.notifications.items()
        }
        return replace(found, notifications=rows)


class _Endless(_Around):
    """Lets no claim lapse."""

    def claim(
        self, asked: Sequence[Asked], *, owner: str, lease_until: datetime, now: datetime
    ) -> dict[str, Claim]:
        lease_until = datetime.max.replace(tzinfo=lease_until.tzinfo or UTC)
        claims: dict[str, Claim] = self.inner.claim(
            asked, owner=owner, lease_until=lease_until, now=now
        )
        return claims


class _NewOnly(_Around):
    """Answers only what was entered just now."""

    def accept(
        self, notifications: Sequence[Notification], heads: Sequence[Head]
    ) -> list[Notification]:
        new = {n.id for n in notifications} - self.inner.rows.keys()
        return [row for row in self.inner.accept(notifications, heads) if row.id in new]


class _Careless(_Around):
    """Lets go of what could not be parked."""

    def park(self, records: Sequence[ParkedRecord]) -> None:
        try:
            self.inner.park(records)
        except ParkingUnavailable:
            return


class _Forgetting(SendMessages):
    """Leaves message ids alone when a batch comes again."""

    __slots__ = ()

    def _remember(self, rows: object) -> None:
        """Do nothing."""


class _SettlingFirst(_Forgetting):
    """Settles before it records message ids."""

    __slots__ = ()

    def _settle(self, settlements: Sequence[Settlement], sent: Sent) -> None:
        later: Any = _Later(self.trails)
        super(_SettlingFirst, replace(self, trails=later))._settle(settlements, sent)
        later.flush()


class _Keeping(SendMessages):
    """Gives no claim back."""

    __slots__ = ()

    def _give_back(self, rows: object, owner: str) -> None:
        """Do nothing."""


@dataclass(slots=True)
class _Later:
    """Records message ids only when it is told to."""

    inner: Any
    waiting: list[Trail] = field(default_factory=list)

    def join(self, trails: Sequence[Trail]) -> list[Trail]:
        self.waiting += trails
        return []

    def change(self, changes: Sequence[object]) -> set[str]:
        assert not changes
        return set()

    def flush(self) -> None:
        self.inner.join(self.waiting)


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

SAFEGUARDS = (
    Safeguard(name="event mark", without=_below(_Markless), breaks="marks stood for one event"),
    Safeguard(name="event mark for ever", without=_below(_Markless), breaks="after it had expired"),
    Safeguard(
        name="claim condition",
        without=_below(_Unconditional),
        function=SMS_SENDER,
        call=("ledger", "claim"),
        fault=Fault.OVERTAKEN,
        breaks="went out 2 times",
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
        name="message ids before settling",
        without=lambda: Fitting(send=_SettlingFirst),
        kept=lambda: Fitting(send=_Forgetting),
        function=SMS_SENDER,
        call=("trails", "join"),
        fault=Fault.CRASH_BEFORE,
        breaks="found nobody, and the ledger knows it",
    ),
    Safeguard(
        name="message ids again with a batch that comes again",
        without=lambda: Fitting(send=_Forgetting),
        function=SMS_SENDER,
        call=("trails", "join"),
        fault=Fault.THROTTLED,
        breaks="found nobody, and the ledger knows it",
    ),
    Safeguard(
        name="claims that are not heard of are given back",
        without=lambda: Fitting(send=_Keeping),
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
        call=("ledger", "mark"),
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
        name="order head at the claim",
        without=lambda: Fitting(sender_ledger=_Headless),
        breaks="after something newer was accepted",
    ),
    Safeguard(
        name="consent at the claim",
        without=lambda: Fitting(sender_ledger=_Forgetful),
        breaks="for somebody who refuses",
    ),
)
"""Every safeguard, where its loss shows."""

"""Define a day on which the ledger is lost, and restored as it was a quarter of an hour before. Used by the explorer's tests."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel
from ordercast.events.stream_record import StreamRecord
from ordercast.pacing.holds import Why
from ordercast.pacing.restoring import fence
from ordercast.wiring.receipts import ReceiptPorts
from ordercast.wiring.relay import RelayPorts, relay_orders
from ordercast.workflows.relay_orders import Relayed
from ordercast.workflows.replay_into_ledger import ReplayedLedger
from ordercast.workflows.restore_ledger import RestoreLedger
from tests.examples import paused
from tests.explorer.checks.promises import broken
from tests.explorer.checks.rows import named
from tests.explorer.deployed.fitting import POLICY, RECEIPT_POLICY, SEND_WITHIN, Fitting
from tests.explorer.deployed.receipt_script import ReceiptScript
from tests.explorer.deployed.script import Script
from tests.explorer.deployed.stage import Stage
from tests.explorer.faults.points import Point
from tests.explorer.orders import event
from tests.explorer.safeguards.definition import Around
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger

MINUTE = timedelta(minutes=1)
RESTORED_TO, LOST = 3 * MINUTE, 18 * MINUTE
BEGIN, REPLAY, WORD = 20 * MINUTE, 40 * MINUTE, 70 * MINUTE
END = 30 * 60 * MINUTE

HELD = paused(campaign="held")
"""A pause that was set after the moment to which the ledger is restored, so that it is lost too."""
FENCE = fence(lost_at=START + LOST, by="ada", since=START + BEGIN)


class Word(StrEnum):
    """What the operator says of what waits behind the fence."""

    RELEASE = "release"
    END = "end"


@dataclass(slots=True)
class RestoredDay:
    """A stage, what was backed up of it, and whether it has a ledger at the moment.

    With *settles* false the operator's commands do not see what the receipts table knows to be sent.
    """

    word: Word
    fitting: Fitting
    points: tuple[Point, ...]
    settles: bool = True
    stage: Stage = field(init=False)
    in_use: bool = True
    _backup: list[tuple[Any, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        inner = self.fitting.ledger
        self.fitting.ledger = lambda fake: _Deleted(inner(fake), self)
        self.stage = Stage(script=_script(), fitting=self.fitting, points=self.points)
        self._plan()

    def back_up(self) -> None:
        """Keep the ledger's table and the rollups as they are."""
        stage = self.stage
        for kept, names in (
            (
                stage.ledger,
                ("decisions", "latest_statuses", "holds", "opened", "limits"),
            ),
            (stage.rollups, ("kept", "written", "adjustments")),
            (stage.template_versions, ("stored",)),
            (stage.buckets, ("kept",)),
        ):
            self._backup.append((kept, {name: deepcopy(getattr(kept, name)) for name in names}))
        self._backup.append((stage.ledger.rows, dict(stage.ledger.rows)))

    def lose(self) -> None:
        """Put them as they were in place of those that there are; no function finds them yet."""
        self.in_use = False
        self.stage.journal.asked_for.clear()
        for kept, values in self._backup[:-1]:
            for name, value in values.items():
                setattr(kept, name, value)
        rows, before = self._backup[-1]
        dict.clear(rows)
        dict.update(rows, before)
        for lane in self.stage.changes.lanes:
            lane.unread.clear()  # the stream of the lost table

    def restoring(self, ledger: Any) -> RestoreLedger:
        """Return the operator's commands on the restored *ledger*."""
        stage = self.stage
        logs = stage.fault_proxy.watched("receipt_logs", stage.receipt_logs)
        receipt_logs: Any = logs if self.settles else _Unread(logs)
        ports = ReceiptPorts(
            ledger=ledger,
            people=stage.ledger.people,
            receipt_logs=receipt_logs,
            now=stage.clock,
            function="ada",
        )
        return RestoreLedger(
            ledger=ledger,
            receipt_logs=receipt_logs,
            merge=ports.merge(RECEIPT_POLICY),
            receipt_timeout=RECEIPT_POLICY.receipt_timeout,
            by="ada",
            now=stage.clock,
        )

    def _begin(self, ledger: Any) -> None:
        lost_at, restored_to = START + LOST, START + RESTORED_TO
        self.restoring(ledger).begin(lost_at=lost_at, restored_to=restored_to)
        # The stage is deployed with the table's name.
        self.in_use = True
        self.stage.journal.asked_for[FENCE.id] = FENCE

    def _replay(self, ledger: Any) -> None:
        stage = self.stage
        past = [r for r in stage.stream.put_so_far if r.arrived_at and r.arrived_at <= START + LOST]

        def relay(records: Sequence[StreamRecord], at: datetime) -> Relayed:
            replayed = ReplayedLedger(ledger=self.fitting.relay_ledger(ledger), now=lambda: at)
            ports = RelayPorts(
                ledger=replayed,
                people=stage.fault_proxy.watched("people", stage.ledger.people),
                notifications_topic=replayed,
                parked=stage.fault_proxy.watched("parked", stage.parked),
                send_within=lambda _: SEND_WITHIN,
                now=lambda: at,
            )
            return relay_orders(ports, POLICY, default_currency="USD")(records)

        self.restoring(ledger).replay([past], relay, restored_to=START + RESTORED_TO)

    def _say(self, ledger: Any) -> None:
        restoring = self.restoring(ledger)
        if self.word is Word.END:
            restoring.end()
        else:
            self.stage.journal.asked_for.pop(FENCE.id, None)
            restoring.release()

    def _plan(self) -> None:
        stage = self.stage
        put = stage.stream.put
        stage.after(timedelta(), lambda: put(event("o-before", channel="both")))
        stage.after(RESTORED_TO, self.back_up)
        stage.operator.hold(RESTORED_TO + MINUTE, HELD)
        unheard = [event("o-unheard", channel="both")] if self.word is Word.END else []
        stage.after(
            5 * MINUTE,
            lambda: put(
                event("o-told", channel="both"), event("o-held", channel="both", campaign="held")
            ),
        )
        stage.after(6 * MINUTE, lambda: put(*unheard))
        # Its text fails, and the e-mail in its place is sent before the loss.
        failed = event("o-failed", channel="sms", fallback="email")
        stage.after(RESTORED_TO + MINUTE, lambda: put(failed))
        stage.after(LOST, lambda: put(event("o-last", channel="both")))
        stage.after(LOST, self.lose)
        # A shop repeats itself while it gets no answer, and goes on.
        stage.after(
            LOST + MINUTE,
            lambda: put(
                event("o-told", channel="both"), *unheard, event("o-after", channel="both")
            ),
        )
        for wait, command in ((BEGIN, self._begin), (REPLAY, self._replay), (WORD, self._say)):
            stage.operator.change(wait, HELD, command)


def played(
    word: Word,
    point: Point | None = None,
    *,
    fitting: Fitting | None = None,
    settles: bool = True,
) -> Stage:
    """Play the whole story, with a fault at most, and return the stage at rest."""
    points = (point,) if point else ()
    day = RestoredDay(word=word, fitting=fitting or Fitting(), points=points, settles=settles)
    day.stage.play(END)
    return day.stage


def broken_after_loss(stage: Stage) -> list[str]:
    """Return each broken promise, but for what nobody can keep who has forgotten.

    What was decided or drafted before the loss is so again. What was sent and settled by its
    receipts was made from nobody knows which templates. And what ended behind the fence is said to
    be unconfirmed, whether it went out or not.
    """
    rows = stage.ledger.rows.values()
    ended = [row for row in rows if row.rule == Why.RESTORED]
    forgotten = {named(call.row) for call in stage.journal.calls if call.at < START + LOST}
    excused = (
        "P2: 2 decisions stood for one event",
        *(f"P1: {named(row)} is unconfirmed, and nothing went out" for row in ended),
        *(f"P1: nobody knows what {each} was made from" for each in forgotten),
        # A fallback is promised by no decision, but by its text.
        *(f"P1: notification {named(row)} is there and" for row in rows if row.fallback_for),
        *(f"P2: {row.id} was decided differently" for row in rows if row.fallback_for),
    )
    return [line for line in broken(stage) if not line.startswith(excused)]


class _Deleted(Around):
    """The table by its old name while it is lost: who is no operator does not find it."""

    def __init__(self, inner: FakeLedger, day: RestoredDay) -> None:
        super().__init__(inner)
        self.day = day

    def __getattr__(self, method: str) -> Any:
        if not self.day.in_use and self.day.stage.fault_proxy.function != "operator":
            raise LedgerUnavailable("injected: the table was deleted")
        return getattr(self.inner, method)


class _Unread(Around):
    """The receipts table, of which nothing is known to be sent."""

    def sent_since(self, _: datetime) -> list[Any]:
        return []


def _script() -> Script:
    return Script(
        # It went out, and its sender ended before it could say so: nobody ever hears of it.
        calls={("o-unheard", Channel.SMS): ("crash",)},
        receipts={
            ("o-before", Channel.SMS): (_DELIVERED,),
            # Of what was sent before the loss, some receipts have come, and some never do.
            ("o-told", Channel.SMS): (_DELIVERED,),
            ("o-failed", Channel.SMS): (ReceiptScript(kind="unreachable", price="0.00645"),),
        },
        lost=set(),
        doubled=set(),
        delayed=set(),
        returned=set(),
        withheld={},
    )


_DELIVERED = ReceiptScript(kind="delivered", price="0.00645")

"""Define a day on which an operator has a message sent again, and cancels what waits. Used by the explorer's tests."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ordercast.events.identity import notification_id, order_of, resend_id
from ordercast.events.order_event import Channel
from ordercast.events.parse import parse_order_event
from ordercast.sending.cancelling import WAITING
from ordercast.wiring.resend import ResendPorts, resend_message
from ordercast.workflows.cancel_messages import CancelMessages, CancelReport
from tests.examples import paused
from tests.explorer.deployed.fitting import POLICY, SEND_WITHIN, Fitting
from tests.explorer.deployed.receipt_script import ReceiptScript
from tests.explorer.deployed.script import Script
from tests.explorer.deployed.stage import Stage
from tests.explorer.faults.points import Point
from tests.explorer.orders import event

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
END = 60 * 60 * MINUTE
SMS = Channel.SMS
SPRING = paused(campaign="spring")
MOST = 1000

Wired = Callable[[Any], Any]
"""Return a workflow as it is on this day; a safeguard is left out by returning another."""


def _text_of(order: str) -> str:
    return notification_id(parse_order_event(event(order), default_currency="USD"), SMS)


AGAIN, RACED, HELD = _text_of("o-again"), _text_of("o-raced"), _text_of("o-held")
"""The text that is sent again, one that waits in its queue when it is cancelled, and one behind a pause."""

RESEND = resend_id(AGAIN, 1)


class NotYet(Exception):
    """The operator has to do it again: a fault has come between, and no bug."""

    def __init__(self) -> None:
        super().__init__("injected: not yet")


def played(
    point: Point | None = None,
    *,
    fitting: Fitting | None = None,
    resending: Wired = lambda work: work,
    cancelling: Wired = lambda work: work,
) -> Stage:
    """Play the whole story, with a fault at most, and return the stage at rest."""
    script = Script(
        calls={},
        receipts={("o-again", SMS): (ReceiptScript(kind="delivered", price="0.00645"),)},
        lost=set(),
        doubled=set(),
        delayed={RACED},
        returned=set(),
        withheld={},
    )
    stage = Stage(script=script, fitting=fitting or Fitting(), points=(point,) if point else ())
    stage.operator.hold(timedelta(), SPRING)
    orders = event("o-again"), event("o-raced"), event("o-held", campaign="spring")
    stage.after(timedelta(), lambda: stage.stream.put(*orders))
    stage.operator.do(3 * MINUTE, _resend(stage, resending))
    stage.operator.do(3 * MINUTE + 50 * SECOND, _cancel_order(stage, cancelling))
    stage.operator.do(5 * MINUTE, _cancel_campaign(stage, cancelling))
    stage.operator.let_go(30 * MINUTE, SPRING)
    stage.play(END)
    return stage


def _resend(stage: Stage, wired: Wired) -> Callable[[Any, Any], None]:
    def resend(ledger: Any, topic: Any) -> None:
        ports = ResendPorts(
            ledger=ledger,
            notifications_topic=topic,
            send_within=lambda _: SEND_WITHIN,
            now=stage.clock,
        )
        row = stage.ledger.rows.get(AGAIN)
        if row is None:
            raise NotYet
        if wired(resend_message(ports, POLICY))(row, 1, may_double=True).refusal:
            raise NotYet

    return resend


def _cancel_order(stage: Stage, wired: Wired) -> Callable[[Any, Any], None]:
    def cancel(ledger: Any, _: Any) -> None:
        ids = [row.id for row in stage.ledger.of_order(order_of(RACED))]
        work = wired(CancelMessages(ledger=ledger, now=stage.clock))
        _insist(work(work.of_ids(ids), most=MOST) if ids else None)

    return cancel


def _cancel_campaign(stage: Stage, wired: Wired) -> Callable[[Any, Any], None]:
    def cancel(ledger: Any, _: Any) -> None:
        work = wired(CancelMessages(ledger=ledger, now=stage.clock))
        report = work(work.waiting(), most=MOST, campaign="spring")
        # An index is a moment late: an operator looks again, until nothing of it waits any more.
        seen = stage.ledger.rows.get(HELD)
        _insist(None if seen is None or seen.state in WAITING else report)

    return cancel


def _insist(report: CancelReport | None) -> None:
    if report is None or report.moving:
        raise NotYet

"""Define the first day of a stage that nobody has opened yet. Used by the explorer's tests."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from ordercast.events.order_event import Channel
from ordercast.pacing.opening import opened, unopened
from tests.explorer.deployed.fitting import Fitting
from tests.explorer.deployed.script import Script
from tests.explorer.deployed.stage import Stage
from tests.explorer.event_sources.changes import Rows
from tests.explorer.faults.points import Point
from tests.explorer.orders import event
from tests.fakes.ledger import FakeLedger

MINUTE = timedelta(minutes=1)
END = 30 * 60 * MINUTE
OPENED = {Channel.SMS: 3 * MINUTE, Channel.EMAIL: 5 * MINUTE}
"""When an operator opens each channel, after the first orders have come."""


def played(point: Point | None = None, *, fitting: Fitting | None = None) -> Stage:
    """Play the whole story, with a fault at most, and return the stage at rest."""
    script = Script(
        calls={},
        receipts={},
        lost=set(),
        doubled=set(),
        delayed=set(),
        returned=set(),
        withheld={},
    )
    stage = Stage(
        script=script,
        fitting=fitting or Fitting(),
        points=(point,) if point else (),
        ledger=FakeLedger(rows=Rows(), opened=()),
    )
    for channel, wait in OPENED.items():
        hold = unopened(channel)
        stage.journal.asked_for[hold.id] = hold
        stage.operator.change(wait, hold, _opening(stage, channel))
    stage.after(
        timedelta(),
        lambda: stage.stream.put(
            event("o-first", channel="both"), event("o-second", channel="both")
        ),
    )
    # When the texts' hold is about to be ended.
    stage.after(19 * MINUTE, lambda: stage.stream.put(event("o-later", channel="both")))
    stage.play(END)
    return stage


def _opening(stage: Stage, channel: Channel) -> Callable[[Any], object]:
    return lambda ledger: ledger.open_channels(
        opened([channel], by="ada", at=stage.clock(), reason="doctor found it ready")
    )

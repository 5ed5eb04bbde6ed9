from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from notifications.lifecycle import State
from notifications.order_event import Channel
from ordercast.demo_report import Outcome, print_outcome
from tests.examples import notification
from tests.ordercast.test_inbox import EMAIL, message

COMPLETE = Outcome(
    orders=1,
    wanted=2,
    messages=[message(), EMAIL],
    twice=0,
    rows=[notification(channel=channel, state=State.DELIVERED) for channel in Channel],
    counted=2,
    page=Path("out/demo/index.html"),
)


def test_a_demo_in_which_everything_arrived_once_is_complete() -> None:
    assert COMPLETE.complete


@pytest.mark.parametrize(
    "outcome",
    [
        replace(COMPLETE, messages=[EMAIL]),
        replace(COMPLETE, twice=1),
        replace(COMPLETE, rows=COMPLETE.rows[:1]),
        replace(COMPLETE, rows=[notification(state=State.SENT), COMPLETE.rows[1]]),
        replace(COMPLETE, counted=1),
    ],
    ids=["a message is missing", "one came twice", "a row is missing", "one is open", "uncounted"],
)
def test_a_demo_in_which_any_witness_disagrees_is_not_complete(outcome: Outcome) -> None:
    assert not outcome.complete


def test_the_report_shows_a_message_of_each_channel_and_what_each_witness_counted() -> None:
    printed = StringIO()
    print_outcome(COMPLETE, Console(width=100, file=printed))
    text = printed.getvalue()

    assert "Your order o-1 is confirmed." in text
    assert "Order <o-1> & more" in text
    assert "delivered on the ledger" in text
    assert "each was sent once, delivered and counted" in text

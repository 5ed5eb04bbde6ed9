"""A verdict says in a line what became of a message, and why."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.queries.verdicts import ago, verdict
from tests.examples import notification
from tests.fakes.clock import START

MINUTE = timedelta(minutes=1)
NOW = START + 60 * MINUTE
SWEDEN = Hold(
    why=Why.PAUSED, scope=Scope(country="SE"), by="ada", since=NOW - 12 * MINUTE, reason=""
)
TEXT = notification(1, Channel.SMS, country="SE")


def said(holds: tuple[Hold, ...] = (SWEDEN,), **changes: Any) -> str:
    return verdict(replace(TEXT, **changes), holds, now=NOW)


def test_what_waits_behind_a_hold_names_it_and_since_when() -> None:
    held: dict[str, Any] = {"state": State.DEFERRED, "held_by": SWEDEN.id, "rule": "paused"}

    assert "not sent: texts to SE paused 12 min ago" == said(**held)
    account = replace(SWEDEN, why=Why.ACCOUNT)
    assert "texts to SE held back: the provider takes nothing" in said(
        (account,), **{**held, "held_by": account.id}
    )


def test_what_waited_behind_a_hold_that_was_let_go_names_no_time_of_its_expiry() -> None:
    let_go = replace(SWEDEN, released_at=NOW)
    held: dict[str, Any] = {"state": State.DEFERRED, "held_by": SWEDEN.id, "rule": "paused"}

    for holds in ((let_go,), ()):
        assert "not sent: what held it back was let go" in said(holds, **held, due_at=NOW)


def test_what_no_sender_may_take_names_the_hold_before_the_sweeper_has_seen_it() -> None:
    assert "not sent: texts to SE paused 12 min ago" == said(state=State.REQUESTED)
    assert "not sent yet" in said(state=State.REQUESTED, country="NO")
    assert "not sent yet" in said((), state=State.REQUESTED)
    released = replace(SWEDEN, released_at=NOW)
    assert "not sent yet" in said((released,), state=State.REQUESTED)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": State.DELIVERED, "delivered_at": NOW - 3 * MINUTE}, "delivered 3 min ago"),
        (
            {"state": State.SENT, "sent_at": NOW - 90 * MINUTE},
            "sent 1 h ago: the provider accepted",
        ),
        ({"state": State.SUPPRESSED, "rule": "no-consent"}, "not sent: no-consent: it was decided"),
        ({"state": State.FAILED, "rule": "Invalid"}, "not delivered: Invalid: it will not arrive"),
        ({"state": State.IN_DOUBT}, "it may have been sent"),
        ({"state": State.COMPLAINED, "closed_at": NOW}, "delivered just now: it arrived, and"),
        (
            {"state": State.DEFERRED, "rule": "quiet-hours", "due_at": NOW},
            f"not sent: it waits until {NOW:%Y-%m-%d %H:%M} UTC (quiet-hours)",
        ),
    ],
)
def test_a_verdict_names_the_outcome_its_rule_and_what_it_means(
    changes: dict[str, Any], words: str
) -> None:
    assert said((), **changes).startswith(words)


def test_times_are_told_in_the_largest_unit_that_fits() -> None:
    times = [timedelta(seconds=5), 59 * MINUTE, 47 * 60 * MINUTE, timedelta(days=3)]

    assert ["just now", "59 min ago", "47 h ago", "3 days ago"] == [
        ago(NOW - t, NOW) for t in times
    ]

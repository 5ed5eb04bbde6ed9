"""An outage's verdict: who was late, how many may be in doubt, and whether the first Region comes back."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from local_cloud.chaos.judgement import Judgement
from local_cloud.chaos.outages import SENDERS, WAVE, OutageOutcome, urgent_texts
from local_cloud.chaos.rest import Rest
from local_cloud.in_flight import InFlight
from ordercast.events.order_event import Priority
from ordercast.events.parse import parse_order_event


def outcome(kind: str = "refused", *, doubts: int = 0, **changes: Any) -> OutageOutcome:
    judged = Judgement(wanted=100, arrived=100, in_doubt={"sms: InternalError": doubts})
    verified: Any = SimpleNamespace(is_right=True)
    found: dict[str, Any] = {
        "kind": kind,
        "outage": timedelta(minutes=3),
        "rest": Rest(judgement=judged, verified=verified, left=InFlight(), seconds=1.0),
        "late": (),
        "slowest": timedelta(seconds=3),
        "away": 60,
        "calls": 10,
        "closed_after": timedelta(seconds=40),
    }
    return OutageOutcome(**found | changes)


def test_an_outage_that_cost_nothing_breaks_nothing() -> None:
    assert {} == outcome().broken


def test_a_refused_connection_leaves_nothing_in_doubt() -> None:
    assert ["in doubt, beyond those called before the route was closed"] == list(
        outcome(doubts=1).broken
    )


def test_only_what_was_called_before_the_route_was_closed_may_be_in_doubt() -> None:
    assert {} == outcome("failing", doubts=WAVE * SENDERS).broken
    assert outcome("failing", doubts=WAVE * SENDERS + 20).broken


def test_calls_drop_to_probes() -> None:
    assert outcome("failing", calls=200).broken


def test_a_route_that_stays_closed_or_was_never_left_is_no_success() -> None:
    assert ["the first Region is not used again"] == list(outcome(closed_after=None).broken)
    assert ["nothing went by the second Region"] == list(outcome(away=0).broken)


def test_the_texts_are_urgent_and_each_has_an_order_of_its_own() -> None:
    (first, second) = urgent_texts(2, first=7)

    assert ("chaos-00007", "chaos-00008") == (first.id, second.id)
    event = parse_order_event(json.dumps(first.event).encode(), default_currency="USD")
    assert Priority.HIGH is event.priority

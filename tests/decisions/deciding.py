"""Decide an event with records and a policy as given. Used by the routing tests."""

from datetime import datetime
from typing import Any

from ordercast.decisions.audience import Policy, audience_of
from ordercast.decisions.decision import Verdict
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.status_rank import LatestStatus
from ordercast.people.person import Person
from ordercast.sending.send_rules import decide
from tests.examples import POLICY, order_event
from tests.fakes.clock import START

SENT = Verdict(state=State.REQUESTED)


def verdicts(
    *people: Person,
    policy: Policy = POLICY,
    now: datetime = START,
    latest_statuses: dict[Channel, LatestStatus] | None = None,
    **changes: Any,
) -> dict[Channel, Verdict]:
    """Decide about `event` with the records of these people."""
    one = order_event(**changes)
    audience = audience_of(one, {each.key: each for each in people})
    return decide(one, audience, latest_statuses or {}, policy=policy, now=now)


def rules(*people: Person, **changes: Any) -> dict[Channel, str | None]:
    """Return the rule that forbids sending, or None, for each channel."""
    return {channel: each.rule for channel, each in verdicts(*people, **changes).items()}

"""The timeline of an order shows how each message was sent, by which route, and what its receipts said."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.cli.output.timeline import steps
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import Message
from ordercast.notifications.route_reason import RouteReason
from ordercast.receipts.receipt_log import ReceiptEvent
from tests.cli.output.timelines import (
    CARRIER,
    HANDSET,
    MESSAGE,
    SECOND,
    delivered_text,
)
from tests.examples import drafts, example_decision
from tests.fakes.clock import START


def test_a_delivered_text_s_timeline_shows_each_step_in_order_and_its_source() -> None:
    row, receipt_log = delivered_text()

    shown = steps(row, example_decision(channel="sms"), {MESSAGE: receipt_log})

    assert ["shop", "relay", "sender", "SNS", "SNS", "SNS", "ledger"] == [s.source for s in shown]
    assert [
        "it happened, by the event",
        "requested; consent: the event names channel and contact",
        "sent: 1 attempt, 1 part, 0.01002 USD reserved, by SNS",
        f"accepted it as message {MESSAGE}",
        f"{CARRIER} → carrier_accepted",
        f"{HANDSET}, 0.00645 USD → delivered",
        "closed as delivered",
    ] == [step.says for step in shown]
    assert sorted(step.at for step in shown) == [step.at for step in shown]


@pytest.mark.parametrize(
    ("route", "reason", "says"),
    [
        (None, None, "by SNS"),
        ("sms-voice/eu-west-1/ACME", None, "by sms-voice/eu-west-1/ACME"),
        (None, RouteReason.COUNTRY, "by SNS (the stage's for this country)"),
        (None, RouteReason.IN_DOUBT, "by SNS (which may have taken it before)"),
    ],
)
def test_the_route_of_a_message_is_shown_with_the_reason_unless_that_is_the_usual_one(
    route: str | None, reason: RouteReason | None, says: str
) -> None:
    row, _ = delivered_text()
    (sent,) = [
        step.says
        for step in steps(replace(row, route=route, route_reason=reason), None, {})
        if step.says.startswith("sent:")
    ]

    assert sent.endswith(f", {says}")


def test_what_closed_it_comes_before_the_close_though_clocks_differ_a_little() -> None:
    row, receipt_log = delivered_text()
    early = replace(row, closed_at=START + 9 * SECOND)
    late = {HANDSET: ReceiptEvent(at=START + 9 * SECOND + timedelta(milliseconds=400))}

    shown = steps(early, None, {MESSAGE: replace(receipt_log, receipt_events=late)})

    assert [f"{HANDSET} → delivered", "closed as delivered"] == [s.says for s in shown[-2:]]


def test_what_was_said_before_the_receipt_log_was_gone_is_shown_from_the_ledger() -> None:
    (draft,) = drafts(channel="email")
    bounced = Message(state=State.BOUNCED, at=START, reason="Bounce/Permanent/NoEmail")
    row = replace(draft, state=State.BOUNCED, messages={MESSAGE: bounced})

    assert f"bounced (Bounce/Permanent/NoEmail): {MESSAGE}" in [
        s.says for s in steps(row, None, {})
    ]


def test_what_was_given_up_shows_how_often_its_provider_was_called() -> None:
    """A bug of ours keeps a message from its provider: nobody need look there."""
    (draft,) = drafts(channel="email")
    parked = replace(draft, state=State.PARKED, due_at=None, closed_at=START + SECOND)

    ends = [
        steps(each, None, {})[-1].says
        for each in (
            replace(parked, rule="bug:KeyError"),
            replace(parked, rule="out-of-attempts", attempts=12),
        )
    ]

    assert [
        "closed as parked (bug:KeyError): SES was never called",
        "closed as parked (out-of-attempts): 12 attempts at SES",
    ] == ends


def test_a_message_in_doubt_is_not_called_sent() -> None:
    (draft,) = drafts(channel="email")
    doubtful = replace(draft, state=State.IN_DOUBT, in_doubt_since=START, due_at=None, attempts=1)

    said = [each.says for each in steps(doubtful, None, {})]
    assert "in doubt: 1 attempt, by SES" in said
    assert not [each for each in said if each.startswith("sent")]


def test_tries_are_listed_with_what_each_was_claimed_at() -> None:
    """The last one's is that of the row."""
    row, receipt_log = delivered_text()
    first = Message(
        state=State.FAILED,
        at=START + SECOND,
        number=1,
        route="sms-voice/us-east-1/default",
        parts=2,
        reserved=Decimal("0.02"),
    )
    log = replace(receipt_log, message_id="m-1", receipt_events={})
    tried = replace(row, messages={"m-1": first, **row.messages}, attempts=2)

    shown = steps(tried, None, {"m-1": log, MESSAGE: receipt_log})

    assert (
        "End User Messaging",
        "accepted it as message m-1: try 1, 2 parts, 0.02 USD reserved, by sms-voice/us-east-1/default",
    ) in {(step.source, step.says) for step in shown}
    assert ("SNS", f"accepted it as message {MESSAGE}") in {(s.source, s.says) for s in shown}

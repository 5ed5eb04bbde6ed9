"""The timeline of an order shows what happened when, its source, and the reason."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from rich.console import Console

from ordercast.cli.output.timeline import OrderHistory, steps, timeline
from ordercast.decisions.decision import Decision, Verdict
from ordercast.events.identity import notification_id, notification_id_for
from ordercast.events.notes import Note
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource, Message
from ordercast.notifications.notification import Notification
from ordercast.notifications.route_reason import RouteReason
from ordercast.queries.state_words import MEANINGS
from ordercast.receipts.receipt_log import ReceiptEvent, ReceiptLog
from tests.examples import EMAIL, drafts, example_decision, notification, order_event
from tests.fakes.clock import START

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
MESSAGE = "0100019a-4b7e-7c1d-9f00-1234567890ab-000000"
CARRIER = "SUCCESS/Message has been accepted by phone carrier"
HANDSET = "SUCCESS/Delivered"


def delivered_text() -> tuple[Notification, ReceiptLog]:
    """A text that was sent, taken by the carrier and delivered, and what SNS said of it."""
    (draft,) = drafts(channel="sms")
    row = replace(
        draft,
        state=State.DELIVERED,
        sent_at=START + 2 * SECOND,
        delivered_at=START + 9 * SECOND,
        closed_at=START + 10 * SECOND,
        due_at=None,
        attempts=1,
        parts=1,
        reserved=Decimal("0.01002"),
        cost=Decimal("0.00645"),
        cost_source=CostSource.CARRIER,
        messages={MESSAGE: Message(state=State.DELIVERED, at=START + 9 * SECOND)},
    )
    receipt_log = ReceiptLog(
        message_id=MESSAGE,
        channel=Channel.SMS,
        notification_id=row.id,
        sent_at=START + 2 * SECOND,
        expires_at=row.expires_at,
        receipt_events={
            HANDSET: ReceiptEvent(at=START + 9 * SECOND, price=Decimal("0.00645")),
            CARRIER: ReceiptEvent(at=START + 4 * SECOND),
        },
    )
    return row, receipt_log


def shown(decisions: list[Decision], rows: list[Notification], *receipt_logs: ReceiptLog) -> str:
    """The timeline on a terminal of 80 columns."""
    console = Console(width=80, highlight=False)
    history = OrderHistory(
        decisions=decisions,
        rows=rows,
        receipt_logs={each.message_id: each for each in receipt_logs},
    )
    with console.capture() as captured:
        console.print(timeline(history), soft_wrap=False)
    return captured.get()


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


@pytest.mark.parametrize(
    ("state", "rule", "says"),
    [
        (State.SUPPRESSED, "country-closed", "this stage sends no texts to its country"),
        (State.SUPPRESSED, "number-kind", "no text goes to this kind of number"),
        (State.FAILED, "over-price", "it would have cost more than its ceiling"),
        (State.SUPPRESSED, "opted-out", "it was decided not to send it"),
    ],
)
def test_a_rule_of_number_country_or_price_is_explained(state: State, rule: str, says: str) -> None:
    row = notification(channel=Channel.SMS, state=state, rule=rule)

    out = shown([], [row])

    assert f"({rule})" in out
    assert says in out


def test_what_closed_it_comes_before_the_close_though_clocks_differ_a_little() -> None:
    row, receipt_log = delivered_text()
    early = replace(row, closed_at=START + 9 * SECOND)
    late = {HANDSET: ReceiptEvent(at=START + 9 * SECOND + timedelta(milliseconds=400))}

    shown = steps(early, None, {MESSAGE: replace(receipt_log, receipt_events=late)})

    assert [f"{HANDSET} → delivered", "closed as delivered"] == [s.says for s in shown[-2:]]


def test_the_story_fits_80_columns_and_says_where_its_event_came_from() -> None:
    row, receipt_log = delivered_text()
    one = replace(example_decision(channel="sms"), position="4966" * 14)

    out = shown([one], [row], receipt_log)

    assert max(map(len, out.splitlines())) <= 80
    words = " ".join(out.split())
    assert "4966" * 14 in words
    assert "decided 2026-03-02 09:30:00 UTC: sms requested" in words
    assert "confirmed, sms to +12065550100: delivered" in words
    assert "0.00645 USD (carrier)" in words
    assert MESSAGE in words.replace(" ", "") or MESSAGE in words


def test_what_was_left_out_of_an_event_stands_under_it() -> None:
    noted = replace(example_decision(), notes=(Note("amount", "left out: found a list"),))

    assert "note: amount: left out: found a list" in shown([noted], [])


def test_what_is_deferred_says_by_which_rule_until_when_and_on_what_consent() -> None:
    (draft,) = drafts(channel="email")
    until = START + timedelta(hours=8)
    waits = Verdict(state=State.DEFERRED, rule="quiet-hours", until=until)
    one = replace(example_decision(channel="email"), verdicts={Channel.EMAIL: waits})
    row = replace(draft, state=State.DEFERRED, rule="quiet-hours", effective_at=until, due_at=until)

    shown = [f"{step.source}: {step.says}" for step in steps(row, one, {})]

    assert (
        "relay: deferred by the rule quiet-hours until 2026-03-02 17:30:00; consent: the event names channel and contact"
        in shown
    )
    assert shown[-2:] == ["ledger: takes effect", "sweeper: check 1 is due"]


def test_a_wait_for_quiet_hours_after_it_was_accepted_is_said() -> None:
    """Else nobody knows why a message of the evening went in the morning."""
    row, receipt_log = delivered_text()
    waited = replace(row, ages_from=row.effective_at + timedelta(hours=10, minutes=58))

    said = " ".join(shown([], [waited], receipt_log).split())
    assert "quiet hours held it back for 10 h 58 min" in said
    assert "held it back" not in shown([], [row], receipt_log)


def test_a_suppressed_one_names_its_rule() -> None:
    (draft,) = drafts(channel="email")
    refused = Verdict(state=State.SUPPRESSED, rule="opted-out")
    one = replace(example_decision(channel="email"), verdicts={Channel.EMAIL: refused})
    row = replace(draft, state=State.SUPPRESSED, rule="opted-out", due_at=None, closed_at=START)

    out = shown([one], [row])

    assert "email to ada@example.com: suppressed (opted-out)" in out
    assert "suppressed by the rule opted-out" in " ".join(out.split())


def test_old_news_has_a_decision_and_no_notification() -> None:
    """Nothing was entered; the decision alone says why nobody was notified."""
    stale = Verdict(state=State.SUPPRESSED, rule="stale")
    out = shown([replace(example_decision(), verdicts={Channel.SMS: stale})], [])

    assert "sms suppressed (stale)" in out


def test_events_stand_with_their_own_notifications() -> None:
    confirmed, shipped = (
        (example_decision(**event), drafts(**event))  # type: ignore[arg-type]  # any field may be changed
        for event in (
            {"event_id": "e-1", "channel": "email"},
            {"event_id": "e-2", "channel": "email", "status": "shipped"},
        )
    )
    out = shown([confirmed[0], shipped[0]], [*shipped[1], *confirmed[1]])

    headings = [
        each for each in out.splitlines() if each.startswith(("Event", "confirmed", "shipped"))
    ]
    assert [
        f"Event {confirmed[0].event}",
        "confirmed, email to ada@example.com: requested",
        f"Event {shipped[0].event}",
        "shipped, email to ada@example.com: requested",
    ] == headings


def test_what_was_said_before_the_receipt_log_was_gone_is_shown_from_the_ledger() -> None:
    (draft,) = drafts(channel="email")
    bounced = Message(state=State.BOUNCED, at=START, reason="Bounce/Permanent/NoEmail")
    row = replace(draft, state=State.BOUNCED, messages={MESSAGE: bounced})

    assert f"bounced (Bounce/Permanent/NoEmail): {MESSAGE}" in [
        s.says for s in steps(row, None, {})
    ]


def test_every_state_is_said_in_words() -> None:
    assert set(State) == set(MEANINGS)


def test_a_notification_is_found_by_its_decision() -> None:
    one, event = example_decision(), order_event()

    assert notification_id(event, Channel.SMS) == notification_id_for(
        one.order, one.event, Channel.SMS
    )


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


def test_a_text_and_the_e_mail_in_its_place_each_name_the_other() -> None:
    text, e_mail = drafts(channel="sms", contact={"email": EMAIL}, fallback="email")
    said = shown([], [text, e_mail])

    assert "e-mail takes its place, if the rules allow it" in said
    assert f"confirmed, email (a fallback) to {EMAIL}: requested" in said
    assert "takes the place of SMS" in said


def test_a_fallback_that_came_later_stands_under_its_event_and_was_not_held_back() -> None:
    decision = example_decision(channel="sms")
    (text,) = drafts(channel="sms", fallback="email")
    fallback = text.fallback
    assert fallback
    later = replace(
        drafts(channel="email")[0],
        id=fallback.id,
        fallback_for=text.id,
        effective_at=START + HOUR,
        ages_from=START,
    )
    said = shown([decision], [later, text])

    assert said.index("sms to") < said.index("email (a fallback)")
    assert "quiet hours" not in said


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

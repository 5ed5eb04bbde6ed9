"""The timeline of an order shows what was decided of each event, its rule, and what waits or takes its place."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.cli.output.timeline import steps
from ordercast.decisions.decision import Verdict
from ordercast.events.identity import notification_id, notification_id_for
from ordercast.events.notes import Note
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.queries.state_words import MEANINGS
from ordercast.sending.resending import drafted_resend
from tests.cli.output.timelines import (
    HOUR,
    MESSAGE,
    delivered_text,
    shown,
)
from tests.examples import EMAIL, drafts, example_decision, notification, order_event
from tests.fakes.clock import START


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


def test_every_state_is_said_in_words() -> None:
    assert set(State) == set(MEANINGS)


def test_a_notification_is_found_by_its_decision() -> None:
    one, event = example_decision(), order_event()

    assert notification_id(event, Channel.SMS) == notification_id_for(
        one.order, one.event, Channel.SMS
    )


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


def test_a_resend_stands_under_its_message_and_each_names_the_other() -> None:
    first = replace(drafts(channel="email")[0], state=State.DELIVERED, last_resend=1)
    again = drafted_resend(first, 1, now=START + HOUR)
    other = drafts(channel="email", event_id="e-2", status="shipped")[0]
    decisions = [
        example_decision(channel="email"),
        example_decision(channel="email", event_id="e-2", status="shipped"),
    ]

    said = " ".join(shown(decisions, [first, other, again]).split())

    assert f"sent again as {again.id}" in said
    assert f"operator resend 1 of {first.id}" in said
    assert said.index("email to") < said.index("email (resend 1) to") < said.index("shipped, email")


def test_what_an_operator_cancelled_says_so() -> None:
    row = notification(state=State.SUPPRESSED, rule="cancelled", due_at=None)
    assert "an operator cancelled it before it was sent" in " ".join(shown([], [row]).split())

from datetime import timedelta
from typing import Any

import pytest

from notifications.lifecycle import State
from notifications.order_event import Channel, Priority
from notifications.routing import (
    CONSENT_BY_EVENT,
    INVALID_CONTACT,
    NO_CONSENT,
    NO_CONTACT,
    NO_TEMPLATE,
    decide,
)
from tests.examples import EMAIL, PHONE, POLICY, drafts, order_event
from tests.fakes.clock import START


def verdicts(**changes: Any) -> dict[Channel, str | None]:
    """Return the rule that objects, or None, for each channel that was considered."""
    found = {n.channel: n.rule for n in drafts(**changes)}
    assert len(found) == len(drafts(**changes))
    return found


@pytest.mark.parametrize(
    ("wish", "channels"),
    [
        ("sms", [Channel.SMS]),
        ("email", [Channel.EMAIL]),
        ("both", [Channel.SMS, Channel.EMAIL]),
    ],
)
def test_an_explicit_channel_with_a_contact_is_consent_and_is_recorded(
    wish: str, channels: list[Channel]
) -> None:
    asked = drafts(channel=wish)

    assert channels == [n.channel for n in asked]
    assert {(State.REQUESTED, None, CONSENT_BY_EVENT)} == {
        (n.state, n.rule, n.consent) for n in asked
    }


@pytest.mark.parametrize("wish", ["auto", None])
def test_without_consent_nothing_is_sent(wish: str | None) -> None:
    """An address in the event says how to reach somebody, not that they want to be."""
    asked = drafts(channel=wish)

    assert {Channel.SMS: NO_CONSENT, Channel.EMAIL: NO_CONSENT} == verdicts(channel=wish)
    assert {(State.SUPPRESSED, None)} == {(n.state, n.consent) for n in asked}


def test_what_nobody_chose_and_nobody_can_reach_still_has_a_row_that_says_so() -> None:
    silent = {"contact": None, "customer_id": "c-1", "channel": None}

    assert {Channel.EMAIL: NO_CONSENT} == verdicts(**silent)


def test_where_nobody_chose_only_channels_with_an_address_are_considered() -> None:
    assert {Channel.SMS: NO_CONSENT} == verdicts(channel=None, contact={"phone": PHONE})


@pytest.mark.parametrize("phone", ["12", "46701740605", "+1 206 555 0100 ext 5"])
def test_an_invalid_phone_number_suppresses_the_text_and_leaves_the_e_mail_alone(
    phone: str,
) -> None:
    contact = {"email": EMAIL, "phone": phone}

    assert {Channel.SMS: INVALID_CONTACT, Channel.EMAIL: None} == verdicts(contact=contact)


@pytest.mark.parametrize("absent", ["", None])
def test_an_empty_contact_field_concerns_its_channel_alone(absent: str | None) -> None:
    """Shops send `"phone": ""` for customers who gave none."""
    no_phone = {"email": EMAIL, "phone": absent}
    no_email = {"email": absent, "phone": PHONE}

    assert {Channel.SMS: NO_CONTACT, Channel.EMAIL: None} == verdicts(contact=no_phone)
    assert {Channel.SMS: None, Channel.EMAIL: NO_CONTACT} == verdicts(contact=no_email)


def test_an_invalid_address_suppresses_the_e_mail_and_leaves_the_text_alone() -> None:
    contact = {"email": "ada@", "phone": PHONE}

    assert {Channel.SMS: None, Channel.EMAIL: INVALID_CONTACT} == verdicts(contact=contact)


def test_a_status_without_a_template_is_not_sent_and_says_why() -> None:
    assert {Channel.SMS: NO_TEMPLATE, Channel.EMAIL: NO_TEMPLATE} == verdicts(status="brewed")


def test_a_bare_number_is_read_in_the_contact_s_country_else_in_the_stage_s() -> None:
    swedish = {"phone": "0701740605", "country": "SE"}
    (abroad,) = drafts(channel="sms", contact=swedish)
    (home,) = drafts(channel="sms", contact={"phone": "206 555 0100"})

    assert ["+46701740605", "+12065550100"] == [abroad.recipient, home.recipient]


def test_the_same_event_under_another_delivery_time_has_the_same_ids() -> None:
    later = decide(order_event(), policy=POLICY, now=START + timedelta(days=400))

    assert [n.id for n in drafts()] == [n.id for n in later]


def test_both_never_yields_a_second_e_mail() -> None:
    """An event's e-mail has one id, whichever wish led to it."""
    (alone,) = drafts(channel="email")

    assert alone.id in {n.id for n in drafts(channel="both")}


def test_what_is_to_be_sent_is_due_for_a_look_and_what_is_not_is_not() -> None:
    text, mail = drafts(contact={"email": EMAIL})

    assert (None, START + POLICY.republish_after) == (text.due_at, mail.due_at)


def test_retention_counts_from_the_decision() -> None:
    assert {START + POLICY.retention} == {n.expires_at for n in drafts()}
    assert {START} == {n.accepted_at for n in drafts()}


def test_a_notification_remembers_its_order_and_its_campaign() -> None:
    text, _ = drafts(campaign="spring", customer_id="c-1", tracking_url="https://example.com/t")

    assert ("spring", "c-1") == (text.campaign, text.customer_id)
    assert ("o-1", "Example Tea", "42.50 USD", ("Teapot", "4 x Cup"), "https://example.com/t") == (
        text.order.order_id,
        text.order.shop,
        text.order.amount,
        text.order.items,
        text.order.tracking_url,
    )


def test_an_event_without_an_amount_has_none() -> None:
    assert {None} == {n.order.amount for n in drafts(amount=None)}


def test_an_urgent_event_s_notifications_are_urgent() -> None:
    assert {Priority.HIGH} == {n.priority for n in drafts(status="cancelled")}
    assert {Priority.NORMAL} == {n.priority for n in drafts(status="cancelled", priority="normal")}


def test_a_template_and_its_language_are_chosen_with_the_decision() -> None:
    (mail,) = drafts(channel="email", contact={"email": EMAIL, "locale": "en-GB"})

    assert ("confirmed", "1", "en") == (mail.template, mail.template_version, mail.locale)

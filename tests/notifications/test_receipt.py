import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.identity import notification_id
from notifications.lifecycle import State
from notifications.order_event import Channel
from notifications.receipt import UNKNOWN_REASON, MalformedReceipt, Receipt, read_receipt
from tests.examples import order_event

RECORDINGS = Path(__file__).parents[1] / "recordings" / "aws"
NOTIFICATION = notification_id(order_event(), Channel.EMAIL)


def recorded(name: str) -> str:
    return (RECORDINGS / f"{name}.json").read_text()


def email_event(kind: str, *, notification: object = NOTIFICATION, **details: Any) -> str:
    mail = {"messageId": "0100-ses", "tags": {"notification_id": [notification]}}
    return json.dumps({"eventType": kind, "mail": mail, kind.lower(): details})


def sms_line(
    *, answer: object = None, status: object = "SUCCESS", message_id: object = "m-1"
) -> str:
    delivery = {"destination": "+1XXX5550100", "providerResponse": answer, "priceInUSD": 0.00645}
    return json.dumps(
        {"notification": {"messageId": message_id}, "delivery": delivery, "status": status}
    )


def receipt(body: str) -> Receipt:
    read = read_receipt(body)
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("name", "state", "reason"),
    [
        ("ses_event_send", State.SENT, None),
        ("ses_event_delivery", State.DELIVERED, None),
        ("ses_event_complaint", State.DELIVERED, None),
        ("ses_event_bounce", State.FAILED, "Bounce/Permanent/General"),
        (
            "ses_event_bounce_suppressed",
            State.FAILED,
            "Bounce/Permanent/OnAccountSuppressionList",
        ),
        ("sns_sms_log_success_doc", State.CARRIER_ACCEPTED, None),
        ("sns_sms_log_failure_doc", State.FAILED, "Unknown error attempting to reach phone"),
    ],
)
def test_a_provider_s_own_example_says_what_became_of_its_message(
    name: str, state: State, reason: str | None
) -> None:
    read = receipt(recorded(name))

    assert (state, reason) == (read.state, read.reason)
    assert read.message_id in recorded(name)


@pytest.mark.parametrize("kind", ["Reject", "Rendering Failure"])
def test_an_e_mail_that_never_left_has_failed(kind: str) -> None:
    read = receipt(email_event(kind))

    assert (State.FAILED, kind) == (read.state, read.reason)


@pytest.mark.parametrize("kind", ["Open", "Click", "DeliveryDelay", "Subscription", "Invented"])
def test_an_event_that_changes_no_state_is_no_receipt(kind: str) -> None:
    assert read_receipt(email_event(kind)) is None


def test_our_tag_names_the_notification() -> None:
    assert NOTIFICATION == receipt(email_event("Delivery")).notification_id


@pytest.mark.parametrize("tag", ["", "x", None, 5, NOTIFICATION + "A", f"{NOTIFICATION[:-1]}\n"])
def test_a_tag_that_is_no_id_of_ours_is_not_followed(tag: object) -> None:
    """Anybody may tag a message with that name; our ledger is not asked for it."""
    assert receipt(email_event("Delivery", notification=tag)).notification_id is None


def test_an_out_of_office_reply_never_turns_a_delivered_e_mail_into_a_failed_one() -> None:
    reply = email_event("Bounce", bounceType="Transient", bounceSubType="General")

    assert read_receipt(reply) is None


def test_a_full_mailbox_is_a_failure() -> None:
    full = receipt(email_event("Bounce", bounceType="Transient", bounceSubType="MailboxFull"))

    assert (State.FAILED, "Bounce/Transient/MailboxFull") == (full.state, full.reason)


@pytest.mark.parametrize("kind", [None, 5, {"to": "ada@example.com"}, "for ada@example.com", ""])
def test_only_names_get_into_a_bounce_s_reason(kind: object) -> None:
    bounce = receipt(email_event("Bounce", bounceType=kind, bounceSubType=kind))

    assert (State.FAILED, "Bounce") == (bounce.state, bounce.reason)


@pytest.mark.parametrize("answer", ["Delivered", "Message has been accepted by phone"])
def test_a_handset_s_word_is_a_delivery(answer: str) -> None:
    assert State.DELIVERED == receipt(sms_line(answer=answer)).state


@pytest.mark.parametrize("answer", ["Message has been accepted by phone carrier", "New", "", None])
def test_success_without_a_handset_s_word_is_the_carrier_s_alone(answer: str | None) -> None:
    assert State.CARRIER_ACCEPTED == receipt(sms_line(answer=answer)).state


@pytest.mark.parametrize("status", [None, "", "PENDING", 5, ["SUCCESS"], {}])
def test_a_text_message_s_fate_is_not_guessed_from_an_unknown_status(status: object) -> None:
    assert read_receipt(sms_line(status=status, answer="Delivered")) is None


def test_a_carrier_s_free_text_is_kept_out_of_the_reason() -> None:
    """It may quote a number."""
    failed = receipt(sms_line(status="FAILURE", answer="No such subscriber: +12065550100"))

    assert (State.FAILED, UNKNOWN_REASON) == (failed.state, failed.reason)


@pytest.mark.parametrize("body", ['{"notification":{"messageId":"m"},"status":"SUCCESS"}'])
def test_every_field_but_the_message_id_may_be_missing(body: str) -> None:
    assert "m" == receipt(body).message_id
    assert receipt('{"eventType":"Delivery","mail":{"messageId":"m"}}').notification_id is None


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("", "receipt: not JSON"),
        ("[" * 100_000, "receipt: not JSON"),
        ("[]", "receipt: not a JSON object"),
        ("{}", "receipt: notification.messageId is missing"),
        ('{"notification":[]}', "receipt: notification.messageId is missing"),
        ('{"eventType":"Delivery"}', "receipt: mail.messageId is missing"),
        ('{"eventType":"Delivery","mail":{"messageId":5}}', "receipt: mail.messageId is missing"),
        (sms_line(message_id=""), "receipt: notification.messageId is missing"),
        (sms_line(message_id="\ud800"), "receipt: notification.messageId is missing"),
        (sms_line(message_id="x" * 257), "receipt: notification.messageId is missing"),
        (sms_line(message_id=None, status=None), "receipt: notification.messageId is missing"),
    ],
)
def test_what_is_no_receipt_is_said_in_one_line(body: str, complaint: str) -> None:
    with pytest.raises(MalformedReceipt) as refusal:
        read_receipt(body)

    assert complaint == str(refusal.value)


MARKER = "ada.lovelace@example.com"
SCALARS = st.none() | st.booleans() | st.integers() | st.just(MARKER)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner)
)
EMAIL_EVENTS = st.fixed_dictionaries(
    {"eventType": st.sampled_from(["Bounce", "Delivery", "Reject"]) | ANYTHING},
    optional={
        "mail": ANYTHING | st.fixed_dictionaries({"messageId": st.just("m"), "tags": ANYTHING}),
        "bounce": ANYTHING
        | st.fixed_dictionaries({"bounceType": ANYTHING, "bounceSubType": ANYTHING}),
    },
)
SMS_LINES = st.fixed_dictionaries(
    {"notification": ANYTHING | st.just({"messageId": "m"})},
    optional={
        "delivery": ANYTHING | st.fixed_dictionaries({"providerResponse": ANYTHING}),
        "status": st.sampled_from(["SUCCESS", "FAILURE"]) | ANYTHING,
    },
)


@settings(max_examples=300)
@given(EMAIL_EVENTS | SMS_LINES | ANYTHING)
def test_whatever_is_in_a_body_it_is_read_or_refused_without_quoting_it(document: object) -> None:
    assert MARKER not in _said(json.dumps(document))


def _said(body: str) -> str:
    """Return what gets from a body into logs and rows."""
    try:
        read = read_receipt(body)
    except MalformedReceipt as refusal:
        return str(refusal)
    return f"{read.state} {read.reason} {read.notification_id}" if read else ""


def test_what_ses_says_when_it_is_connected_is_no_receipt_and_no_trouble() -> None:
    """It comes once, at deployment, and would raise the alarm of the dead letters."""
    assert read_receipt("Successfully validated SNS topic for Amazon SES event publishing.") is None

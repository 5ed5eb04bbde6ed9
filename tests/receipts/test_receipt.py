"""A provider's receipt is read as message, event, time, price and reason."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.receipts.provider_events import meaning_of
from ordercast.receipts.reading import read_receipt
from ordercast.receipts.receipt import CountedEvent, MalformedReceipt
from tests.examples import PHONE
from tests.fakes.clock import START
from tests.receipts.provider_bodies import (
    NOTIFICATION,
    email_event,
    receipt,
    recorded,
    says,
    sms_line,
)


@pytest.mark.parametrize(
    ("name", "state", "why"),
    [
        ("ses_event_send", State.SENT, None),
        ("ses_event_delivery", State.DELIVERED, None),
        (
            "ses_event_delivery_delay",
            State.DELAYED,
            "DeliveryDelay/TransientCommunicationFailure",
        ),
        ("ses_event_complaint", State.COMPLAINED, "Complaint/abuse"),
        (
            "ses_event_complaint_suppressed",
            State.SUPPRESSED,
            "Complaint/OnAccountSuppressionList",
        ),
        ("ses_event_bounce", State.BOUNCED, "Bounce/Permanent/General"),
        (
            "ses_event_bounce_suppressed",
            State.SUPPRESSED,
            "Bounce/Permanent/OnAccountSuppressionList",
        ),
        ("ses_event_bounce_transient", State.SOFT_BOUNCED, "Bounce/Transient/MailboxFull"),
        ("ses_event_reject", State.FAILED, "Reject"),
        ("ses_event_rendering_failure", State.FAILED, "Rendering Failure"),
        ("sns_sms_log_success_doc", State.CARRIER_ACCEPTED, None),
        (
            "sns_sms_log_failure_doc",
            State.FAILED_FOR_NOW,
            "Unknown error attempting to reach phone",
        ),
        ("sns_sms_log_failure_optout", State.FAILED, "Phone number is opted out"),
        (
            "sns_sms_log_failure_sandbox",
            State.DEFERRED,
            "Sandboxed account unable to send to number.",
        ),
        ("sns_sms_log_failure_no_quota", State.DEFERRED, "No quota left for account"),
    ],
)
def test_a_provider_s_own_example_says_what_became_of_its_message(
    name: str, state: State, why: str | None
) -> None:
    assert (state, why) == says(recorded(name))
    assert receipt(recorded(name)).message_id in recorded(name)


@pytest.mark.parametrize("name", ["open", "click", "subscription"])
def test_what_a_reader_does_is_counted_and_is_no_receipt(name: str) -> None:
    read = read_receipt(recorded(f"ses_event_{name}"), received_at=START)

    assert CountedEvent(kind=name.title()) == read


def test_what_ses_says_when_it_is_connected_is_no_receipt_and_no_failure() -> None:
    """It comes once, at deployment, and would raise the alarm of the dead letters."""
    greeting = "Successfully validated SNS topic for Amazon SES event publishing."

    assert isinstance(read_receipt(greeting, received_at=START), CountedEvent)


def test_an_unknown_event_says_at_least_that_the_provider_has_the_message() -> None:
    read = receipt(email_event("Teleported"))

    assert ("Teleported", State.SENT) == (read.kind, meaning_of(read.kind, Channel.EMAIL).state)
    assert not meaning_of(read.kind, Channel.EMAIL).known


def test_our_tag_names_the_notification() -> None:
    assert NOTIFICATION == receipt(email_event("Delivery")).notification_id


@pytest.mark.parametrize("tag", ["", "x", None, 5, NOTIFICATION + "A", f"{NOTIFICATION[:-1]}\n"])
def test_a_tag_that_is_no_id_of_ours_is_not_followed(tag: object) -> None:
    """Anybody may tag a message with that name; our ledger is not asked for it."""
    assert receipt(email_event("Delivery", notification=tag)).notification_id is None


def test_a_new_kind_of_permanent_bounce_is_kept_by_its_name_and_is_a_bounce() -> None:
    bounce = email_event("Bounce", bounceType="Permanent", bounceSubType="MovedToMars")

    assert (State.BOUNCED, "Bounce/Permanent/MovedToMars") == says(bounce)


@pytest.mark.parametrize("kind", [None, 5, {"to": "ada@example.com"}, "for ada@example.com", ""])
def test_only_names_get_into_a_bounce_s_reason(kind: object) -> None:
    bounce = email_event("Bounce", bounceType=kind, bounceSubType=kind)

    assert (State.SOFT_BOUNCED, "Bounce") == says(bounce)


@pytest.mark.parametrize("answer", ["Delivered", "Message has been accepted by phone"])
def test_a_handset_s_word_is_a_delivery(answer: str) -> None:
    assert (State.DELIVERED, None) == says(sms_line(answer=answer))


@pytest.mark.parametrize("answer", ["Message has been accepted by phone carrier", "New", "", None])
def test_success_without_a_handset_s_word_is_the_carrier_s_alone(answer: str | None) -> None:
    assert (State.CARRIER_ACCEPTED, None) == says(sms_line(answer=answer))


@pytest.mark.parametrize("status", [None, "", "PENDING", 5, ["SUCCESS"], {}])
def test_a_text_message_s_state_is_not_guessed_from_an_unknown_status(status: object) -> None:
    """And its price is a price all the same."""
    line = sms_line(status=status, answer="Delivered", priceInUSD=0.00645)

    assert (State.SENT, None) == says(line)
    assert Decimal("0.00645") == receipt(line).price


def test_a_carrier_s_free_text_is_kept_where_it_can_hold_no_number() -> None:
    new = sms_line(status="FAILURE", answer="Phone is on the moon")
    unsafe = sms_line(status="FAILURE", answer=f"No such subscriber: {PHONE}")

    assert (State.FAILED_FOR_NOW, "Phone is on the moon") == says(new)
    assert (State.FAILED_FOR_NOW, "unknown") == says(unsafe)


@pytest.mark.parametrize(
    ("written", "price"),
    [
        ("0.00645", "0.00645"),
        ("0", "0"),
        ("0.0", "0"),
        ("1", "1"),
        ("1e-3", "0.001"),
        ("null", None),
        ("true", None),
        ('"0.1"', None),
        ("-0.1", None),
        ("NaN", None),
        ("Infinity", None),
        ("1e400000", None),
        ("99999", None),
        ("{}", None),
    ],
)
def test_nothing_is_a_price_and_nonsense_is_none(written: str, price: str | None) -> None:
    line = sms_line(answer="Delivered", priceInUSD="$").replace('"$"', written)

    assert (None if price is None else Decimal(price)) == receipt(line).price


def test_a_text_s_times_are_when_it_was_taken_and_when_it_arrived() -> None:
    line = sms_line(
        timestamp="2026-03-02 09:29:50.558", dwellTimeMs=599, dwellTimeMsUntilDeviceAck=1344
    )
    taken = datetime(2026, 3, 2, 9, 29, 50, 558000, tzinfo=UTC)

    assert (taken, taken + timedelta(milliseconds=1344)) == (
        receipt(line).sent_at,
        receipt(line).at,
    )


def test_an_event_s_times_are_its_own_and_its_mail_s() -> None:
    body = recorded("ses_event_bounce")
    read = receipt(body, received_at=datetime(2017, 8, 5, 1, tzinfo=UTC))

    assert datetime(2017, 8, 5, 0, 40, 2, 12000, tzinfo=UTC) == read.sent_at
    assert datetime(2017, 8, 5, 0, 41, 2, 669000, tzinfo=UTC) == read.at


@pytest.mark.parametrize(
    "written",
    [
        None,
        5,
        "",
        "soon",
        "9999-12-31",
        "1970-01-01 00:00:00",
        "2026-03-02T23:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_a_time_that_cannot_be_is_the_one_at_which_it_came(written: object) -> None:
    """A wrong clock would be believed for ever: of two times the earlier one is kept."""
    line = receipt(sms_line(timestamp=written, dwellTimeMs=1))

    assert (START, START) == (line.sent_at, line.at)


def test_where_a_text_went_is_kept_as_a_hash_alone() -> None:
    assert address_key(PHONE) == receipt(sms_line()).to
    # So AWS's own examples of a log line mask a number, and nobody's hash may come of it.
    assert receipt(sms_line(destination="+1XXX5550100")).to is None
    assert PHONE not in repr(receipt(sms_line(answer=PHONE)))


@pytest.mark.parametrize("body", ['{"notification":{"messageId":"m"},"status":"SUCCESS"}'])
def test_every_field_but_the_message_id_may_be_missing(body: str) -> None:
    assert "m" == receipt(body).message_id
    assert receipt('{"eventType":"Delivery","mail":{"messageId":"m"}}').notification_id is None


@pytest.mark.parametrize(
    ("body", "usage_error"),
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
def test_what_is_no_receipt_is_said_in_one_line(body: str, usage_error: str) -> None:
    with pytest.raises(MalformedReceipt) as refusal:
        read_receipt(body, received_at=START)

    assert usage_error == str(refusal.value)

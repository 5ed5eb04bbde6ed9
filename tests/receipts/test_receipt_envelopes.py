"""A receipt is read in the envelopes of SNS and EventBridge as without them."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.receipts.reading import read_receipt
from ordercast.receipts.receipt import CountedEvent, MalformedReceipt
from tests.fakes.clock import START
from tests.receipts.provider_bodies import email_event, receipt, recorded, says, sms_line


def sns(message: str) -> str:
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": "dc1e94d9-56c5-5e96-808d-cc7f68faa162",
            "TopicArn": "arn:aws:sns:eu-north-1:123456789012:receipts",
            "Message": message,
            "Timestamp": "2026-03-02T09:30:00.000Z",
        }
    )


def event_bridge(detail: str, source: str = "aws.ses") -> str:
    return json.dumps(
        {
            "id": "c3d4e5f6-a7b8-9012-cdef-123456789012",
            "detail-type": "Email Bounced",
            "source": source,
            "time": "2026-03-02T09:30:00Z",
            "detail": json.loads(detail),
        }
    )


BODIES = {
    "a bounce": email_event("Bounce", bounceType="Permanent", bounceSubType="General"),
    "a delivery": email_event("Delivery", timestamp="2026-03-02T09:29:59.000Z"),
    "a complaint": email_event("Complaint", complaintFeedbackType="abuse"),
    "a line of SNS's log": sms_line(answer="Delivered", priceInUSD=0.00645),
    "a text event": recorded("eum_event_text_delivered"),
}
ENVELOPES = {
    "SNS": sns,
    "EventBridge": event_bridge,
    "EventBridge in SNS": lambda body: sns(event_bridge(body)),
    "SNS in SNS": lambda body: sns(sns(body)),
    "a byte order mark": lambda body: f"\ufeff{body}",
    "a byte order mark, in and round SNS": lambda body: "\ufeff" + sns(f"\ufeff{body}"),
}


@pytest.mark.parametrize("envelope", ENVELOPES.values(), ids=ENVELOPES)
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_receipt_in_an_envelope_is_the_receipt(body: str, envelope) -> None:
    assert receipt(body) == receipt(envelope(body))


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("ses_eventbridge_bounce", State.BOUNCED),
        ("ses_eventbridge_complaint", State.COMPLAINED),
        ("ses_eventbridge_delivery", State.DELIVERED),
        ("ses_eventbridge_deliverydelay", State.DELAYED),
        ("eum_eventbridge_text_successful", State.CARRIER_ACCEPTED),
        ("eum_event_text_successful", State.CARRIER_ACCEPTED),
        ("eum_event_text_successful_not_final", State.CARRIER_ACCEPTED),
        ("eum_event_text_delivered", State.DELIVERED),
        ("eum_event_text_blocked", State.FAILED),
    ],
)
def test_a_provider_s_own_example_in_an_envelope_says_what_became_of_its_message(
    name: str, state: State
) -> None:
    assert state is says(recorded(name))[0]


def test_a_text_event_has_its_message_s_id_times_and_whole_price() -> None:
    body = recorded("eum_eventbridge_text_successful")
    read = receipt(body, received_at=datetime(2024, 10, 16, 18, tzinfo=UTC))

    assert (Channel.SMS, "9539975a-e71f-45f3-b496-8d98dc098a77") == (read.channel, read.message_id)
    assert Decimal("0.00883") == read.price
    assert datetime(2024, 10, 16, 17, 20, 24, 438000, tzinfo=UTC) == read.sent_at
    assert datetime(2024, 10, 16, 17, 20, 24, 788000, tzinfo=UTC) == read.at


@pytest.mark.parametrize("price", [None, "0.1", -1, float("inf"), True, {}])
@pytest.mark.parametrize("moment", [None, -1, 10**30, "soon", 0])
def test_a_text_event_with_an_impossible_price_or_time_has_none(
    price: object, moment: object
) -> None:
    event = {"eventType": "TEXT_DELIVERED", "messageId": "m-1", "eventTimestamp": moment}
    read = receipt(json.dumps(event | {"totalMessagePrice": price}))

    assert (None, START) == (read.price, read.at)


@pytest.mark.parametrize(
    ("name", "state", "why"),
    [
        ("QUEUED", State.SENT, None),
        ("PENDING", State.SENT, None),
        ("INVALID", State.FAILED, "Invalid phone number"),
        ("CARRIER_BLOCKED", State.FAILED, "Phone carrier has blocked this message"),
        ("SPAM", State.FAILED, "Blocked as spam by phone carrier"),
        ("TTL_EXPIRED", State.FAILED, "The delivery TTL has expired"),
        ("PROTECT_BLOCKED", State.FAILED, "Blocked by a protect configuration"),
        ("SOMETHING_NEW", State.SENT, None),
        ("2065550100", State.SENT, None),
    ],
)
def test_a_text_event_says_the_same_as_the_log(name: str, state: State, why: str | None) -> None:
    assert (state, why) == says(json.dumps({"eventType": f"TEXT_{name}", "messageId": "m-1"}))


SUBSCRIBED = json.dumps(
    {
        "notificationType": "AmazonSnsSubscriptionSucceeded",
        "message": "You have successfully subscribed your Amazon SNS topic to receive notifications",
    }
)
VALIDATED = "Successfully validated SNS topic for Amazon SES event publishing."


@pytest.mark.parametrize("greeting", [SUBSCRIBED, VALIDATED, sns(SUBSCRIBED), sns(VALIDATED)])
def test_a_greeting_of_ses_is_no_receipt_and_no_error(greeting: str) -> None:
    assert CountedEvent(kind="Greeting") == read_receipt(greeting, received_at=START)


def test_what_a_reader_does_is_counted_in_an_envelope_too() -> None:
    opened = sns(event_bridge(recorded("ses_event_open")))

    assert CountedEvent(kind="Open") == read_receipt(opened, received_at=START)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (sns("This is a test message."), "receipt: not JSON"),
        (sns("[]"), "receipt: not a JSON object"),
        (sns("{}"), "receipt: notification.messageId is missing"),
        (sns(sns(sns(sns(BODIES["a bounce"])))), "receipt: notification.messageId is missing"),
        ('{"TopicArn": "t", "Message": 5}', "receipt: not a JSON object"),
        ('{"detail-type": "t", "detail": []}', "receipt: not a JSON object"),
        ('{"eventType": "TEXT_DELIVERED"}', "receipt: event.messageId is missing"),
    ],
)
def test_an_envelope_round_something_else_is_refused_in_one_line(body: str, said: str) -> None:
    with pytest.raises(MalformedReceipt) as refusal:
        read_receipt(body, received_at=START)

    assert said == str(refusal.value)

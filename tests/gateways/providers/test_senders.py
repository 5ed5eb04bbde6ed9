"""The requests to both providers are right to the field: they cannot be taken back."""

from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.gateways.providers.ses_email import SesEmail
from ordercast.gateways.providers.sns_sms import SnsSms
from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import Outgoing
from ordercast.templates.rendering import words
from tests.examples import notification


def outgoing(channel: Channel, **changes: Any) -> Outgoing:
    one = notification(1, channel, **changes)
    return Outgoing(notification=one, words=words(one))


@pytest.fixture
def sns(aws):
    return boto3.client("sns")


@pytest.fixture
def ses(aws):
    return boto3.client("sesv2")


def email(ses, executor, **unsubscribe: Any) -> SesEmail:
    return SesEmail(
        **unsubscribe,
        wait=lambda _: None,
        client=ses,
        sender="orders@example.com",
        configuration_set="set",
        stage="dev",
        executor=executor,
    )


def test_a_text_is_transactional_and_goes_to_one_number(sns, executor) -> None:
    """Promotional is the provider's default, and promotional texts may be held back."""
    message = outgoing(Channel.SMS)
    with Stubber(sns) as stub:
        stub.add_response(
            "publish",
            {"MessageId": "m-1"},
            {
                "PhoneNumber": "+12065550100",
                "Message": message.words.text,
                "MessageAttributes": {
                    "AWS.SNS.SMS.SMSType": {
                        "DataType": "String",
                        "StringValue": "Transactional",
                    },
                },
            },
        )
        outcomes = SnsSms(wait=lambda _: None, client=sns, sender_id="", executor=executor).send(
            [message]
        )

    assert [(State.SENT, "m-1")] == [(o.state, o.message_id) for o in outcomes]


@pytest.mark.parametrize(
    ("reserved", "most"),
    [("0.01503", "0.01503"), ("0.00001", "0.00001"), ("1.00000", "1.00000")],
)
def test_a_text_may_cost_what_was_reserved_for_it_and_no_more(
    sns, executor, reserved: str, most: str
) -> None:
    message = outgoing(Channel.SMS)
    claimed = replace(message.notification, reserved=Decimal(reserved))
    requests: list[dict[str, Any]] = []
    sns.meta.events.register(
        "provide-client-params.sns.Publish", lambda params, **_: requests.append(params)
    )
    with Stubber(sns) as stub:
        stub.add_response("publish", {"MessageId": "m-1"})
        SnsSms(wait=lambda _: None, client=sns, sender_id="", executor=executor).send(
            [replace(message, notification=claimed)]
        )

    (request,) = requests
    assert {"DataType": "Number", "StringValue": most} == (
        request["MessageAttributes"]["AWS.SNS.SMS.MaxPrice"]
    )


@pytest.mark.parametrize(
    ("country", "ids"),
    [("US", (None, None)), ("IN", ("1101000000000000001", "1107000000000000001"))],
)
def test_a_text_to_india_names_its_entity_and_its_template_and_no_other_text_does(
    sns, executor, country: str, ids: tuple[str | None, str | None]
) -> None:
    message = outgoing(Channel.SMS)
    row = replace(message.notification, country=country)
    requests: list[dict[str, Any]] = []
    sns.meta.events.register(
        "provide-client-params.sns.Publish", lambda params, **_: requests.append(params)
    )
    with Stubber(sns) as stub:
        stub.add_response("publish", {"MessageId": "m-1"})
        SnsSms(
            wait=lambda _: None,
            client=sns,
            sender_id="",
            india_entity_id="1101000000000000001",
            india_template_ids={row.template: "1107000000000000001"},
            executor=executor,
        ).send([replace(message, notification=row)])

    attributes = requests[0]["MessageAttributes"]
    names = ("AWS.MM.SMS.EntityId", "AWS.MM.SMS.TemplateId")
    assert ids == tuple(attributes.get(name, {}).get("StringValue") for name in names)


@pytest.mark.parametrize("channel", list(Channel))
def test_a_bug_in_one_message_hides_nothing_of_its_neighbours(
    sns, ses, executor, channel: Channel
) -> None:
    """Raised, it would leave in doubt what has been sent beside it."""
    good = outgoing(channel)
    brewed = replace(good, words=None)
    client, operation = (sns, "publish") if channel is Channel.SMS else (ses, "send_email")
    with Stubber(client) as stub:
        stub.add_response(operation, {"MessageId": "m-1"})
        stub.add_response(operation, {})
        gateway = (
            SnsSms(wait=lambda _: None, client=sns, sender_id="", executor=executor)
            if channel is Channel.SMS
            else email(ses, executor)
        )
        outcomes = gateway.send([brewed, good, good])

    assert [
        (State.REQUESTED, "bug:AttributeError"),
        (State.SENT, None),
        (State.IN_DOUBT, "bug:KeyError"),
    ] == [(outcome.state, outcome.reason) for outcome in outcomes]


def test_an_email_has_one_recipient_and_carries_our_tag_into_its_receipts(ses, executor) -> None:
    message = outgoing(Channel.EMAIL)
    with Stubber(ses) as stub:
        stub.add_response(
            "send_email",
            {"MessageId": "e-1"},
            {
                "FromEmailAddress": "orders@example.com",
                "ReplyToAddresses": [],
                "Destination": {"ToAddresses": ["ada@example.com"]},
                "ConfigurationSetName": "set",
                "EmailTags": [
                    {"Name": "notification_id", "Value": message.notification.id},
                    {"Name": "template", "Value": "confirmed"},
                    {"Name": "class", "Value": "transactional"},
                    {"Name": "stage", "Value": "dev"},
                ],
                "Content": {
                    "Simple": {
                        "Subject": {"Data": message.words.subject, "Charset": "UTF-8"},
                        "Body": {
                            "Text": {"Data": message.words.text, "Charset": "UTF-8"},
                            "Html": {"Data": message.words.html, "Charset": "UTF-8"},
                        },
                    }
                },
            },
        )
        outcomes = email(ses, executor).send([message])

    assert [(State.SENT, "e-1")] == [(o.state, o.message_id) for o in outcomes]


def requests_of(client, operation: str) -> list[dict[str, Any]]:
    """Note each request to *operation* from now on."""
    requests: list[dict[str, Any]] = []
    event = f"provide-client-params.{client.meta.service_model.service_name}.{operation}"
    client.meta.events.register(event, lambda params, **_: requests.append(params))
    return requests


@pytest.mark.usefixtures("review")
def test_a_promotional_text_is_promotional_to_sns_too(sns, executor) -> None:
    requests = requests_of(sns, "Publish")
    message = outgoing(Channel.SMS, template="review")
    with Stubber(sns) as stub:
        stub.add_response("publish", {"MessageId": "m-1"})
        SnsSms(wait=lambda _: None, client=sns, sender_id="", executor=executor).send([message])

    assert "STOP" in requests[0]["Message"]
    assert {"DataType": "String", "StringValue": "Promotional"} == (
        requests[0]["MessageAttributes"]["AWS.SNS.SMS.SMSType"]
    )


URL = "https://shop.example.com/unsubscribe/{id}"
MAILBOX = "unsubscribe@example.com"


@pytest.mark.usefixtures("review")
@pytest.mark.parametrize(
    ("url", "mailbox", "ways", "one_click"),
    [
        (URL, MAILBOX, "<https://shop.example.com/unsubscribe/ID>, <mailto:MAIL>", True),
        (URL, "", "<https://shop.example.com/unsubscribe/ID>", True),
        ("", MAILBOX, "<mailto:MAIL>", False),
    ],
)
def test_a_promotional_e_mail_says_how_to_unsubscribe(
    ses, executor, url: str, mailbox: str, ways: str, *, one_click: bool
) -> None:
    """RFC 8058: mail programs show a button for it, which posts to the URL."""
    requests = requests_of(ses, "SendEmail")
    message = outgoing(Channel.EMAIL, template="review")
    identity = message.notification.id
    with Stubber(ses) as stub:
        stub.add_response("send_email", {"MessageId": "e-1"})
        email(ses, executor, unsubscribe_url=url, unsubscribe_mailbox=mailbox).send([message])

    (request,) = requests
    headers = {each["Name"]: each["Value"] for each in request["Content"]["Simple"]["Headers"]}
    mail = f"{MAILBOX}?subject=unsubscribe%20{identity}"
    assert ways.replace("MAIL", mail).replace("ID", identity) == headers.pop("List-Unsubscribe")
    post = {"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    assert (post if one_click else {}) == headers
    assert {"Name": "class", "Value": "promotional"} in request["EmailTags"]


@pytest.mark.usefixtures("review")
def test_no_promotional_e_mail_goes_out_without_a_way_to_unsubscribe(ses, executor) -> None:
    with Stubber(ses):
        (outcome,) = email(ses, executor).send([outgoing(Channel.EMAIL, template="review")])

    assert (State.REQUESTED, "bug:LookupError") == (outcome.state, outcome.reason)


def test_each_message_has_its_own_outcome_in_the_order_asked(ses, executor) -> None:
    """One refusal costs nobody else their message."""
    with Stubber(ses) as stub:
        stub.add_response("send_email", {"MessageId": "e-1"})
        stub.add_client_error("send_email", "MessageRejected")
        stub.add_client_error("send_email", "TooManyRequestsException")
        stub.add_client_error("send_email", "InternalFailure")
        outcomes = email(ses, executor).send([outgoing(Channel.EMAIL)] * 4)

    assert [State.SENT, State.FAILED, State.REQUESTED, State.IN_DOUBT] == [
        outcome.state for outcome in outcomes
    ]


@pytest.mark.parametrize("channel", list(Channel))
def test_a_message_to_nobody_is_never_a_call(sns, ses, executor, channel) -> None:
    message = outgoing(channel)
    nobody = replace(message, notification=replace(message.notification, recipient=None))
    with Stubber(sns), Stubber(ses):
        gateway = (
            SnsSms(wait=lambda _: None, client=sns, sender_id="", executor=executor)
            if channel is Channel.SMS
            else email(ses, executor)
        )
        outcomes = gateway.send([nobody])

    assert [State.FAILED] == [outcome.state for outcome in outcomes]

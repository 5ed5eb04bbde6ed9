"""What a shop's brand changes in the requests to both providers."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from ordercast.events.order_event import Channel
from ordercast.gateways.providers.errors import SENDER_NOT_VERIFIED
from ordercast.gateways.providers.ses_email import SesEmail
from ordercast.gateways.providers.sns_sms import SnsSms
from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import Outgoing
from ordercast.templates.brands import NO_BRAND, Brand
from ordercast.templates.words import Words
from tests.examples import notification

NORDIC = Brand(
    name="Nørdic, Ltd",
    folder="nordic",
    email_from="orders@nordic.example.com",
    reply_to="help@nordic.example.com",
    sender_ids={"SE": "NORDIC"},
)


class Client:
    """Keeps what is asked, and answers as both providers do."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.asked: dict[str, Any] = {}
        self.refusal = refusal

    def publish(self, **asked: Any) -> dict[str, str]:
        self.asked = asked
        if self.refusal:
            raise self.refusal
        return {"MessageId": "m-1"}

    send_email = publish


def outgoing(channel: Channel, **changes: Any) -> Outgoing:
    one = notification(1, channel, **changes)
    return Outgoing(notification=one, words=Words(text="text", subject="subject"))


def email(client, executor, *, own: bool = True, brand: Brand = NORDIC) -> SesEmail:
    return SesEmail(
        wait=lambda _: None,
        client=client,
        sender="orders@example.com",
        own_senders={"nordic": NORDIC.email_from} if own else {},
        brand_of=lambda _: brand,
        configuration_set="set",
        stage="dev",
        executor=executor,
    )


@pytest.mark.parametrize(
    ("own", "address"), [(True, "orders@nordic.example.com"), (False, "orders@example.com")]
)
def test_an_email_has_the_shops_name_and_where_the_stage_says_so_its_address(
    executor, *, own: bool, address: str
) -> None:
    """An address whose domain is not verified would be refused, so the stage names who may."""
    client = Client()
    email(client, executor, own=own).send([outgoing(Channel.EMAIL)])
    assert "=?utf-8?b?TsO4cmRpYywgTHRk?= <" + address + ">" == client.asked["FromEmailAddress"]
    assert ["help@nordic.example.com"] == client.asked["ReplyToAddresses"]


def test_without_a_brand_an_email_is_the_stages(executor) -> None:
    client = Client()
    email(client, executor, brand=NO_BRAND).send([outgoing(Channel.EMAIL)])
    assert "orders@example.com" == client.asked["FromEmailAddress"]
    assert [] == client.asked["ReplyToAddresses"]


def test_a_brands_address_that_is_not_verified_is_ours_to_mend(executor) -> None:
    """Taken for the recipient's, it would be called a sandbox."""
    said = "Email address is not verified. The following identities failed the check in region US-EAST-1: Nordic <orders@nordic.example.com>"
    error: Any = {"Error": {"Code": "MessageRejected", "Message": said}}
    client = Client(ClientError(error, "SendEmail"))
    (outcome,) = email(client, executor).send([outgoing(Channel.EMAIL)])
    assert (State.REQUESTED, SENDER_NOT_VERIFIED) == (outcome.state, outcome.reason)


@pytest.mark.parametrize(
    ("country", "shown"), [("SE", "NORDIC"), ("NO", "SHOPS"), ("US", "SHOPS"), (None, "SHOPS")]
)
def test_a_brands_sender_id_is_for_the_countries_that_it_names(
    executor, country: str | None, shown: str
) -> None:
    """Many countries drop texts of a sender id that is not registered there."""
    client = Client()
    SnsSms(
        wait=lambda _: None,
        client=client,  # type: ignore[arg-type]  # publish alone
        sender_id="SHOPS",
        brand_of=lambda _: NORDIC,
        executor=executor,
    ).send([outgoing(Channel.SMS, country=country)])
    assert shown == client.asked["MessageAttributes"]["AWS.SNS.SMS.SenderID"]["StringValue"]


@pytest.mark.parametrize(
    ("country", "attribute", "leaves_from"),
    [
        ("US", "AWS.MM.SMS.OriginationNumber", "+12065550100"),
        ("SE", "AWS.SNS.SMS.SenderID", "NORDIC"),
    ],
)
def test_a_text_leaves_from_the_routes_number_where_the_brand_has_no_sender_id(
    executor, country: str, attribute: str, leaves_from: str
) -> None:
    """SNS takes one of both."""
    client = Client()
    SnsSms(
        wait=lambda _: None,
        client=client,  # type: ignore[arg-type]  # publish alone
        sender_id="",
        number="+12065550100",
        brand_of=lambda _: NORDIC,
        executor=executor,
    ).send([outgoing(Channel.SMS, country=country)])
    named = client.asked["MessageAttributes"]
    assert leaves_from == named[attribute]["StringValue"]
    assert 1 == len(named.keys() & {"AWS.MM.SMS.OriginationNumber", "AWS.SNS.SMS.SenderID"})

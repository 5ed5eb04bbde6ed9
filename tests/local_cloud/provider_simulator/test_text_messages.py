"""What the carrier takes of text messages, what it refuses, and the delivery logs that become of them."""

import pytest

from local_cloud.inbox import read_inbox
from local_cloud.provider_simulator.refusal import Refused
from local_cloud.provider_simulator.text_message import TextMessage
from tests.local_cloud.provider_simulator.without_network import GROUP, an_sms, shape
from tests.recorded import recording


def test_a_text_message_is_kept_with_its_attributes(carrier):
    message_id = carrier.desk.take_text_message(an_sms(SMSType="Transactional", SenderID="MYSHOP"))

    (kept,) = read_inbox(carrier.folder)
    assert ("sms", message_id, "+12065550100") == (kept.channel, kept.message_id, kept.to)
    assert ("hello", "MYSHOP") == (kept.text, kept.sender)
    assert {"AWS.SNS.SMS.SMSType": "Transactional", "AWS.SNS.SMS.SenderID": "MYSHOP"} == (
        kept.attributes
    )


@pytest.mark.parametrize(
    "parameters",
    [
        an_sms(number="2065550100"),
        an_sms(number="+0123456789"),
        an_sms(number="+1234567890123456"),
        an_sms(text=""),
        an_sms(text="x" * 1601),
        an_sms(SMSType="Urgent"),
        an_sms(SenderID="12345"),
        an_sms(SenderID="ALongSenderId"),
        an_sms(MaxPrice="a lot"),
        an_sms(MaxPrice="NaN"),
    ],
)
def test_what_sns_would_refuse_is_refused_and_not_kept(carrier, parameters):
    with pytest.raises(Refused) as refused:
        carrier.desk.take_text_message(parameters)

    assert "InvalidParameter" == refused.value.code
    assert [] == read_inbox(carrier.folder)


def test_a_refusal_does_not_repeat_the_number(carrier):
    with pytest.raises(Refused) as refused:
        carrier.desk.take_text_message(an_sms(number="20655501"))

    assert "20655501" not in refused.value.message


@pytest.mark.parametrize(
    ("number", "group", "status", "response"),
    [
        ("+12065550100", GROUP, "SUCCESS", "Message has been accepted by phone"),
        ("+46701740605", GROUP, "SUCCESS", "Message has been accepted by phone"),
        ("+12065550196", GROUP, "SUCCESS", "Message has been accepted by phone carrier"),
        (
            "+12065550199",
            f"{GROUP}/Failure",
            "FAILURE",
            "Phone carrier is currently unreachable/unavailable",
        ),
        ("+12065550198", f"{GROUP}/Failure", "FAILURE", "Phone number is opted out"),
        ("+12065550197", f"{GROUP}/Failure", "FAILURE", "Phone carrier has blocked this message"),
    ],
)
def test_the_last_digits_decide_what_the_delivery_log_says(
    carrier, number, group, status, response
):
    message_id = carrier.desk.take_text_message(an_sms(number=number))
    carrier.after(1.9)
    assert [] == carrier.cloud.logged
    carrier.after(2)

    ((logged_in, (line,)),) = carrier.cloud.logged
    assert group == logged_in
    assert status == line["status"]
    assert response == line["delivery"]["providerResponse"]
    assert number == line["delivery"]["destination"]
    assert message_id == line["notification"]["messageId"]
    assert "2026-11-21 12:00:00.000" == line["notification"]["timestamp"]


@pytest.mark.parametrize(
    ("number", "name"),
    [("+12065550100", "sns_sms_log_success_doc"), ("+12065550199", "sns_sms_log_failure_doc")],
)
def test_delivery_logs_have_the_shape_of_those_from_aws(carrier, number, name):
    carrier.desk.take_text_message(an_sms(number=number))
    carrier.after(2)

    assert shape(recording(name)) == shape(carrier.cloud.logged[0][1][0])


def test_a_message_dearer_than_its_max_price_fails_and_costs_nothing(carrier):
    carrier.desk.take_text_message(an_sms(text="x" * 320, MaxPrice="0.01"))
    carrier.after(2)

    delivery = carrier.cloud.logged[0][1][0]["delivery"]
    assert "This delivery would exceed max price" == delivery["providerResponse"]
    assert 0 == delivery["priceInUSD"]
    assert 3 == delivery["numberOfMessageParts"]


def test_the_price_is_that_of_all_parts(carrier):
    carrier.desk.take_text_message(an_sms(text="x" * 161))
    carrier.after(2)

    assert 0.0129 == carrier.cloud.logged[0][1][0]["delivery"]["priceInUSD"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ł" * 70, 1),
        ("ł" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("é" * 160, 1),
        ("ç" * 71, 2),
    ],
)
def test_parts_are_counted_by_alphabet(text, parts):
    assert parts == TextMessage(number="+12065550100", text=text).parts

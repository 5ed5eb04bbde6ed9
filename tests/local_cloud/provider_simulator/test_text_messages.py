"""Simulated SNS: which text messages it accepts and refuses, and which delivery logs follow."""

import pytest

from local_cloud.inbox import read_inbox
from local_cloud.provider_simulator.errors import Refused
from local_cloud.provider_simulator.text_message import TextMessage
from tests.local_cloud.provider_simulator.offline import GROUP, an_sms, shape
from tests.recorded import recording


def test_a_text_message_is_kept_with_its_attributes(simulator):
    message_id = simulator.api.send_text_message(an_sms(SMSType="Transactional", SenderID="MYSHOP"))

    (kept,) = read_inbox(simulator.folder)
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
def test_a_text_that_sns_would_refuse_is_refused_and_not_kept(simulator, parameters):
    with pytest.raises(Refused) as refused:
        simulator.api.send_text_message(parameters)

    assert "InvalidParameter" == refused.value.code
    assert [] == read_inbox(simulator.folder)


def test_a_refusal_does_not_repeat_the_number(simulator):
    with pytest.raises(Refused) as refused:
        simulator.api.send_text_message(an_sms(number="20655501"))

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
    simulator, number, group, status, response
):
    message_id = simulator.api.send_text_message(an_sms(number=number))
    simulator.after(1.9)
    assert [] == simulator.cloud.logged
    simulator.after(2)

    ((logged_in, (line,)),) = simulator.cloud.logged
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
def test_delivery_logs_have_the_shape_of_those_from_aws(simulator, number, name):
    simulator.api.send_text_message(an_sms(number=number))
    simulator.after(2)

    assert shape(recording(name)) == shape(simulator.cloud.logged[0][1][0])


def test_a_message_dearer_than_its_max_price_fails_and_costs_nothing(simulator):
    simulator.api.send_text_message(an_sms(text="x" * 320, MaxPrice="0.01"))
    simulator.after(2)

    delivery = simulator.cloud.logged[0][1][0]["delivery"]
    assert "This delivery would exceed max price" == delivery["providerResponse"]
    assert 0 == delivery["priceInUSD"]
    assert 3 == delivery["numberOfMessageParts"]


def test_the_price_is_that_of_all_parts(simulator):
    simulator.api.send_text_message(an_sms(text="x" * 161))
    simulator.after(2)

    assert 0.0129 == simulator.cloud.logged[0][1][0]["delivery"]["priceInUSD"]


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

"""The carrier's receipts come when they are due, in few calls, and survive a cloud that does not answer."""

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.provider_simulator.receipts import EmailReceipt, SmsReceipt
from tests.local_cloud.provider_simulator.without_network import GROUP, NOON, an_email, an_sms, to


def test_receipts_survive_a_cloud_that_does_not_answer(carrier):
    carrier.desk.take_email(an_email())
    carrier.desk.take_text_message(an_sms())
    carrier.cloud.down = 5

    for second in range(2, 60):
        carrier.after(second)

    assert [("Send", None), ("Delivery", None)] == sorted(carrier.kinds(), reverse=True)
    assert 1 == len(carrier.cloud.logged)


def test_an_event_that_a_topic_did_not_take_is_published_again_alone(carrier):
    carrier.cloud.refuse = {"Delivery"}
    carrier.desk.take_email(an_email())
    carrier.after(2)
    assert [("Send", None)] == carrier.kinds()

    carrier.after(20)

    assert [("Send", None), ("Delivery", None)] == carrier.kinds()


def test_a_topic_that_is_gone_costs_no_other_receipt(carrier):
    def gone(*_: Any) -> list[str]:
        raise ClientError({"Error": {"Code": "NotFound"}}, "PublishBatch")

    carrier.cloud.publish = gone
    carrier.desk.take_email(an_email())
    carrier.desk.take_text_message(an_sms())
    carrier.after(2)
    carrier.after(60)

    assert 1 == len(carrier.cloud.logged)
    assert [("email_receipts_dropped", {"count": 2, "reason": "no_such_topic"})] == [
        note for note in carrier.notes if note[0] == "email_receipts_dropped"
    ]


def test_receipts_that_are_due_together_go_in_few_calls(carrier):
    for _ in range(12):
        carrier.desk.take_email(an_email())
        carrier.desk.take_text_message(an_sms())
    carrier.after(2)

    assert 24 == len(carrier.cloud.events)
    assert 3 == carrier.cloud.publishes
    assert [12] == [len(lines) for _, lines in carrier.cloud.logged]


def test_receipts_are_delivered_by_themselves_once_started(carrier):
    carrier.receipts.start()
    delivered = threading.Event()
    carrier.cloud.log = lambda *_, **__: delivered.set()

    carrier.receipts.add([(NOON, SmsReceipt(log_group=GROUP, line={}))])

    assert delivered.wait(timeout=5)


def test_nothing_the_carrier_notes_names_a_person(carrier):
    carrier.desk.take_email(an_email())
    carrier.desk.take_text_message(an_sms())
    carrier.after(4)

    told = repr(carrier.notes)
    assert "example.org" not in told
    assert "2065550100" not in told


def test_events_of_two_configuration_sets_are_kept_apart(carrier):
    event = {"eventType": "Send"}
    carrier.receipts.add(
        [
            (NOON, EmailReceipt(configuration_set="local", event=event)),
            (NOON, EmailReceipt(configuration_set="gone", event=event)),
        ]
    )
    carrier.after(0)

    assert [("Send", None)] == carrier.kinds()


@pytest.mark.parametrize(
    ("number", "answers"),
    [
        ("+12065550195", []),
        (
            "+12065550194",
            [
                "Phone is currently unreachable/unavailable",
                "Message has been accepted by phone",
            ],
        ),
        ("+12065550193", ["Message has been accepted by phone"] * 2),
        ("+12065550100", ["Message has been accepted by phone"]),
    ],
)
def test_a_carrier_may_be_silent_contradict_or_repeat_itself(carrier, number, answers):
    carrier.desk.take_text_message(an_sms(number))
    carrier.after(2)
    carrier.after(5)

    lines = [line for _, lines in carrier.cloud.logged for line in lines]
    said = [each["delivery"]["providerResponse"] for each in lines]
    assert sorted(answers) == sorted(said)


@pytest.mark.parametrize(
    ("local_part", "kinds"),
    [
        ("silent+1", [("Send", None)]),
        ("contradictory", [("Send", None), ("Bounce", "General"), ("Delivery", None)]),
        ("doubled", [("Send", None), ("Delivery", None)] * 2),
    ],
)
def test_ses_may_be_silent_contradict_or_repeat_itself(carrier, local_part, kinds):
    carrier.desk.take_email(an_email(**to(f"{local_part}@simulator.amazonses.com")))
    carrier.after(2)
    carrier.after(5)

    assert sorted(map(str, kinds)) == sorted(map(str, carrier.kinds()))


def test_late_receipts_take_ten_times_as_long(carrier):
    carrier.desk.take_email(an_email(**to("late@simulator.amazonses.com")))
    carrier.desk.take_text_message(an_sms("+12065550192"))
    carrier.after(19)
    assert [] == carrier.kinds()
    assert [] == carrier.cloud.logged

    carrier.after(20)
    assert 2 == len(carrier.kinds())
    assert 1 == len(carrier.cloud.logged)

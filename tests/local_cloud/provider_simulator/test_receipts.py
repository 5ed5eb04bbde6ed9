"""Simulated receipts come when they are due, in few calls, and survive an emulator that does not answer."""

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.provider_simulator.receipts import SimulatedReceipt
from tests.local_cloud.provider_simulator.offline import GROUP, NOON, an_email, an_sms, to


def test_receipts_survive_a_cloud_that_does_not_answer(simulator):
    simulator.api.send_email(an_email())
    simulator.api.send_text_message(an_sms())
    simulator.cloud.down = 5

    for second in range(2, 60):
        simulator.after(second)

    assert [("Send", None), ("Delivery", None)] == sorted(simulator.kinds(), reverse=True)
    assert 1 == len(simulator.cloud.logged)


def test_an_event_that_a_topic_did_not_take_is_published_again_alone(simulator):
    simulator.cloud.refuse = {"Delivery"}
    simulator.api.send_email(an_email())
    simulator.after(2)
    assert [("Send", None)] == simulator.kinds()

    simulator.after(20)

    assert [("Send", None), ("Delivery", None)] == simulator.kinds()


def test_a_topic_that_is_gone_costs_no_other_receipt(simulator):
    def gone(*_: Any, **__: Any) -> list[str]:
        raise ClientError({"Error": {"Code": "NotFound"}}, "PublishBatch")

    simulator.cloud.publish = gone
    simulator.api.send_email(an_email())
    simulator.api.send_text_message(an_sms())
    simulator.after(2)
    simulator.after(60)

    assert 1 == len(simulator.cloud.logged)
    assert [("events_dropped", {"count": 2, "reason": "no_such_topic"})] == [
        note for note in simulator.notes if note[0] == "events_dropped"
    ]


def test_receipts_that_are_due_together_go_in_few_calls(simulator):
    for _ in range(12):
        simulator.api.send_email(an_email())
        simulator.api.send_text_message(an_sms())
    simulator.after(2)

    assert 24 == len(simulator.cloud.events)
    assert 3 == simulator.cloud.publishes
    assert [12] == [len(lines) for _, lines in simulator.cloud.logged]


def test_receipts_are_delivered_by_themselves_once_started(simulator):
    threading.Thread(target=simulator.receipts.run, daemon=True).start()
    delivered = threading.Event()
    simulator.cloud.log = lambda *_, **__: delivered.set()

    simulator.receipts.add([(NOON, SimulatedReceipt(channel="sms", place=GROUP, document={}))])

    assert delivered.wait(timeout=5)


def test_no_log_line_names_a_person(simulator):
    simulator.api.send_email(an_email())
    simulator.api.send_text_message(an_sms())
    simulator.after(4)

    logged = repr(simulator.notes)
    assert "example.org" not in logged
    assert "2065550100" not in logged


def test_events_of_two_configuration_sets_are_kept_apart(simulator):
    event = {"eventType": "Send"}
    simulator.receipts.add(
        [
            (NOON, SimulatedReceipt(channel="email", place="local", document=event)),
            (NOON, SimulatedReceipt(channel="email", place="gone", document=event)),
        ]
    )
    simulator.after(0)

    assert [("Send", None)] == simulator.kinds()


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
def test_sns_may_be_silent_contradict_or_repeat_itself(simulator, number, answers):
    simulator.api.send_text_message(an_sms(number))
    simulator.after(2)
    simulator.after(5)

    lines = [line for _, lines in simulator.cloud.logged for line in lines]
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
def test_ses_may_be_silent_contradict_or_repeat_itself(simulator, local_part, kinds):
    simulator.api.send_email(an_email(**to(f"{local_part}@simulator.amazonses.com")))
    simulator.after(2)
    simulator.after(5)

    assert sorted(map(str, kinds)) == sorted(map(str, simulator.kinds()))


def test_late_receipts_take_ten_times_as_long(simulator):
    simulator.api.send_email(an_email(**to("late@simulator.amazonses.com")))
    simulator.api.send_text_message(an_sms("+12065550192"))
    simulator.after(19)
    assert [] == simulator.kinds()
    assert [] == simulator.cloud.logged

    simulator.after(20)
    assert 2 == len(simulator.kinds())
    assert 1 == len(simulator.cloud.logged)


def test_a_phone_that_is_off_at_first_is_reached_when_the_same_text_comes_again(simulator):
    for text in ("hello", "hello", "good-bye"):
        simulator.api.send_text_message(an_sms("+12065550191", text=text))
    simulator.after(2)

    lines = [line for _, lines in simulator.cloud.logged for line in lines]
    said = [each["delivery"]["providerResponse"] for each in lines]
    away, reached = (
        "Phone is currently unreachable/unavailable",
        "Message has been accepted by phone",
    )
    assert sorted([away, reached, away]) == sorted(said)

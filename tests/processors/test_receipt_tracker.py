"""The tracker's handler answers which receipts are to be redelivered."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.receipts.receipt_log import ReceiptLog
from processors.receipt_tracker import respond
from tests.examples import notification
from tests.fakes.clock import START
from tests.processors.lambda_events import failed, queue_event, request

RECORDED = Path(__file__).parents[1] / "recordings" / "aws"
SMS_SUCCESS = (RECORDED / "sns_sms_log_success_doc.json").read_text()
SMS_FAILURE = (RECORDED / "sns_sms_log_failure_doc.json").read_text()
ROW = notification(channel=Channel.SMS, state=State.SENT)


def message_id(line: str) -> str:
    return str(json.loads(line)["notification"]["messageId"])


@pytest.fixture
def answer(world, log):
    """What Lambda is answered for a batch of the receipts queue."""

    def answer(*bodies: str) -> list[str]:
        return failed(respond(queue_event(*bodies), world.tracker, log))

    return answer


@pytest.fixture
def record(world):
    """Record the message of a line, as its sender does."""

    def record(line: str) -> None:
        receipt_log = ReceiptLog(
            message_id=message_id(line),
            channel=Channel.SMS,
            notification_id=ROW.id,
            sent_at=START,
            expires_at=START + timedelta(days=30),
        )
        world.receipt_logs.join([receipt_log])

    return record


def test_a_carriers_word_reaches_the_ledger_by_its_message_id(world, answer, record) -> None:
    world.enter(ROW)
    record(SMS_FAILURE)

    assert [] == answer(SMS_FAILURE)
    assert State.FAILED_FOR_NOW is world.state(ROW.id)


def test_a_receipt_that_came_before_the_senders_row_is_kept_and_does_not_come_back(
    world, answer
) -> None:
    """Receipts that were faster than our own row were once dropped, hundreds in a month."""
    world.enter(replace(ROW, state=State.SENDING))

    assert [] == answer(SMS_SUCCESS)
    assert world.receipt_logs.kept[message_id(SMS_SUCCESS)].receipt_events


def test_what_is_no_receipt_goes_to_the_dead_letters_alone(world, answer, record) -> None:
    world.enter(ROW)
    record(SMS_FAILURE)

    assert ["m-1", "m-2", "m-3"] == answer("{not json", "[]", "{}", SMS_FAILURE)
    assert State.FAILED_FOR_NOW is world.state(ROW.id)


def test_an_event_that_says_nothing_of_the_state_is_counted_and_done(answer, logged) -> None:
    opened = json.dumps({"eventType": "Open", "mail": {"messageId": "e-1"}})

    assert [] == answer(opened, opened)
    [line] = logged()
    assert {"Open": 2} == line["counted"]


def test_an_unknown_event_is_counted_by_its_name(answer, logged) -> None:
    """And by none that could be somebody's address."""
    unsafe = SMS_FAILURE.replace("Unknown error attempting", "ada@example.com is not")
    teleported = json.dumps({"eventType": "Teleported", "mail": {"messageId": "e-1"}})

    assert [] == answer(teleported, unsafe)
    [line] = logged()
    assert {"Teleported": 1, "FAILURE/unknown": 1} == line["unknown"]


def test_a_table_that_fails_has_the_batch_redelivered(world, answer, record) -> None:
    record(SMS_SUCCESS)
    world.enter(ROW)
    world.ledger.unavailable.add("change")

    assert ["m-1"] == answer(SMS_SUCCESS)


def test_a_batch_writes_one_line_and_nothing_personal(answer, logged) -> None:
    answer(SMS_SUCCESS, request("x"))

    [line] = logged()
    assert ("batch_applied", 1, 1) == (line["message"], line["orphans"], line["malformed"])
    assert "555" not in json.dumps(line)


def test_a_failure_writes_one_line_and_nothing_personal(world, answer, log_lines, record) -> None:
    record(SMS_SUCCESS)
    world.ledger.unavailable.add("look_up")

    answer(SMS_SUCCESS, request("x"))

    assert [("batch_not_applied", {"reason": "look_up", "messages": 2})] == log_lines()

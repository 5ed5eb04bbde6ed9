"""The tracker's entry point: receipts from the queue in, the answer Lambda acts on out."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from notifications.lifecycle import State
from processors.receipt_tracker import Tracker, respond
from tests.examples import notification
from tests.processors.lambda_events import QUEUE, failed, queue_event, request

RECORDED = Path(__file__).parents[1] / "recordings" / "aws"
SMS_SUCCESS = (RECORDED / "sns_sms_log_success_doc.json").read_text()
SMS_FAILURE = (RECORDED / "sns_sms_log_failure_doc.json").read_text()


def message_id(line: str) -> str:
    return str(json.loads(line)["notification"]["messageId"])


@pytest.fixture
def answer(world, log, delays):
    """What Lambda is answered for a batch of the receipts queue."""

    def answer(*bodies: str, received: int = 1) -> list[str]:
        event = queue_event(*bodies, received=received)
        return failed(respond(event, Tracker(apply=world.tracker, delay=delays), log))

    return answer


def test_a_carriers_word_reaches_the_ledger_by_its_message_id(world, answer) -> None:
    row = notification(state=State.SENT)
    world.enter(row)
    world.message_ids.owners[message_id(SMS_FAILURE)] = row.id

    assert [] == answer(SMS_FAILURE)
    assert State.FAILED is world.state(row.id)


def test_a_receipt_that_came_before_the_senders_row_comes_back(world, answer) -> None:
    """Receipts that were faster than our own row were once dropped, hundreds in a month."""
    row = notification(state=State.SENDING)
    world.enter(row)

    assert ["m-1"] == answer(SMS_SUCCESS)

    world.message_ids.owners[message_id(SMS_SUCCESS)] = row.id
    assert [] == answer(SMS_SUCCESS)
    assert State.CARRIER_ACCEPTED is world.state(row.id)


def test_a_receipt_that_came_too_early_waits_a_little_longer_each_time(answer, delays) -> None:
    answer(SMS_SUCCESS)
    answer(SMS_SUCCESS, received=4)

    [(queue, first), (_, later)] = delays.told
    assert QUEUE == queue
    assert timedelta(seconds=2) <= first["h-1"] <= timedelta(seconds=5)
    assert timedelta(seconds=20) <= later["h-1"] <= timedelta(seconds=40)


def test_what_is_no_receipt_goes_to_the_dead_letters_alone(world, answer) -> None:
    row = notification(state=State.SENT)
    world.enter(row)
    world.message_ids.owners[message_id(SMS_FAILURE)] = row.id

    assert ["m-1", "m-2", "m-3"] == answer("{not json", "[]", "{}", SMS_FAILURE)
    assert State.FAILED is world.state(row.id)


def test_an_event_that_says_nothing_of_the_state_is_done(world, answer) -> None:
    opened = json.dumps({"eventType": "Open", "mail": {"messageId": "e-1"}})

    assert [] == answer(opened)


def test_a_table_in_trouble_brings_the_batch_again(world, answer) -> None:
    world.message_ids.owners[message_id(SMS_SUCCESS)] = notification().id
    world.ledger.unavailable.add("apply")

    assert ["m-1"] == answer(SMS_SUCCESS)


def test_a_batch_writes_one_line_and_nothing_personal(answer, logged) -> None:
    answer(SMS_SUCCESS, request("x"))

    [line] = logged()
    assert ("batch_applied", 1, 1) == (line["message"], line["unmatched"], line["malformed"])
    assert "555" not in json.dumps(line)


def test_trouble_writes_one_line_and_nothing_personal(world, answer, told) -> None:
    world.message_ids.owners[message_id(SMS_SUCCESS)] = notification().id
    world.ledger.unavailable.add("apply")

    answer(SMS_SUCCESS, request("x"))

    assert [("batch_not_applied", {"reason": "apply", "messages": 2})] == told()

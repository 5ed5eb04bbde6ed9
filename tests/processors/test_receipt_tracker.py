"""The tracker's entry point: receipts from the queue in, the answer Lambda acts on out."""

import json
from pathlib import Path

from notifications.lifecycle import State
from processors.receipt_tracker import respond
from tests.examples import notification
from tests.processors.lambda_events import failed, queue_event, request

RECORDED = Path(__file__).parents[1] / "recordings" / "aws"
SMS_SUCCESS = (RECORDED / "sns_sms_log_success_doc.json").read_text()
SMS_FAILURE = (RECORDED / "sns_sms_log_failure_doc.json").read_text()


def message_id(line: str) -> str:
    return str(json.loads(line)["notification"]["messageId"])


def test_a_carriers_word_reaches_the_ledger_by_its_message_id(world, log) -> None:
    row = notification(state=State.SENT)
    world.enter(row)
    world.message_ids.owners[message_id(SMS_FAILURE)] = row.id

    assert [] == failed(respond(queue_event(SMS_FAILURE), world.tracker, log))
    assert State.FAILED is world.state(row.id)


def test_a_receipt_that_came_before_the_senders_row_comes_back(world, log) -> None:
    """Receipts that were faster than our own row were once dropped, hundreds in a month."""
    row = notification(state=State.SENDING)
    world.enter(row)

    assert ["m-1"] == failed(respond(queue_event(SMS_SUCCESS), world.tracker, log))

    world.message_ids.owners[message_id(SMS_SUCCESS)] = row.id
    assert [] == failed(respond(queue_event(SMS_SUCCESS), world.tracker, log))
    assert State.CARRIER_ACCEPTED is world.state(row.id)


def test_what_is_no_receipt_goes_to_the_dead_letters_alone(world, log) -> None:
    row = notification(state=State.SENT)
    world.enter(row)
    world.message_ids.owners[message_id(SMS_FAILURE)] = row.id
    event = queue_event("{not json", "[]", "{}", SMS_FAILURE)

    assert ["m-1", "m-2", "m-3"] == failed(respond(event, world.tracker, log))
    assert State.FAILED is world.state(row.id)


def test_an_event_that_says_nothing_of_the_state_is_done(world, log) -> None:
    opened = json.dumps({"eventType": "Open", "mail": {"messageId": "e-1"}})

    assert [] == failed(respond(queue_event(opened), world.tracker, log))


def test_a_table_in_trouble_brings_the_batch_again(world, log) -> None:
    world.ledger.unavailable.add("apply")

    assert ["m-1"] == failed(respond(queue_event(SMS_SUCCESS), world.tracker, log))


def test_a_batch_writes_one_line_and_nothing_personal(world, log, logged) -> None:
    respond(queue_event(SMS_SUCCESS, request("x")), world.tracker, log)

    [line] = logged()
    assert ("batch_applied", 1, 1) == (line["message"], line["unmatched"], line["malformed"])
    assert "555" not in json.dumps(line)


def test_trouble_writes_one_line_and_nothing_personal(world, log, told) -> None:
    world.ledger.unavailable.add("apply")

    respond(queue_event(SMS_SUCCESS, request("x")), world.tracker, log)

    assert [("batch_not_applied", {"reason": "apply", "messages": 2})] == told()

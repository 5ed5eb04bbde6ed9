"""What each function may do on tables and queues: exactly what it does."""

import re

import pytest

from tests.pipeline.functions.statements import (
    actions_of,
    listed,
    statements_of_function,
    tables_of,
)
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

SENDING = {
    "Ledger": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},
    "Customers": {"BatchGetItem"},
    "Receipts": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},
}

MERGING_RECEIPTS = {
    "Ledger": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},  # inserted: a first hold
    "Customers": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},
    "Receipts": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},
}


@pytest.mark.parametrize(
    ("handler", "actions"),
    [
        (
            "processors.order_relay",
            {
                "Ledger": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},
                "Customers": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},
            },
        ),
        ("processors.sms_sender", SENDING),
        ("processors.email_sender", SENDING),
        (
            "processors.receipt_tracker",
            MERGING_RECEIPTS,
        ),
        (
            "processors.sweeper",
            {
                **MERGING_RECEIPTS,
                "Ledger": {*MERGING_RECEIPTS["Ledger"], "Query"},
                "Receipts": {*MERGING_RECEIPTS["Receipts"], "Query"},
                "Rollups": {"BatchGetItem"},
            },
        ),
        (
            "analytics.processor",
            {
                "Ledger": {
                    *("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"),
                    "BatchGetItem",  # budgets
                },
                "Rollups": {"BatchGetItem", "PutItem", "UpdateItem"},
            },
        ),
        (
            "analytics.verifier",
            {
                "Ledger": {"BatchGetItem", "PartiQLInsert", "PartiQLUpdate"},  # budgets
                "Rollups": {"BatchGetItem", "PutItem", "Query", "UpdateItem"},
                "Receipts": {"BatchGetItem", "Query"},
            },
        ),
        ("processors.sms_log_forwarder", {}),
    ],
)
def test_a_function_may_do_on_tables_exactly_what_it_does(
    synthesis: Synthesis, handler: str, actions: dict[str, set[str]]
) -> None:
    """The customers table is written by the relay, which counts, and by those that merge receipts."""
    allowed: dict[str, set[str]] = {}
    for statement in statements_of_function(synthesis, f"{handler}.handler"):
        actions_here = actions_of(statement, "dynamodb")
        for table in tables_of(statement) if actions_here else ():
            allowed[table] = allowed.get(table, set()) | actions_here
    assert actions == allowed


@pytest.mark.parametrize(
    ("handler", "queues"),
    [
        ("processors.sms_sender", 2),
        ("processors.email_sender", 2),
        ("processors.receipt_tracker", 1),
    ],
)
def test_a_function_delays_messages_of_its_own_queues_only(
    synthesis: Synthesis, handler: str, queues: int
) -> None:
    stack = f"Ordercast-{synthesis.stage}-Pipeline"
    read = {
        synthesis.resolve(stack, mapping["EventSourceArn"])
        for _, mapping, _ in synthesis.queue_mappings
        if f"{handler}.handler"
        == synthesis.target(stack, mapping["FunctionName"])["Properties"]["Handler"]
    }
    delaying = [
        statement
        for statement in statements_of_function(synthesis, f"{handler}.handler")
        if "ChangeMessageVisibility" in actions_of(statement, "sqs")
    ]
    assert read == {
        synthesis.resolve(stack, queue)
        for statement in delaying
        for queue in listed(statement["Resource"])
    }
    assert queues == len(read)
    for statement in delaying:
        assert {"ChangeMessageVisibility", "GetQueueUrl"} <= actions_of(statement, "sqs")


def test_the_sweeper_counts_what_waits_for_tracker_and_senders_and_reads_none_of_it(
    synthesis: Synthesis,
) -> None:
    on_queues = [
        (statement["Resource"], actions_of(statement, "sqs"))
        for statement in statements_of_function(synthesis, "processors.sweeper.handler")
        if actions_of(statement, "sqs")
    ]
    assert {"GetQueueAttributes"} == set.union(*(actions for _, actions in on_queues))
    queues = [str(queue) for named, _ in on_queues for queue in listed(named)]
    assert 2 == sum("Receipts" in queue for queue in queues)


def test_the_sweeper_queries_indexes_and_no_table(synthesis: Synthesis) -> None:
    """The due index of the ledger and of receipts; and what is in doubt."""
    resources = [
        str(resource)
        for statement in statements_of_function(synthesis, "processors.sweeper.handler")
        if "dynamodb:Query" in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    ]
    assert 3 == len(resources)
    assert all(re.search("/index/(due|failure)']]}$", each) for each in resources)

"""The deployed functions are allowed the calls that the crash explorer visits, and no others."""

from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.explorer.exploring import calls
from tests.explorer.faults.points import MANNERS
from tests.pipeline.functions.explored_actions import ACTIONS
from tests.pipeline.functions.statements import listed, statements_of_function
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

HANDLERS = {
    "order relay": "processors.order_relay.handler",
    "sms sender": "processors.sms_sender.handler",
    "email sender": "processors.email_sender.handler",
    "receipt tracker": "processors.receipt_tracker.handler",
    "sweeper": "processors.sweeper.handler",
    "analytics": "analytics.processor.handler",
}

EVENT_SOURCE = {
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibility",
    "sqs:GetQueueUrl",
    "sqs:GetQueueAttributes",
    "s3:ListBucket",
}
"""What Lambda itself does with a function's role: read its queue, and leave what it gave up."""

TABLE_STREAM = {
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
    "s3:ListBucket",
    "s3:PutObject",
}
"""The same for a function that reads a table's stream."""


def test_every_kind_of_call_has_its_actions_here() -> None:
    assert MANNERS.keys() == ACTIONS.keys()


@pytest.mark.parametrize("function", HANDLERS)
def test_a_function_is_allowed_what_its_explored_calls_ask_for_and_no_more(
    synthesis: Synthesis, function: str
) -> None:
    explored = _explored_actions()[function]
    allowed = set(_allowed(synthesis, HANDLERS[function]))
    assert explored <= allowed
    assert allowed - explored <= (TABLE_STREAM if function == "analytics" else EVENT_SOURCE)


def _explored_actions() -> dict[str, set[str]]:
    explored: dict[str, set[str]] = defaultdict(set)
    for call in calls():
        explored[call.function] |= ACTIONS[call.port, call.method]
    return explored


def _allowed(synthesis: Synthesis, handler: str) -> Iterator[str]:
    """Yield what a function may do with data: not with keys, logs, traces and streams."""
    for statement in statements_of_function(synthesis, handler):
        yield from (a for a in listed(statement["Action"]) if a.partition(":")[0] in _SERVICES)


_SERVICES = {"dynamodb", "sns", "ses", "s3", "sqs", "cloudwatch"}

"""The ledger's rows can be read as rollup inputs, against DynamoDB in memory."""

from datetime import timedelta

import pytest

from ordercast.events.order_event import Channel
from ordercast.gateways.ledger.items import write, write_latest_status
from ordercast.gateways.ledger.rollup_inputs import DynamoRollupInputs
from ordercast.notifications.status_rank import LatestStatus
from tests.examples import notification
from tests.fakes.clock import START
from tests.lines import line

HOUR = timedelta(hours=1)


@pytest.fixture
def lines(make_table) -> DynamoRollupInputs:
    table = make_table("ledger")
    rows = [notification(n, effective_at=START + n * HOUR) for n in range(5)]
    latest_status = write_latest_status(
        LatestStatus(order="o" * 22, channel=Channel.SMS, status_rank=1)
    )
    for item in (*map(write, rows), latest_status):
        table.client.put_item(TableName="ledger", Item=item)
    return DynamoRollupInputs(table=table)


def test_rows_are_read_by_id_and_what_is_none_is_not_asked_for(lines) -> None:
    """A bill that is no notification's is counted by its message's id."""
    statement_verbs = [line(1).id, line(99).id, "message#m-1"]

    assert {line(1).id} == lines.rollup_inputs(statement_verbs).keys()


def test_a_scan_finds_the_notifications_of_its_span_and_no_other_row(lines) -> None:
    found = list(lines.scan(START + HOUR, START + 3 * HOUR))

    assert {line(1).id, line(2).id} == {each.id for each in found}

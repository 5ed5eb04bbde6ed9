"""The rollups' transactions against DynamoDB in memory, and what follows when they are refused."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from ordercast.gateways.dynamodb.table import Table, Unacceptable
from ordercast.gateways.rollups.dynamo_rollups import DynamoRollups
from ordercast.gateways.rollups.listing import DynamoCountedList
from ordercast.rollups.counting import entries, transactions
from tests.lines import line
from tests.promises.counted_list import CountedListPromises
from tests.promises.rollups import ONE, TWO, RollupsPromises, count


@pytest.fixture
def table(make_table) -> Table:
    return make_table("rollups")


class TestDynamoRollups(RollupsPromises):
    @pytest.fixture
    def rollups(self, table: Table) -> DynamoRollups:
        return DynamoRollups(table=table)


class TestDynamoCountedList(CountedListPromises):
    @pytest.fixture
    def rollups(self, table: Table) -> DynamoRollups:
        return DynamoRollups(table=table)

    @pytest.fixture
    def counted_list(self, table: Table) -> DynamoCountedList:
        return DynamoCountedList(table=table)


def test_what_was_counted_ends_thirty_days_after_its_row(table) -> None:
    """Every redelivery is over by then; a bucket has no end."""
    count(DynamoRollups(table=table), ONE)

    items = table.client.scan(TableName="rollups")["Items"]
    assert {"counted", "bucket"} == {item["pk"]["S"].split("#")[0] for item in items}
    assert [str(ONE.keep_until + 30 * 86_400)] == [i["ttl"]["N"] for i in items if "ttl" in i]


def test_one_items_size_is_well_below_a_write_unit(table) -> None:
    count(DynamoRollups(table=table), ONE)

    (item,) = [
        item
        for item in table.client.scan(TableName="rollups")["Items"]
        if item["pk"]["S"].startswith("counted")
    ]
    assert sum(len(n) + len(next(iter(v.values()))) for n, v in item.items()) < 400


@pytest.fixture
def stub(aws) -> Iterator[Stubber]:
    with Stubber(boto3.client("dynamodb")) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def stubbed(stub, executor) -> DynamoRollups:
    return DynamoRollups(table=Table(client=stub.client, name="rollups", executor=executor))


def cancelled(stub: Stubber, *codes: str) -> None:
    stub.add_client_error(
        "transact_write_items",
        service_error_code="TransactionCanceledException",
        service_message="Ada, ada@example.com",
        modeled_fields={"CancellationReasons": [{"Code": code} for code in codes]},
    )


TWICE: Any = [*transactions(entries([ONE], {})), *transactions(entries([TWO], {}))]


@pytest.mark.parametrize(
    "code", ["ConditionalCheckFailed", "TransactionConflict", "ThrottlingError"]
)
def test_a_refused_transaction_sinks_no_neighbour(stub, stubbed, code: str) -> None:
    cancelled(stub, "None", code)
    stub.add_response("transact_write_items", {})

    assert [False, True] == stubbed.commit(TWICE, writer=0)


def test_a_transaction_that_is_our_bug_is_reported_by_its_code_alone(stub, stubbed) -> None:
    cancelled(stub, "None", "ValidationError")

    with pytest.raises(Unacceptable, match=r"^ValidationError$"):
        stubbed.commit(TWICE[:1], writer=0)


def test_a_table_out_of_reach_has_carried_nothing_out(stub, stubbed, monkeypatch) -> None:
    def unreachable(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example.com")

    monkeypatch.setattr(stub.client, "transact_write_items", unreachable)

    assert [False, False] == stubbed.commit(TWICE, writer=0)


def test_neighbours_add_to_items_of_their_own(stub, stubbed, monkeypatch) -> None:
    """Two transactions on one item at once would refuse each other."""
    requests: list[Any] = []
    monkeypatch.setattr(
        stub.client, "transact_write_items", lambda **request: requests.append(request)
    )

    stubbed.commit([transactions(entries([line(n)], {}))[0] for n in (1, 2, 3, 4, 5)], writer=2)

    keys = [request["TransactItems"][-1]["Update"]["Key"]["pk"]["S"] for request in requests]
    assert [f"bucket#2026-03-02#{writer}" for writer in (2, 3, 0, 1, 2)] == keys

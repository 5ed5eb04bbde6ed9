"""What remembering people makes of a bulk call that fails in part; `tests/promises` has the rest."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from gateways.dynamodb import Table, Unacceptable
from gateways.people import DynamoPeople
from notifications.errors import LedgerUnavailable
from tests.promises.people import ADA, NOBODY, paying

DONE: dict[str, Any] = {}
THERE = {"Error": {"Code": "DuplicateItem"}}
NOT_SO = {"Error": {"Code": "ConditionalCheckFailed"}}
THROTTLED = {"Error": {"Code": "ProvisionedThroughputExceeded"}}


@pytest.fixture
def stub(aws) -> Iterator[Stubber]:
    with Stubber(boto3.client("dynamodb")) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def people(stub, executor) -> DynamoPeople:
    return DynamoPeople(table=Table(client=stub.client, name="customers", executor=executor))


def written(stub: Stubber, *responses: dict[str, Any]) -> None:
    stub.add_response("batch_execute_statement", {"Responses": list(responses)})


def test_a_payment_in_trouble_is_told_and_not_taken_for_a_lost_race(stub, people) -> None:
    """Lost is looked at again at once; trouble gives the batch back."""
    written(stub, DONE, THROTTLED)

    with pytest.raises(LedgerUnavailable, match="ProvisionedThroughputExceeded"):
        people.pay([paying(NOBODY, "n-1"), paying(ADA, "n-2")])


def test_a_payment_that_is_our_bug_is_told_apart_from_trouble(stub, people) -> None:
    written(stub, {"Error": {"Code": "ValidationError", "Message": "ada@example.com"}})

    with pytest.raises(Unacceptable, match=r"^ValidationError$"):
        people.pay([paying(ADA, "n-1")])


def test_a_stranger_with_an_empty_record_pays_in_turn(stub, people) -> None:
    """Otherwise they would lose to their own record for ever."""
    written(stub, THERE)
    written(stub, DONE)

    assert {"nobody"} == people.pay([paying(NOBODY, "n-1")])


def test_who_pays_again_is_one_statement_won_or_lost(stub, people) -> None:
    written(stub, NOT_SO, DONE)
    other = replace(NOBODY, key="other")

    assert {"other"} == people.pay([paying(ADA, "n-1", turn=2), paying(other, "n-2", turn=3)])


def test_a_record_that_was_removed_while_it_was_put_is_put_all_the_same(stub, people) -> None:
    written(stub, THERE)
    written(stub, NOT_SO)
    written(stub, DONE)

    people.put([ADA])


def test_a_record_in_trouble_is_not_taken_for_imported(stub, people) -> None:
    written(stub, DONE, THROTTLED)

    with pytest.raises(LedgerUnavailable):
        people.put([ADA, NOBODY])

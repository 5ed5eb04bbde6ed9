"""Bulk writes of people that fail in part are completed or reported; `tests/promises` has the rest."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel
from ordercast.gateways.dynamodb.codec import number
from ordercast.gateways.dynamodb.table import ROUNDS, Table, Unacceptable
from ordercast.gateways.people import items as people_item
from ordercast.gateways.people.dynamo_people import DynamoPeople
from ordercast.people.hourly_cap import WINDOW
from ordercast.people.person import Person, forgotten
from tests.fakes.clock import START
from tests.gateways.dynamodb.statements import noted
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


def test_a_reservation_that_fails_is_reported_and_not_taken_for_a_lost_race(stub, people) -> None:
    """Lost is looked at again at once; trouble gives the batch back."""
    written(stub, DONE, THROTTLED)

    with pytest.raises(LedgerUnavailable, match="ProvisionedThroughputExceeded"):
        people.reserve([paying(NOBODY, "n-1"), paying(ADA, "n-2")])


def test_a_reservation_that_is_our_bug_is_not_taken_for_an_outage(stub, people) -> None:
    written(stub, {"Error": {"Code": "ValidationError", "Message": "ada@example.com"}})

    with pytest.raises(Unacceptable, match=r"^ValidationError$"):
        people.reserve([paying(ADA, "n-1")])


def test_an_empty_record_takes_a_reservation(stub, people) -> None:
    """Otherwise they would lose to their own record for ever."""
    written(stub, THERE)
    written(stub, DONE)

    assert {"nobody"} == people.reserve([paying(NOBODY, "n-1")])


def test_a_further_reservation_is_one_statement_won_or_lost(stub, people) -> None:
    written(stub, NOT_SO, DONE)
    other = replace(NOBODY, key="other")

    assert {"other"} == people.reserve(
        [paying(ADA, "n-1", version=2), paying(other, "n-2", version=3)]
    )


def test_a_reservation_is_conditional_and_expires_where_nothing_else_is_on_record(
    stub, people
) -> None:
    """Else two relays pay each for the last message of an hour, or a refusal is forgotten."""
    sent = noted(stub.client)
    written(stub, DONE, DONE)

    people.reserve([paying(ADA, "n-1", version=2), paying(NOBODY, "n-2", version=3)])

    on_record, stranger = (each.conditions() for each in sent)
    assert {'"reservations_version"=?': [number(1)]} == on_record
    assert {
        '"reservations_version"=?': [number(2)],
        '"customer_id" IS MISSING': [],
        '"refusals" IS MISSING': [],
        '"promotions" IS MISSING': [],
        '"channels" IS MISSING': [],
        '"suppressions_version" IS MISSING': [],
    } == stranger


def read(stub: Stubber, *people: Person) -> None:
    items = [
        people_item.key(p.key)
        | people_item.record(p)
        | {"reservations_version": number(p.reservations_version)}
        for p in people
    ]
    stub.add_response("batch_get_item", {"Responses": {"customers": items}})


def test_a_suppression_that_is_written_during_an_import_is_kept(stub, people) -> None:
    """A bounce may come between the look and the write."""
    bounced = replace(ADA, refusals={**ADA.refusals, Channel.EMAIL: "hard-bounce"})
    seen: list[Person] = []
    read(stub, ADA)
    written(stub, NOT_SO)
    read(stub, bounced)
    written(stub, DONE)

    def remember(person: Person) -> Person:
        seen.append(person)
        return person

    people.change({"ada"}, remember)
    assert [ADA.refusals, bounced.refusals] == [each.refusals for each in seen]


def test_a_record_is_written_only_over_the_refusals_that_were_seen(stub, people) -> None:
    """Else `customers import` opts in again who opted out a moment ago."""
    sent = noted(stub.client)
    bob = Person(key="bob", customer_id="c-2")
    read(stub, ADA, bob)
    written(stub, DONE, DONE)

    people.change({"ada", "bob"}, lambda person: replace(person, locale="fi"))

    record = people_item.record(ADA)
    refusing, not_refusing = (each.conditions() for each in sent)
    assert {
        '"refusals"=?': [record["refusals"]],
        '"promotions"=?': [record["promotions"]],
    } == refusing
    assert {'"refusals" IS MISSING': [], '"promotions" IS MISSING': []} == not_refusing


def test_a_record_that_never_holds_still_fails_the_write(stub, people) -> None:
    for _ in range(ROUNDS):
        read(stub, ADA)
        written(stub, NOT_SO)

    with pytest.raises(LedgerUnavailable):
        people.change({"ada"}, lambda person: person)


def test_a_record_that_was_removed_while_it_was_put_is_put_all_the_same(stub, people) -> None:
    read(stub, ADA)
    written(stub, NOT_SO)
    read(stub)
    written(stub, DONE)

    people.put([ADA])

    stub.assert_no_pending_responses()  # it was read and written again


def test_a_record_that_fails_is_not_taken_for_imported(stub, people) -> None:
    read(stub)
    written(stub, DONE, THROTTLED)

    with pytest.raises(LedgerUnavailable):
        people.put([ADA, NOBODY])


def test_a_record_of_reservations_only_expires_a_week_after_the_last_one() -> None:
    """Longer than anything asks for it: the cap looks back for an hour."""
    twice = replace(paying(NOBODY, "n-1"), reservations={"n-1": START, "n-2": START + 2 * WINDOW})
    ttl = people_item.reservations(twice)["ttl"]

    assert number(int((START + 2 * WINDOW + timedelta(days=7)).timestamp())) == ttl
    assert people_item.KEPT > WINDOW


def test_who_is_forgotten_and_refused_nothing_expires_unless_something_was_reported_meanwhile(
    stub, people
) -> None:
    """An emptied item would stay for ever, and a suppression must."""
    sent = noted(stub.client)
    known = Person(key="ada", customer_id="c-1", email="ada@example.com")
    read(stub, known)
    written(stub, DONE)
    people.change({"ada"}, lambda person: forgotten(person, at=START))

    (statement,) = sent
    assert 'SET "ttl"=?' in " ".join(statement.changes)
    assert '"suppressions_version" IS MISSING' in statement.conditions()
    ttl = people_item.expiry(forgotten(known, at=START))["ttl"]
    assert number(int((START + timedelta(days=7)).timestamp())) == ttl
    refused = replace(known, refusals={Channel.SMS: "opted-out"})
    assert {} == people_item.expiry(forgotten(refused, at=START))


@pytest.mark.parametrize(
    "someone",
    [ADA, Person(key="address", refusals={Channel.EMAIL: "complained"})],
    ids=["a customer", "an address that refused"],
)
def test_a_customer_and_a_refusal_are_never_forgotten(someone: Person) -> None:
    assert "ttl" not in people_item.reservations(paying(someone, "n-1"))


@pytest.mark.parametrize(("written", "read"), [("UK", "GB"), ("SE", "SE"), ("Atlantis", None)])
def test_a_country_that_a_shop_wrote_itself_is_read_as_an_import_would(
    written: str, read: str | None
) -> None:
    """Else numbers of that customer would be nobody's."""
    item: Any = {"person": {"S": "p"}, "country": {"S": written}}

    assert read == people_item.read(item).country

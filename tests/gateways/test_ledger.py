"""What the ledger makes of a bulk call that fails in part; `tests/promises` has the rest."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from gateways import ledger_item
from gateways.dynamodb import ROUNDS, Item, Table, Unacceptable
from gateways.ledger import DynamoLedger
from notifications.claim import Answer, Asked
from notifications.errors import LedgerUnavailable
from notifications.knowledge import Wanted
from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.outcome import Settlement, accepted, refused
from tests.examples import notification
from tests.fakes.clock import START
from tests.promises.ledger_marks import head, mark
from tests.promises.ledger_steps import LATER, ONE, THREE, TWO, spoken

DONE: dict[str, Any] = {}
THROTTLED = {"Error": {"Code": "ThrottlingError"}}
THERE = {"Error": {"Code": "DuplicateItem"}}
NOT_SO = {"Error": {"Code": "ConditionalCheckFailed"}}


@pytest.fixture
def stub(aws) -> Iterator[Stubber]:
    with Stubber(boto3.client("dynamodb")) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def ledger(stub, executor) -> DynamoLedger:
    return DynamoLedger(table=Table(client=stub.client, name="ledger", executor=executor))


def written(stub: Stubber, *responses: dict[str, Any]) -> None:
    stub.add_response("batch_execute_statement", {"Responses": list(responses)})


@pytest.fixture
def asked(stub) -> list[list[str]]:
    """The verbs of each bulk write, as they are sent."""
    calls: list[list[str]] = []

    def note(params: dict[str, Any], **_: object) -> None:
        calls.append([each["Statement"].split()[0] for each in params["Statements"]])

    event = "provide-client-params.dynamodb.BatchExecuteStatement"
    stub.client.meta.events.register(event, note)
    return calls


def read(stub: Stubber, *items: Item) -> None:
    stub.add_response("batch_get_item", {"Responses": {"ledger": list(items)}})


def sending(one: Notification, owner: str = "me") -> Item:
    """Return the item of a notification that *owner* has claimed."""
    claimed = replace(one, state=State.SENDING, owner=owner, lease_until=LATER, attempts=1)
    return ledger_item.write(claimed)


def claim(ledger: DynamoLedger, *rows: Notification) -> dict[str, Answer]:
    asked = [Asked(id=each.id) for each in rows]
    claims = ledger.claim(asked, owner="me", lease_until=LATER, now=START)
    return {one: claim.answer for one, claim in claims.items()}


# Claims


def test_a_claim_in_trouble_takes_no_other_with_it(stub, ledger) -> None:
    """What is claimed must be sent: raising would leave all of it in doubt."""
    written(stub, {"Item": sending(ONE)}, THROTTLED)
    read(stub, ledger_item.write(TWO))

    assert {ONE.id: Answer.MINE} == claim(ledger, ONE, TWO)


def test_a_claim_in_trouble_that_was_made_all_the_same_is_found_out(stub, ledger) -> None:
    stub.add_client_error("batch_execute_statement", "InternalServerError")
    read(stub, sending(ONE), sending(TWO, owner="other"), ledger_item.write(THREE))

    assert {ONE.id: Answer.MINE, TWO.id: Answer.BUSY} == claim(ledger, ONE, TWO, THREE)


def test_claims_stand_although_the_others_can_not_be_read(stub, ledger) -> None:
    written(stub, {"Item": sending(ONE)}, NOT_SO)
    stub.add_client_error("batch_get_item", "ThrottlingException")

    assert {ONE.id: Answer.MINE} == claim(ledger, ONE, TWO)


def test_a_refusal_that_says_what_is_there_needs_no_second_look(stub, ledger) -> None:
    written(stub, {"Error": NOT_SO["Error"] | {"Item": sending(ONE, owner="other")}})

    assert {ONE.id: Answer.BUSY} == claim(ledger, ONE)


def test_one_that_was_given_back_meanwhile_is_asked_for_another_time(stub, ledger) -> None:
    """Not answered as done with: nobody has it, and its message must not be deleted."""
    written(stub, NOT_SO)
    read(stub, ledger_item.write(ONE))

    assert {} == claim(ledger, ONE)


def test_a_wave_of_which_nothing_was_claimed_is_brought_again(stub, ledger) -> None:
    written(stub, THROTTLED, THROTTLED)
    read(stub, ledger_item.write(ONE))

    with pytest.raises(LedgerUnavailable, match="ThrottlingError"):
        claim(ledger, ONE, TWO)


def test_a_wave_of_which_nothing_is_known_is_brought_again(stub, ledger) -> None:
    written(stub, THROTTLED)
    stub.add_client_error("batch_get_item", "ThrottlingException")

    with pytest.raises(LedgerUnavailable):
        claim(ledger, ONE)


# Settlements


def settle(ledger: DynamoLedger, *rows: Notification) -> None:
    ledger.settle(
        [Settlement(notification=n, owner="me", outcome=accepted(n.id), at=LATER) for n in rows]
    )


def test_a_settlement_in_trouble_is_tried_again_by_itself(stub, ledger, asked) -> None:
    written(stub, DONE, THROTTLED)
    written(stub, DONE)

    settle(ledger, ONE, TWO)

    assert [["UPDATE", "UPDATE"], ["UPDATE"]] == asked


def test_what_can_not_be_settled_is_said_after_the_others_are(stub, ledger) -> None:
    written(stub, THROTTLED, DONE)
    for _ in range(ROUNDS - 1):
        written(stub, THROTTLED)

    with pytest.raises(LedgerUnavailable, match="ThrottlingError"):
        settle(ledger, ONE, TWO)


def test_a_receipt_that_was_faster_is_completed_in_spite_of_another_s_trouble(stub, ledger) -> None:
    written(stub, NOT_SO, THROTTLED)
    for _ in range(ROUNDS - 1):
        written(stub, THROTTLED)
    read(stub, ledger_item.write(spoken(replace(ONE, owner="me"), State.DELIVERED)))
    written(stub, DONE)

    with pytest.raises(LedgerUnavailable):
        settle(ledger, ONE, TWO)


def test_a_row_that_changes_while_its_claim_is_ended_is_read_again(stub, ledger, asked) -> None:
    there = ledger_item.write(spoken(replace(ONE, owner="me"), State.DELIVERED))
    written(stub, NOT_SO)
    for answer in (NOT_SO, DONE):
        read(stub, there)
        written(stub, answer)

    settle(ledger, ONE)

    assert [["UPDATE"]] * 3 == asked


def test_a_failure_that_a_receipt_overtook_needs_no_completing(stub, ledger, asked) -> None:
    written(stub, NOT_SO)
    read(stub, ledger_item.write(spoken(replace(ONE, owner="me"), State.DELIVERED)))

    ledger.settle([Settlement(notification=ONE, owner="me", outcome=refused("no"), at=LATER)])

    assert [["UPDATE"]] == asked


# The others are brought again as a whole


OTHERS: list[Callable[[DynamoLedger], object]] = [
    lambda ledger: ledger.mark([mark(1), mark(2)]),
    lambda ledger: ledger.accept([ONE], [head("confirmed")]),
    lambda ledger: ledger.change([(n, replace(n, due_at=LATER)) for n in (ONE, TWO)]),
]


@pytest.mark.parametrize("others", OTHERS, ids=["mark", "accept", "change"])
def test_trouble_with_one_statement_is_told_by_its_code(stub, ledger, others) -> None:
    written(stub, DONE, {"Error": {"Code": "TransactionConflict"}})

    with pytest.raises(LedgerUnavailable, match="TransactionConflict"):
        others(ledger)


@pytest.mark.parametrize("others", OTHERS, ids=["mark", "accept", "change"])
def test_a_statement_that_is_our_bug_is_told_apart_from_trouble(stub, ledger, others) -> None:
    written(stub, THROTTLED, {"Error": {"Code": "ValidationError"}})

    with pytest.raises(Unacceptable):
        others(ledger)


def test_a_mark_that_is_there_and_can_not_be_read_is_not_ours(stub, ledger) -> None:
    """Going on with our own verdict would be a second decision about one event."""
    written(stub, THERE)
    read(stub)

    with pytest.raises(LedgerUnavailable):
        ledger.mark([mark()])


# Heads: what is likelier is tried first, for a refusal costs a write unit too


def test_a_head_that_is_higher_already_is_left_alone_at_once(stub, ledger, asked) -> None:
    higher = ledger_item.write_head(head("delivered"))
    written(stub, {"Error": NOT_SO["Error"] | {"Item": higher}})

    ledger.accept([], [head("shipped")])

    assert [["UPDATE"]] == asked


def test_a_head_that_is_not_there_is_inserted(stub, ledger, asked) -> None:
    written(stub, NOT_SO)
    written(stub, DONE)

    ledger.accept([], [head("shipped")])

    assert [["UPDATE"], ["INSERT"]] == asked


def test_a_head_that_somebody_inserted_in_between_is_raised(stub, ledger, asked) -> None:
    """Losing the raise would let older news through."""
    written(stub, NOT_SO)
    written(stub, THERE)
    written(stub, DONE)

    ledger.accept([], [head("shipped")])

    assert [["UPDATE"], ["INSERT"], ["UPDATE"]] == asked


def test_a_first_head_that_is_there_already_is_raised(stub, ledger, asked) -> None:
    written(stub, THERE)
    written(stub, DONE)

    ledger.accept([], [head("confirmed")])

    assert [["INSERT"], ["UPDATE"]] == asked


# Reading


def test_people_are_never_unknown_for_want_of_a_table(ledger) -> None:
    """A stranger has refused nothing: that must not be how a missing setting looks."""
    with pytest.raises(LookupError):
        ledger.look_up(Wanted(people=frozenset({"ada"})))


def test_stops_that_change_faster_than_they_are_written_are_trouble(stub, ledger) -> None:
    for _ in range(ROUNDS):
        read(stub)
        written(stub, THERE)

    with pytest.raises(LedgerUnavailable):
        ledger.stop(["channel:sms"])


def test_stops_that_somebody_else_changed_are_read_again_and_none_is_lost(stub, ledger) -> None:
    read(stub)
    written(stub, THERE)
    read(stub, ledger_item.write_stops({"country:SE"}, version=1))
    stub.add_response(
        "batch_execute_statement",
        {"Responses": [DONE]},
        {
            "Statements": [
                {
                    "Statement": 'UPDATE "ledger" SET "stopped"=? SET "version"="version"+1'
                    ' WHERE "pk"=? AND "sk"=? AND "version" IN [?]',
                    "Parameters": [
                        {"L": [{"S": "channel:sms"}, {"S": "country:SE"}]},
                        {"S": "stops"},
                        {"S": "stops"},
                        {"N": "1"},
                    ],
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            ]
        },
    )

    ledger.stop(["channel:sms"])

    stub.assert_no_pending_responses()  # both names were written, on the second reading


def test_many_keys_take_few_calls(stub, ledger) -> None:
    """As densely as the API allows, whatever they are keys of."""
    rows = [ledger_item.write(notification(n)) for n in range(50)]
    marks = [ledger_item.write_mark(mark(n)) for n in range(150)]
    read(stub, *marks[:100])
    read(stub, *marks[100:], *rows)
    found = ledger.look_up(
        Wanted(
            marks=frozenset((f"order-{n}", f"event-{n}") for n in range(150)),
            notifications=frozenset(notification(n).id for n in range(50)),
        )
    )

    assert (150, 50) == (len(found.marks), len(found.notifications))

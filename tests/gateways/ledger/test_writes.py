"""Other bulk writes of the ledger that fail in part are completed or reported; `tests/promises` has the rest."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.gateways.dynamodb.table import ROUNDS, Unacceptable
from ordercast.gateways.ledger import items as ledger_item
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.pacing.opening import HoldRecord
from tests.gateways.ledger.answers import DONE, NOT_SO, THERE, THROTTLED, read, written
from tests.promises.ledger.decisions import latest_status, numbered_decision
from tests.promises.ledger.holds import SWEDEN, TEXTS
from tests.promises.ledger.steps import LATER, ONE, TWO

# Decisions, rows and changes are brought again as a whole


OTHERS: list[Callable[[DynamoLedger], object]] = [
    lambda ledger: ledger.record_decisions([numbered_decision(1), numbered_decision(2)]),
    lambda ledger: ledger.accept([ONE], [latest_status("confirmed")]),
    lambda ledger: ledger.change([(n, replace(n, due_at=LATER)) for n in (ONE, TWO)]),
]


@pytest.mark.parametrize("others", OTHERS, ids=["record_decisions", "accept", "change"])
def test_a_failure_of_one_statement_is_reported_by_its_code(stub, ledger, others) -> None:
    written(stub, DONE, {"Error": {"Code": "TransactionConflict"}})

    with pytest.raises(LedgerUnavailable, match="TransactionConflict"):
        others(ledger)


@pytest.mark.parametrize("others", OTHERS, ids=["record_decisions", "accept", "change"])
def test_a_statement_that_is_our_bug_is_not_taken_for_an_outage(stub, ledger, others) -> None:
    written(stub, THROTTLED, {"Error": {"Code": "ValidationError"}})

    with pytest.raises(Unacceptable):
        others(ledger)


def test_a_decision_that_is_there_and_can_not_be_read_is_not_ours(stub, ledger) -> None:
    """Going on with our own verdict would be a second decision about one event."""
    written(stub, THERE)
    read(stub)

    with pytest.raises(LedgerUnavailable):
        ledger.record_decisions([numbered_decision()])


# Heads: what is likelier is tried first, for a refusal costs a write unit too


def test_a_latest_status_that_is_higher_already_is_left_alone_at_once(
    stub, ledger, statement_verbs
) -> None:
    higher = ledger_item.write_latest_status(latest_status("delivered"))
    written(stub, {"Error": NOT_SO["Error"] | {"Item": higher}})

    ledger.accept([], [latest_status("shipped")])

    assert [["UPDATE"]] == statement_verbs


def test_a_latest_status_that_is_not_there_is_inserted(stub, ledger, statement_verbs) -> None:
    written(stub, NOT_SO)
    written(stub, DONE)

    ledger.accept([], [latest_status("shipped")])

    assert [["UPDATE"], ["INSERT"]] == statement_verbs


def test_a_latest_status_that_somebody_inserted_in_between_is_raised(
    stub, ledger, statement_verbs
) -> None:
    """Losing the raise would let older news through."""
    written(stub, NOT_SO)
    written(stub, THERE)
    written(stub, DONE)

    ledger.accept([], [latest_status("shipped")])

    assert [["UPDATE"], ["INSERT"], ["UPDATE"]] == statement_verbs


def test_a_first_latest_status_that_is_there_already_is_raised(
    stub, ledger, statement_verbs
) -> None:
    written(stub, THERE)
    written(stub, DONE)

    ledger.accept([], [latest_status("confirmed")])

    assert [["INSERT"], ["UPDATE"]] == statement_verbs


# Holds


def test_holds_that_change_faster_than_they_are_written_fail_the_write(stub, ledger) -> None:
    for _ in range(ROUNDS):
        read(stub)
        written(stub, THERE)

    with pytest.raises(LedgerUnavailable):
        ledger.hold([TEXTS])


def test_holds_that_somebody_else_changed_are_read_again_and_none_is_lost(stub, ledger) -> None:
    read(stub)
    written(stub, THERE)
    after = ledger_item.write_holds(HoldRecord(written=(TEXTS, SWEDEN)), version=2)
    read(stub, ledger_item.write_holds(HoldRecord(written=(SWEDEN,)), version=1))
    stub.add_response(
        "batch_execute_statement",
        {"Responses": [DONE]},
        {
            "Statements": [
                {
                    "Statement": 'UPDATE "ledger" SET "holds"=? SET "opened"=?'
                    ' SET "version"="version"+1 WHERE "pk"=? AND "sk"=? AND "version"=?',
                    "Parameters": [
                        after["holds"],
                        after["opened"],
                        {"S": "holds"},
                        {"S": "holds"},
                        {"N": "1"},
                    ],
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                }
            ]
        },
    )

    ledger.hold([TEXTS])

    stub.assert_no_pending_responses()  # both were written, on the second reading

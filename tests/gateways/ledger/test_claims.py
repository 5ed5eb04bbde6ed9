"""A bulk claim or settlement that fails in part is completed or retried; `tests/promises` has the rest."""

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.gateways.dynamodb.codec import Item
from ordercast.gateways.dynamodb.table import ROUNDS
from ordercast.gateways.ledger import items as ledger_item
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.sending.claim import ClaimRequest, ClaimStatus
from ordercast.sending.outcome import Settlement, accepted, refused
from tests.fakes.clock import START
from tests.gateways.ledger.answers import DONE, NOT_SO, THROTTLED, read, written
from tests.promises.ledger.steps import LATER, ONE, THREE, TWO, with_receipt


def sending(one: Notification, owner: str = "me") -> Item:
    """Return the item of a notification that *owner* has claimed."""
    claimed = replace(one, state=State.SENDING, owner=owner, lease_until=LATER, attempts=1)
    return ledger_item.write(claimed)


def claim(ledger: DynamoLedger, *rows: Notification) -> dict[str, ClaimStatus]:
    statement_verbs = [ClaimRequest(id=each.id) for each in rows]
    claims = ledger.claim(statement_verbs, owner="me", lease_until=LATER, now=START)
    return {one: claim.status for one, claim in claims.items()}


# Claims


def test_a_claim_that_fails_takes_no_other_with_it(stub, ledger) -> None:
    """What is claimed must be sent: raising would leave all of it in doubt."""
    written(stub, {"Item": sending(ONE)}, THROTTLED)
    read(stub, ledger_item.write(TWO))

    assert {ONE.id: ClaimStatus.MINE} == claim(ledger, ONE, TWO)


def test_a_claim_that_failed_and_was_made_all_the_same_is_found_out(stub, ledger) -> None:
    stub.add_client_error("batch_execute_statement", "InternalServerError")
    read(stub, sending(ONE), sending(TWO, owner="other"), ledger_item.write(THREE))

    assert {ONE.id: ClaimStatus.MINE, TWO.id: ClaimStatus.BUSY} == claim(ledger, ONE, TWO, THREE)


def test_claims_stand_although_the_others_can_not_be_read(stub, ledger) -> None:
    written(stub, {"Item": sending(ONE)}, NOT_SO)
    stub.add_client_error("batch_get_item", "ThrottlingException")

    assert {ONE.id: ClaimStatus.MINE} == claim(ledger, ONE, TWO)


def test_a_refusal_that_says_what_is_there_needs_no_second_look(stub, ledger) -> None:
    written(stub, {"Error": NOT_SO["Error"] | {"Item": sending(ONE, owner="other")}})

    assert {ONE.id: ClaimStatus.BUSY} == claim(ledger, ONE)


def test_one_that_was_given_back_meanwhile_is_asked_for_another_time(stub, ledger) -> None:
    """Not answered as done with: nobody has it, and its message must not be deleted."""
    written(stub, NOT_SO)
    read(stub, ledger_item.write(ONE))

    assert {} == claim(ledger, ONE)


def test_a_wave_of_which_nothing_was_claimed_is_redelivered(stub, ledger) -> None:
    written(stub, THROTTLED, THROTTLED)
    read(stub, ledger_item.write(ONE))

    with pytest.raises(LedgerUnavailable, match="ThrottlingError"):
        claim(ledger, ONE, TWO)


def test_a_wave_whose_outcome_is_unknown_is_redelivered(stub, ledger) -> None:
    written(stub, THROTTLED)
    stub.add_client_error("batch_get_item", "ThrottlingException")

    with pytest.raises(LedgerUnavailable):
        claim(ledger, ONE)


# Settlements


def settle(ledger: DynamoLedger, *rows: Notification) -> None:
    ledger.settle(
        [Settlement(notification=n, owner="me", outcome=accepted(n.id), at=LATER) for n in rows]
    )


def test_a_settlement_that_fails_is_tried_again_by_itself(stub, ledger, statement_verbs) -> None:
    written(stub, DONE, THROTTLED)
    written(stub, DONE)

    settle(ledger, ONE, TWO)

    assert [["UPDATE", "UPDATE"], ["UPDATE"]] == statement_verbs


def test_what_can_not_be_settled_is_said_after_the_others_are(stub, ledger) -> None:
    written(stub, THROTTLED, DONE)
    for _ in range(ROUNDS - 1):
        written(stub, THROTTLED)

    with pytest.raises(LedgerUnavailable, match="ThrottlingError"):
        settle(ledger, ONE, TWO)


def test_a_receipt_that_was_faster_is_completed_although_another_fails(stub, ledger) -> None:
    written(stub, NOT_SO, THROTTLED)
    for _ in range(ROUNDS - 1):
        written(stub, THROTTLED)
    read(stub, ledger_item.write(with_receipt(replace(ONE, owner="me"), State.DELIVERED)))
    written(stub, DONE)

    with pytest.raises(LedgerUnavailable):
        settle(ledger, ONE, TWO)


def test_a_row_that_changes_while_its_claim_is_ended_is_read_again(
    stub, ledger, statement_verbs
) -> None:
    there = ledger_item.write(with_receipt(replace(ONE, owner="me"), State.DELIVERED))
    written(stub, NOT_SO)
    for answer in (NOT_SO, DONE):
        read(stub, there)
        written(stub, answer)

    settle(ledger, ONE)

    assert [["UPDATE"]] * 3 == statement_verbs


def test_a_failure_that_a_receipt_overtook_needs_no_completing(
    stub, ledger, statement_verbs
) -> None:
    written(stub, NOT_SO)
    read(stub, ledger_item.write(with_receipt(replace(ONE, owner="me"), State.DELIVERED)))

    ledger.settle([Settlement(notification=ONE, owner="me", outcome=refused("no"), at=LATER)])

    assert [["UPDATE"]] == statement_verbs

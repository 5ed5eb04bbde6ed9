"""Each write to the ledger carries the condition that keeps concurrent writers from undoing each other.

That DynamoDB obeys them is shown on the local cloud; here, that they are asked for.
"""

import pytest
from msgspec.structs import replace

from ordercast.gateways.dynamodb.codec import number, text
from ordercast.gateways.ledger import items as ledger_item
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.outcome import Settlement, accepted, not_called, not_now
from tests.fakes.clock import START
from tests.gateways.dynamodb.statements import Sent, noted
from tests.gateways.ledger.answers import DONE, NOT_SO, THERE, read, written
from tests.promises.ledger.decisions import numbered_decision
from tests.promises.ledger.steps import LATER, ONE


@pytest.fixture
def sent(stub) -> list[Sent]:
    """The statements of each bulk write."""
    return noted(stub.client)


def test_only_what_waits_for_a_sender_can_be_claimed(stub, ledger, sent) -> None:
    """Else two senders call for one message."""
    written(stub, NOT_SO)
    read(stub, ledger_item.write(ONE))

    ledger.claim([ClaimRequest(id=ONE.id)], owner="me", lease_until=LATER, now=START)

    (claim,) = sent
    assert {'"state"=?': [text("requested")]} == claim.conditions()
    assert 'SET "attempts"="attempts"+1' in claim.changes


@pytest.mark.parametrize("outcome", [accepted("m-1"), not_now("no"), not_called("no")], ids=str)
def test_only_its_owner_ends_a_claim_and_only_while_it_is_one(stub, ledger, sent, outcome) -> None:
    """Else a sender that was thought dead writes over what was made known meanwhile."""
    written(stub, DONE)

    ledger.settle([Settlement(notification=ONE, owner="me", outcome=outcome, at=LATER)])

    (settlement,) = sent
    assert {
        '"owner"=?': [text("me")],
        '"state"=?': [text("sending")],
    } == settlement.conditions()


@pytest.mark.parametrize(
    ("outcome", "given_back"), [(not_now("no"), False), (not_called("no"), True)], ids=str
)
def test_a_claim_that_was_given_back_uncalled_was_no_attempt(
    stub, ledger, sent, outcome, given_back
) -> None:
    written(stub, DONE)

    ledger.settle([Settlement(notification=ONE, owner="me", outcome=outcome, at=LATER)])

    (settlement,) = sent
    assert given_back == ('SET "attempts"="attempts"-1' in settlement.changes)


def test_a_row_is_changed_only_as_it_was_seen(stub, ledger, sent) -> None:
    written(stub, DONE)

    ledger.change([(replace(ONE, version=7), replace(ONE, version=7, due_at=LATER))])

    (change,) = sent
    assert {'"version"=?': [number(7)]} == change.conditions()
    assert 'SET "version"="version"+1' in change.changes


def test_a_decision_that_is_there_is_answered_and_not_ours(stub, ledger) -> None:
    """Whoever decided first has decided."""
    theirs = numbered_decision(position="999", fingerprint="0" * 32)
    written(stub, THERE)
    read(stub, ledger_item.write_decision(theirs))

    assert [theirs] == ledger.record_decisions([numbered_decision()])

"""What every ledger promises of claims and their ends, in memory or in DynamoDB."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.route_reason import RouteReason
from ordercast.sending.claim import ClaimRequest, ClaimStatus
from ordercast.sending.outcome import (
    Outcome,
    Settlement,
    accepted,
    not_called,
    not_now,
    refused,
    unknown,
)
from ordercast.workflows.ports import Ledger
from tests.examples import notification
from tests.fakes.clock import START
from tests.promises.ledger.steps import (
    LATER,
    MINUTE,
    ONE,
    TEXT,
    THREE,
    TWO,
    claimed,
    claims,
    enter,
    merge_state,
    read,
    row,
    settle,
    with_receipt,
)


class ClaimPromises:
    """A claim is one owner's alone, and a refused claim names the reason."""

    def test_a_claim_names_its_owner_its_lease_and_its_try(self, ledger: Ledger) -> None:
        mine = claimed(ledger)

        assert (State.SENDING, "me", LATER, 1) == (
            mine.state,
            mine.owner,
            mine.lease_until,
            mine.attempts,
        )
        assert mine == row(ledger)

    def test_a_claim_carries_what_sending_takes(self, ledger: Ledger) -> None:
        enter(ledger, TEXT)
        request = ClaimRequest(
            id=TEXT.id, parts=3, estimate=Decimal("0.02"), reserved=Decimal("0.02343")
        )
        mine = ledger.claim([request], owner="me", lease_until=LATER, now=START)[TEXT.id]

        assert ClaimStatus.MINE is mine.status
        assert (3, Decimal("0.02"), Decimal("0.02343")) == (
            mine.row.parts,
            mine.row.estimate,
            mine.row.reserved,
        )
        assert mine.row == row(ledger, TEXT)

    def test_a_claim_pins_its_route_and_the_next_one_pins_its_own(self, ledger: Ledger) -> None:
        """Without one it is the channel's first, whatever an earlier claim said."""
        enter(ledger, TEXT)
        for route in ("sms-voice/us-east-1/default", "sns/eu-west-1/default", None):
            request = ClaimRequest(id=TEXT.id, route=route)
            mine = ledger.claim([request], owner="me", lease_until=LATER, now=START)[TEXT.id]
            assert route == mine.row.route == row(ledger, TEXT).route
            settle(ledger, not_now("Throttling"), TEXT)
            assert route == row(ledger, TEXT).route

    def test_a_claim_notes_why_it_takes_its_route_and_the_next_one_forgets_it(
        self, ledger: Ledger
    ) -> None:
        enter(ledger, TEXT)
        for reason in (RouteReason.COUNTRY, RouteReason.IN_DOUBT, None):
            request = ClaimRequest(id=TEXT.id, route_reason=reason)
            mine = ledger.claim([request], owner="me", lease_until=LATER, now=START)[TEXT.id]
            assert reason is mine.row.route_reason is row(ledger, TEXT).route_reason
            settle(ledger, not_now("Throttling"), TEXT)

    def test_a_claim_is_one_owner_s_alone(self, ledger: Ledger) -> None:
        first = claimed(ledger, owner="first")
        second = claims(ledger, ONE, owner="second")[ONE.id]

        assert (ClaimStatus.BUSY, first) == (second.status, second.row)
        assert first == row(ledger)

    def test_an_owner_whose_answer_was_lost_gets_the_same_answer_again(
        self, ledger: Ledger
    ) -> None:
        first = claimed(ledger)
        again = claims(ledger, ONE)[ONE.id]

        assert (ClaimStatus.MINE, first) == (again.status, again.row)

    def test_a_lapsed_claim_is_reported_and_never_taken_over(self, ledger: Ledger) -> None:
        """Its call may have been made."""
        first = claimed(ledger, owner="first")
        requests = [ClaimRequest(id=ONE.id)]
        for now, answer in [
            (LATER - timedelta(milliseconds=1), ClaimStatus.BUSY),
            (LATER, ClaimStatus.LAPSED),
            (LATER + timedelta(days=30), ClaimStatus.LAPSED),
        ]:
            late = ledger.claim(requests, owner="second", lease_until=now + MINUTE, now=now)

            assert {ONE.id: answer} == {i: claim.status for i, claim in late.items()}
        assert first == row(ledger)

    @pytest.mark.parametrize("state", sorted(set(State) - {State.REQUESTED, State.SENDING}))
    def test_what_has_moved_on_is_done_with(self, ledger: Ledger, state: State) -> None:
        before = replace(ONE, state=state, owner="me")
        enter(ledger, before)
        done = claims(ledger, ONE)[ONE.id]

        assert (ClaimStatus.DONE, before) == (done.status, done.row)
        assert before == row(ledger)

    def test_each_of_a_wave_is_answered_for_itself(self, ledger: Ledger) -> None:
        """And what is not there is not answered for, and makes no row."""
        enter(ledger, ONE, TWO, replace(THREE, state=State.SUPPRESSED))
        claims(ledger, ONE, owner="other")
        wave = claims(ledger, ONE, TWO, THREE, TEXT)

        assert {ONE.id: ClaimStatus.BUSY, TWO.id: ClaimStatus.MINE, THREE.id: ClaimStatus.DONE} == {
            i: claim.status for i, claim in wave.items()
        }
        assert {} == read(ledger, TEXT)

    def test_a_batch_may_be_larger_than_any_call_takes(self, ledger: Ledger) -> None:
        many = [notification(n) for n in range(130)]
        ids = {each.id for each in many}

        assert many == enter(ledger, *many)
        assert many == enter(ledger, *many)
        assert {ClaimStatus.MINE} == {claim.status for claim in claims(ledger, *many).values()}
        ledger.settle(
            [Settlement(notification=n, owner="me", outcome=accepted(n.id), at=START) for n in many]
        )
        sent = read(ledger, *many)
        assert {State.SENT} == {each.state for each in sent.values()}
        later = [(each, replace(each, due_at=LATER)) for each in sent.values()]
        assert ids == ledger.change(later)
        delivered = [(n, with_receipt(n, State.DELIVERED)) for n in read(ledger, *many).values()]
        assert ids == ledger.change(delivered)


class SettlementPromises:
    """A claim is ended by its owner, and lowers nothing."""

    def test_an_accepted_message_is_sent_under_its_id(self, ledger: Ledger) -> None:
        claimed(ledger)
        settle(ledger, accepted("m-1"))
        sent = row(ledger)

        assert (State.SENT, "m-1", LATER, None) == (
            sent.state,
            sent.message_id,
            sent.sent_at,
            sent.lease_until,
        )

    def test_a_refused_message_has_failed_for_good_and_says_why(self, ledger: Ledger) -> None:
        claimed(ledger)
        settle(ledger, refused("MessageRejected"))
        failed = row(ledger)

        assert (State.FAILED, "MessageRejected") == (failed.state, failed.rule)
        assert (LATER, None, None) == (failed.closed_at, failed.due_at, failed.sent_at)
        assert ClaimStatus.DONE == claims(ledger, ONE, owner="next")[ONE.id].status

    def test_a_parked_message_waits_for_an_operator_and_for_nobody_else(
        self, ledger: Ledger
    ) -> None:
        claimed(ledger)
        settle(ledger, Outcome(state=State.PARKED, reason="out-of-attempts"))
        parked = row(ledger)

        assert (State.PARKED, "out-of-attempts", LATER, None) == (
            parked.state,
            parked.rule,
            parked.closed_at,
            parked.due_at,
        )

    def test_what_was_not_taken_can_be_claimed_again(self, ledger: Ledger) -> None:
        claimed(ledger)
        settle(ledger, not_now("Throttling"))
        back = row(ledger)
        again = claims(ledger, ONE, owner="next")[ONE.id]

        assert (State.REQUESTED, None, None) == (back.state, back.lease_until, back.sent_at)
        assert (ClaimStatus.MINE, "next", 2) == (again.status, again.row.owner, again.row.attempts)

    def test_a_claim_that_was_given_back_was_no_try(self, ledger: Ledger) -> None:
        """A function that ran out of time, or a table out of reach, is nobody's attempt."""
        claimed(ledger)
        settle(ledger, not_called("not-claimed"))
        back = row(ledger)
        settle(ledger, not_called("not-claimed"))
        again = claims(ledger, ONE, owner="next")[ONE.id]

        assert (State.REQUESTED, None, 0) == (back.state, back.lease_until, back.attempts)
        assert (ClaimStatus.MINE, 1) == (again.status, again.row.attempts)

    def test_the_reason_of_an_earlier_try_does_not_stick_to_a_sent_message(
        self, ledger: Ledger
    ) -> None:
        claimed(ledger)
        settle(ledger, not_now("Throttling"))
        claims(ledger, ONE, owner="next")
        settle(ledger, accepted("m-1"), owner="next")

        assert (State.SENT, None) == (row(ledger).state, row(ledger).rule)

    def test_what_is_in_doubt_says_since_when_and_can_not_be_claimed(self, ledger: Ledger) -> None:
        claimed(ledger)
        settle(ledger, unknown("ReadTimeoutError"))
        doubtful = row(ledger)

        assert doubtful.sent_at is None
        assert ClaimStatus.DONE == claims(ledger, ONE, owner="next")[ONE.id].status
        assert (State.IN_DOUBT, "ReadTimeoutError", LATER, None) == (
            doubtful.state,
            doubtful.rule,
            doubtful.in_doubt_since,
            doubtful.lease_until,
        )

    @pytest.mark.parametrize(
        ("outcome", "sent", "doubt"),
        [
            (accepted("m-2"), LATER, None),
            (not_now("no"), None, START),
            (unknown("no"), None, LATER),
        ],
    )
    def test_a_resent_message_is_in_doubt_until_a_provider_is_known_to_have_it(
        self, ledger: Ledger, outcome: Outcome, sent: datetime | None, doubt: datetime | None
    ) -> None:
        resent = claimed(ledger, replace(ONE, resends=1, in_doubt_since=START))
        settle(ledger, outcome, resent)

        assert (sent, doubt) == (row(ledger).sent_at, row(ledger).in_doubt_since)

    def test_a_receipt_ends_the_doubt(self, ledger: Ledger) -> None:
        claimed(ledger)
        settle(ledger, unknown("ReadTimeoutError"))
        merge_state(ledger, State.DELIVERED)

        assert (LATER, None) == (row(ledger).sent_at, row(ledger).in_doubt_since)

    @pytest.mark.parametrize("outcome", [accepted("m-1"), refused("no"), not_now("no")])
    def test_nobody_ends_another_s_claim(self, ledger: Ledger, outcome: Outcome) -> None:
        before = claimed(ledger, owner="first")
        settle(ledger, outcome, owner="second")

        assert before == row(ledger)

    def test_a_receipt_that_was_faster_stands_and_the_message_id_is_added(
        self, ledger: Ledger
    ) -> None:
        claimed(ledger)
        merge_state(ledger, State.DELIVERED)
        settle(ledger, accepted("m-1"))
        ended = row(ledger)

        assert (State.DELIVERED, "m-1", LATER, None) == (
            ended.state,
            ended.message_id,
            ended.sent_at,
            ended.lease_until,
        )

    @pytest.mark.parametrize("outcome", [refused("no"), not_now("no"), unknown("no")])
    def test_no_settlement_lowers_what_a_receipt_has_said(
        self, ledger: Ledger, outcome: Outcome
    ) -> None:
        claimed(ledger)
        merge_state(ledger, State.DELIVERED)
        settle(ledger, outcome)

        assert (State.DELIVERED, None) == (row(ledger).state, row(ledger).rule)

    def test_settling_what_is_gone_makes_no_row(self, ledger: Ledger) -> None:
        settle(ledger, accepted("m-1"))

        assert {} == read(ledger, ONE)

"""What every ledger promises of a text that is tried again, in memory or in DynamoDB."""

from decimal import Decimal

from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification
from ordercast.notifications.tries import numbered
from ordercast.receipts.merge import merge_message
from ordercast.sending.claim import ClaimRequest
from ordercast.sending.outcome import Outcome, Settlement, accepted, not_now, refused, unknown
from ordercast.workflows.ports import Ledger
from tests.fakes.clock import START
from tests.promises.ledger.steps import LATER, TEXT, enter, row

UNREACHED = Message(state=State.FAILED_FOR_NOW, at=START, reason="unreachable")
ONCE = numbered(
    merge_message(
        replace(
            TEXT,
            attempts=1,
            parts=2,
            estimate=Decimal("0.02"),
            reserved=Decimal("0.03"),
            route="sms-voice/us-east-1/default",
        ),
        "m-1",
        UNREACHED,
        sent_at=START,
    )
)
WAITING = replace(ONCE, state=State.REQUESTED, rule=None, closed_at=None, due_at=LATER)


class TryPromises:
    """What is known of the first try outlives the second one's claim and its end."""

    def test_a_try_is_read_back_as_it_was_claimed(self, ledger: Ledger) -> None:
        enter(ledger, WAITING)

        assert WAITING == row(ledger, WAITING)

    def test_the_next_claim_leaves_what_the_first_was_claimed_at(self, ledger: Ledger) -> None:
        mine = _claimed(ledger)

        assert WAITING.messages == mine.messages == row(ledger, WAITING).messages
        assert (1, Decimal("0.005"), None) == (mine.parts, mine.estimate, mine.route)

    def test_what_comes_of_the_first_during_the_call_is_not_overwritten(
        self, ledger: Ledger
    ) -> None:
        """The sender knows it as it was at its claim."""
        mine = _claimed(ledger)
        priced = merge_message(
            mine, "m-1", replace(UNREACHED, price=Decimal("0.011")), sent_at=START
        )
        ledger.change([(row(ledger, WAITING), priced)])
        _end(ledger, mine, accepted("m-2"))

        end = row(ledger, WAITING)
        assert (State.SENT, Decimal("0.016")) == (end.state, end.cost)
        assert {"m-1": Decimal("0.011"), "m-2": None} == {
            i: each.price for i, each in end.messages.items()
        }

    def test_each_end_of_the_second_leaves_the_first(self, ledger: Ledger) -> None:
        states = {
            "in doubt": (unknown("?"), State.IN_DOUBT),
            "given back": (not_now("no"), State.REQUESTED),
            "refused": (refused("no"), State.FAILED),
        }
        for outcome, state in states.values():
            mine = _claimed(ledger)
            _end(ledger, mine, outcome)
            end = row(ledger, WAITING)
            assert (state, None) == (end.state, end.lease_until)
            assert Decimal("0.02") == end.cost
            assert WAITING.messages["m-1"] == end.messages["m-1"]
            ledger.change([(end, WAITING)])


def _claimed(ledger: Ledger) -> Notification:
    enter(ledger, WAITING)
    request = ClaimRequest(
        id=WAITING.id, parts=1, estimate=Decimal("0.005"), reserved=Decimal("0.007")
    )
    return ledger.claim([request], owner="me", lease_until=LATER, now=START)[WAITING.id].row


def _end(ledger: Ledger, mine: Notification, outcome: Outcome) -> None:
    ledger.settle([Settlement(notification=mine, owner="me", outcome=outcome, at=LATER)])

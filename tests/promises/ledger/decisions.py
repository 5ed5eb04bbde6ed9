"""What every ledger promises of decisions, latest statuses and new rows, in memory or in DynamoDB."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from ordercast.decisions.decision import Decision, Verdict
from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.events.identity import order_of
from ordercast.events.notes import Note
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import OrderDetails
from ordercast.notifications.status_rank import LatestStatus, status_rank
from ordercast.workflows.ports import Ledger
from tests.examples import notification
from tests.fakes.clock import START
from tests.promises.ledger.steps import LATER, ONE, THREE, TWO, claimed, enter, read, row


def numbered_decision(number: int = 1, **changes: object) -> Decision:
    """Return the decision on one of many events, each of an order of its own."""
    verdicts = {
        Channel.SMS: Verdict(state=State.SUPPRESSED, rule="no-contact"),
        Channel.EMAIL: Verdict(
            state=State.DEFERRED, rule="quiet-hours", until=START + timedelta(hours=8)
        ),
    }
    one = Decision(
        order=f"order-{number}",
        event=f"event-{number}",
        verdicts=verdicts,
        fingerprint="f" * 32,
        position="101.3",
        accepted_at=START,
        expires_at=START + timedelta(days=90),
        notes=(Note("amount", "left out: found a number: with a colon"), Note("shop", "read")),
    )
    return replace(one, **changes)


def latest_status(rank: str, minutes: int = 0, order: str = "order-1") -> LatestStatus:
    """Return how far an order has got by e-mail, so many minutes after the start."""
    stands = status_rank(rank, START + timedelta(minutes=minutes))
    assert stands is not None
    return LatestStatus(order=order, channel=Channel.EMAIL, status_rank=stands)


def stands(
    ledger: Ledger, order: str = "order-1", channel: Channel = Channel.EMAIL
) -> LatestStatus | None:
    """Return the latest status as the ledger now has it."""
    found = ledger.look_up(LookupKeys(latest_statuses=frozenset({(order, channel)})))
    return found.latest_statuses.get((order, channel))


class DecisionPromises:
    """Decisions stand for ever, whoever was first."""

    def test_a_decision_is_read_back_as_it_was(self, ledger: Ledger) -> None:
        one, bare = numbered_decision(1), numbered_decision(2, verdicts={})

        assert [one, bare] == ledger.record_decisions([one, bare])
        keys = frozenset({(one.order, one.event), (bare.order, bare.event)})
        assert {("order-1", "event-1"): one, ("order-2", "event-2"): bare} == (
            ledger.look_up(LookupKeys(decisions=keys)).decisions
        )

    def test_the_first_decision_stands_and_is_the_answer_to_every_other(
        self, ledger: Ledger
    ) -> None:
        ledger.record_decisions([numbered_decision(2)])
        late = numbered_decision(
            2, position="999", accepted_at=LATER, verdicts={}, fingerprint="0" * 32
        )

        assert [
            numbered_decision(1),
            numbered_decision(2),
            numbered_decision(3),
        ] == ledger.record_decisions([numbered_decision(1), late, numbered_decision(3)])
        assert [numbered_decision(2)] == ledger.record_decisions([late])

    def test_events_of_one_order_have_decisions_of_their_own(self, ledger: Ledger) -> None:
        first, second = numbered_decision(1), numbered_decision(1, event="event-2", position="102")

        assert [first, second] == ledger.record_decisions([first, second])
        found = ledger.look_up(LookupKeys(decisions=frozenset({("order-1", "event-2")})))
        assert {("order-1", "event-2"): second} == found.decisions

    def test_a_decision_of_a_requested_notification_names_no_rule(self, ledger: Ledger) -> None:
        one = numbered_decision(verdicts={Channel.SMS: Verdict(state=State.REQUESTED)})

        assert [one] == ledger.record_decisions([one])
        assert [one] == ledger.record_decisions([one])

    def test_a_batch_of_decisions_may_be_larger_than_any_call_takes(self, ledger: Ledger) -> None:
        many = [numbered_decision(n) for n in range(130)]

        assert many == ledger.record_decisions(many)
        assert many == ledger.record_decisions(many)
        keys = frozenset((each.order, each.event) for each in many)
        assert keys == ledger.look_up(LookupKeys(decisions=keys)).decisions.keys()


class LatestStatusPromises:
    """A latest status is only ever raised."""

    def test_a_latest_status_is_raised_and_read_back(self, ledger: Ledger) -> None:
        assert stands(ledger) is None
        ledger.accept([], [latest_status("confirmed")])
        assert latest_status("confirmed") == stands(ledger)
        ledger.accept([], [latest_status("shipped")])
        assert latest_status("shipped") == stands(ledger)

    def test_a_higher_latest_status_stands_without_a_word(self, ledger: Ledger) -> None:
        ledger.accept([], [latest_status("shipped", minutes=5)])
        ledger.accept([], [latest_status("shipped", minutes=4)])
        ledger.accept([], [latest_status("confirmed", minutes=9)])

        assert latest_status("shipped", minutes=5) == stands(ledger)

    def test_each_channel_has_a_latest_status_of_its_own(self, ledger: Ledger) -> None:
        text = replace(latest_status("shipped"), channel=Channel.SMS)
        ledger.accept([], [latest_status("confirmed"), text])

        assert latest_status("confirmed") == stands(ledger)
        assert text == stands(ledger, channel=Channel.SMS)

    def test_a_refused_latest_status_keeps_back_no_row_and_no_other_latest_status(
        self, ledger: Ledger
    ) -> None:
        ledger.accept([], [latest_status("delivered")])
        news = [latest_status("shipped"), latest_status("shipped", order="order-2")]

        assert [ONE] == ledger.accept([ONE], news)
        assert latest_status("delivered") == stands(ledger)
        assert latest_status("shipped", order="order-2") == stands(ledger, order="order-2")
        assert ONE == row(ledger)

    def test_latest_statuses_and_rows_of_one_order_are_entered_together(
        self, ledger: Ledger
    ) -> None:
        order = order_of(ONE.id)

        assert [ONE] == ledger.accept([ONE], [latest_status("confirmed", order=order)])
        assert latest_status("confirmed", order=order) == stands(ledger, order=order)

    def test_many_latest_statuses_and_rows_are_entered_at_once(self, ledger: Ledger) -> None:
        many = [notification(n) for n in range(60)]
        latest_statuses = [latest_status("confirmed", order=order_of(each.id)) for each in many]

        assert many == ledger.accept(many, latest_statuses)
        keys = frozenset((each.order, each.channel) for each in latest_statuses)
        assert set(latest_statuses) == set(
            ledger.look_up(LookupKeys(latest_statuses=keys)).latest_statuses.values()
        )


class EntryPromises:
    """Rows are entered once, and read in one look with everything else."""

    def test_what_is_entered_is_read_back_as_it_was(self, ledger: Ledger) -> None:
        bare = replace(
            ONE,
            order=OrderDetails(order_id="ö 🍵 '\"?"),
            recipient=None,
            consent=None,
            occurred_at=None,
            due_at=None,
            rule="no-contact",
            state=State.SUPPRESSED,
        )
        waiting = replace(THREE, state=State.DEFERRED, rule="quiet-hours", due_at=LATER)
        full = replace(TWO, customer_id="c-1", campaign="spring")
        enter(ledger, bare, full, waiting)

        assert {bare.id: bare, full.id: full, waiting.id: waiting} == (
            read(ledger, bare, full, waiting)
        )

    def test_instants_are_kept_to_the_millisecond(self, ledger: Ledger) -> None:
        odd = datetime(2026, 3, 2, 9, 30, 0, 123_000, tzinfo=UTC)
        ancient = datetime(1, 1, 1, tzinfo=UTC)
        enter(ledger, replace(ONE, effective_at=odd, occurred_at=ancient))

        assert (odd, ancient) == (row(ledger).effective_at, row(ledger).occurred_at)

    def test_what_was_kept_of_an_instant_is_not_older_than_its_own_latest_status(
        self, ledger: Ledger
    ) -> None:
        """Otherwise the finer clock of the shop would make every message stale by itself."""
        for micros in (1, 290_500, 999_999):
            at = START.replace(microsecond=micros)
            one = notification(micros, occurred_at=at)
            enter(ledger, one)
            kept = row(ledger, one).occurred_at

            assert status_rank("shipped", at) == status_rank("shipped", kept)

    def test_entering_is_answered_for_each_in_order(self, ledger: Ledger) -> None:
        assert [ONE, TWO] == enter(ledger, ONE, TWO)

    def test_who_was_there_first_stays_and_is_the_answer(self, ledger: Ledger) -> None:
        """A redelivery brings the same id with a later time, and finds the first decision."""
        enter(ledger, TWO)
        again = replace(TWO, effective_at=LATER, recipient="bob@example.com")

        assert [ONE, TWO, THREE] == enter(ledger, ONE, again, THREE)
        assert TWO == row(ledger, TWO)

    def test_entering_again_answers_how_far_it_has_got(self, ledger: Ledger) -> None:
        claimed(ledger)

        assert [State.SENDING] == [each.state for each in enter(ledger, ONE)]

    def test_what_is_not_there_is_not_answered(self, ledger: Ledger) -> None:
        enter(ledger, ONE)
        found = ledger.look_up(
            LookupKeys(
                notifications=frozenset({ONE.id, TWO.id}),
                decisions=frozenset({("order-1", "event-1")}),
                latest_statuses=frozenset({("order-1", Channel.SMS)}),
                people=frozenset({"nobody"}),
                holds=True,
            )
        )

        assert LookupResult(notifications={ONE.id: ONE}, opened=found.opened) == found

    def test_everything_is_found_in_one_look(self, ledger: Ledger) -> None:
        ledger.record_decisions([numbered_decision()])
        ledger.accept([ONE], [latest_status("shipped")])
        found = ledger.look_up(
            LookupKeys(
                notifications=frozenset({ONE.id}),
                decisions=frozenset({("order-1", "event-1")}),
                latest_statuses=frozenset({("order-1", Channel.EMAIL)}),
                holds=True,
            )
        )

        assert {ONE.id: ONE} == found.notifications
        assert {("order-1", "event-1"): numbered_decision()} == found.decisions
        assert {("order-1", Channel.EMAIL): latest_status("shipped")} == found.latest_statuses
        assert () == found.holds

    def test_an_empty_batch_is_nothing_to_do(self, ledger: Ledger) -> None:
        ledger.settle([])

        assert LookupResult() == ledger.look_up(LookupKeys())
        assert [] == ledger.record_decisions([])
        assert [] == ledger.accept([], [])
        assert {} == ledger.claim([], owner="me", lease_until=LATER, now=START)
        assert set() == ledger.change([])

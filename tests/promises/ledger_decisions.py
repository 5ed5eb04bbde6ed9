"""What every ledger promises of marks, heads and rows that are entered, in memory or in DynamoDB."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ordercast.decisions.decision import Mark, Verdict
from ordercast.decisions.lookup import Found, Stops, Wanted
from ordercast.events.identity import order_of
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import OrderFacts
from ordercast.notifications.status_rank import Head, standing
from ordercast.workflows.ports import Ledger
from tests.examples import notification
from tests.fakes.clock import START
from tests.promises.ledger_steps import LATER, ONE, THREE, TWO, claimed, enter, read, row


def mark(number: int = 1, **changes: object) -> Mark:
    """Return the mark of one of many events, each of an order of its own."""
    verdicts = {
        Channel.SMS: Verdict(state=State.SUPPRESSED, rule="no-contact"),
        Channel.EMAIL: Verdict(
            state=State.DEFERRED, rule="quiet-hours", until=START + timedelta(hours=8)
        ),
    }
    one = Mark(
        order=f"order-{number}",
        event=f"event-{number}",
        verdicts=verdicts,
        fingerprint="f" * 32,
        position="101.3",
        accepted_at=START,
        expires_at=START + timedelta(days=90),
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def head(rank: str, minutes: int = 0, order: str = "order-1") -> Head:
    """Return how far an order has got by e-mail, so many minutes after the start."""
    stands = standing(rank, START + timedelta(minutes=minutes))
    assert stands is not None
    return Head(order=order, channel=Channel.EMAIL, standing=stands)


def stands(ledger: Ledger, order: str = "order-1", channel: Channel = Channel.EMAIL) -> Head | None:
    """Return the head as the ledger now has it."""
    found = ledger.look_up(Wanted(heads=frozenset({(order, channel)})))
    return found.heads.get((order, channel))


class MarkPromises:
    """Marks stand for ever, whoever was first."""

    def test_a_mark_is_read_back_as_it_was(self, ledger: Ledger) -> None:
        one, bare = mark(1), mark(2, verdicts={})

        assert [one, bare] == ledger.mark([one, bare])
        keys = frozenset({(one.order, one.event), (bare.order, bare.event)})
        assert {("order-1", "event-1"): one, ("order-2", "event-2"): bare} == (
            ledger.look_up(Wanted(marks=keys)).marks
        )

    def test_the_first_mark_stands_and_is_the_answer_to_every_other(self, ledger: Ledger) -> None:
        ledger.mark([mark(2)])
        late = mark(2, position="999", accepted_at=LATER, verdicts={}, fingerprint="0" * 32)

        assert [mark(1), mark(2), mark(3)] == ledger.mark([mark(1), late, mark(3)])
        assert [mark(2)] == ledger.mark([late])

    def test_events_of_one_order_have_marks_of_their_own(self, ledger: Ledger) -> None:
        first, second = mark(1), mark(1, event="event-2", position="102")

        assert [first, second] == ledger.mark([first, second])
        found = ledger.look_up(Wanted(marks=frozenset({("order-1", "event-2")})))
        assert {("order-1", "event-2"): second} == found.marks

    def test_a_mark_of_a_requested_notification_names_no_rule(self, ledger: Ledger) -> None:
        one = mark(verdicts={Channel.SMS: Verdict(state=State.REQUESTED)})

        assert [one] == ledger.mark([one])
        assert [one] == ledger.mark([one])

    def test_a_batch_of_marks_may_be_larger_than_any_call_takes(self, ledger: Ledger) -> None:
        many = [mark(n) for n in range(130)]

        assert many == ledger.mark(many)
        assert many == ledger.mark(many)
        keys = frozenset((each.order, each.event) for each in many)
        assert keys == ledger.look_up(Wanted(marks=keys)).marks.keys()


class HeadPromises:
    """A head is only ever raised."""

    def test_a_head_is_raised_and_read_back(self, ledger: Ledger) -> None:
        assert stands(ledger) is None
        ledger.accept([], [head("confirmed")])
        assert head("confirmed") == stands(ledger)
        ledger.accept([], [head("shipped")])
        assert head("shipped") == stands(ledger)

    def test_a_higher_head_stands_without_a_word(self, ledger: Ledger) -> None:
        ledger.accept([], [head("shipped", minutes=5)])
        ledger.accept([], [head("shipped", minutes=4)])
        ledger.accept([], [head("confirmed", minutes=9)])

        assert head("shipped", minutes=5) == stands(ledger)

    def test_each_channel_has_a_head_of_its_own(self, ledger: Ledger) -> None:
        text = replace(head("shipped"), channel=Channel.SMS)
        ledger.accept([], [head("confirmed"), text])

        assert head("confirmed") == stands(ledger)
        assert text == stands(ledger, channel=Channel.SMS)

    def test_a_refused_head_keeps_back_no_row_and_no_other_head(self, ledger: Ledger) -> None:
        ledger.accept([], [head("delivered")])
        news = [head("shipped"), head("shipped", order="order-2")]

        assert [ONE] == ledger.accept([ONE], news)
        assert head("delivered") == stands(ledger)
        assert head("shipped", order="order-2") == stands(ledger, order="order-2")
        assert ONE == row(ledger)

    def test_heads_and_rows_of_one_order_are_entered_together(self, ledger: Ledger) -> None:
        order = order_of(ONE.id)

        assert [ONE] == ledger.accept([ONE], [head("confirmed", order=order)])
        assert head("confirmed", order=order) == stands(ledger, order=order)

    def test_many_heads_and_rows_are_entered_at_once(self, ledger: Ledger) -> None:
        many = [notification(n) for n in range(60)]
        heads = [head("confirmed", order=order_of(each.id)) for each in many]

        assert many == ledger.accept(many, heads)
        keys = frozenset((each.order, each.channel) for each in heads)
        assert set(heads) == set(ledger.look_up(Wanted(heads=keys)).heads.values())


class EntryPromises:
    """Rows are entered once, and read in one look with everything else."""

    def test_what_is_entered_is_read_back_as_it_was(self, ledger: Ledger) -> None:
        bare = replace(
            ONE,
            order=OrderFacts(order_id="ö 🍵 '\"?"),
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
        enter(ledger, replace(ONE, accepted_at=odd, occurred_at=ancient))

        assert (odd, ancient) == (row(ledger).accepted_at, row(ledger).occurred_at)

    def test_what_was_kept_of_an_instant_is_not_older_than_its_own_head(
        self, ledger: Ledger
    ) -> None:
        """Otherwise the finer clock of the shop would make every message stale by itself."""
        for micros in (1, 290_500, 999_999):
            at = START.replace(microsecond=micros)
            one = notification(micros, occurred_at=at)
            enter(ledger, one)
            kept = row(ledger, one).occurred_at

            assert standing("shipped", at) == standing("shipped", kept)

    def test_entering_is_answered_for_each_in_order(self, ledger: Ledger) -> None:
        assert [ONE, TWO] == enter(ledger, ONE, TWO)

    def test_who_was_there_first_stays_and_is_the_answer(self, ledger: Ledger) -> None:
        """A redelivery brings the same id with a later time, and finds the first decision."""
        enter(ledger, TWO)
        again = replace(TWO, accepted_at=LATER, recipient="bob@example.com")

        assert [ONE, TWO, THREE] == enter(ledger, ONE, again, THREE)
        assert TWO == row(ledger, TWO)

    def test_entering_again_answers_how_far_it_has_got(self, ledger: Ledger) -> None:
        claimed(ledger)

        assert [State.SENDING] == [each.state for each in enter(ledger, ONE)]

    def test_what_is_not_there_is_not_answered(self, ledger: Ledger) -> None:
        enter(ledger, ONE)
        found = ledger.look_up(
            Wanted(
                notifications=frozenset({ONE.id, TWO.id}),
                marks=frozenset({("order-1", "event-1")}),
                heads=frozenset({("order-1", Channel.SMS)}),
                people=frozenset({"nobody"}),
                stops=True,
            )
        )

        assert Found(notifications={ONE.id: ONE}) == found

    def test_everything_is_found_in_one_look(self, ledger: Ledger) -> None:
        ledger.mark([mark()])
        ledger.accept([ONE], [head("shipped")])
        found = ledger.look_up(
            Wanted(
                notifications=frozenset({ONE.id}),
                marks=frozenset({("order-1", "event-1")}),
                heads=frozenset({("order-1", Channel.EMAIL)}),
                stops=True,
            )
        )

        assert {ONE.id: ONE} == found.notifications
        assert {("order-1", "event-1"): mark()} == found.marks
        assert {("order-1", Channel.EMAIL): head("shipped")} == found.heads
        assert Stops() == found.stops

    def test_an_empty_batch_is_nothing_to_do(self, ledger: Ledger) -> None:
        ledger.settle([])

        assert Found() == ledger.look_up(Wanted())
        assert [] == ledger.mark([])
        assert [] == ledger.accept([], [])
        assert {} == ledger.claim([], owner="me", lease_until=LATER, now=START)
        assert set() == ledger.change([])

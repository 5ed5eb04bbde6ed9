"""What every ledger promises of holds, in memory or in DynamoDB."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Protocol

from msgspec.structs import replace

from ordercast.decisions.lookup import LookupKeys
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import PLACES, Hold, Holds, Scope, Why, held
from ordercast.pacing.opening import Opened, unopened
from ordercast.pacing.restoring import fence, fences, gate, is_gate
from ordercast.sending.due_partitions import held_behind
from ordercast.workflows.ports import Ledger
from tests.examples import paused
from tests.fakes.clock import START
from tests.promises.ledger.due import due
from tests.promises.ledger.steps import LATER, ONE, TWO, enter, row

TEXTS, SWEDEN = paused(channel=Channel.SMS), paused(country="SE")
WHOLE = Hold(
    why=Why.BUDGET,
    scope=Scope(
        channel=Channel.SMS,
        region="eu-west-1",
        country="SE",
        campaign="spring sale",
        shop="Example Tea",
        priority=Priority.NORMAL,
    ),
    by="budget",
    since=START - timedelta(hours=1),
    reason="25 USD a day",
    needs=Decimal("0.24"),
)
ROUTE = Hold(
    why=Why.BREAKER,
    scope=Scope(route="sns/eu-west-1/default"),
    by="sms-sender",
    since=START,
    reason="6 of 8 calls",
)
A_DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)
LONG_AFTER = LATER + 30 * A_DAY


class CountingLedger(Ledger, Protocol):
    """A ledger as operators' commands use it."""

    def waiting(self, hold_ids: Sequence[str]) -> dict[str, int]:
        """Return how many notifications wait behind each hold, as of a moment ago."""
        ...

    def open_channels(self, opened: Sequence[Opened]) -> None:
        """Open each channel that never was."""
        ...


def holds(ledger: Ledger) -> Holds:
    """Return the holds as the next wave reads them."""
    return ledger.look_up(LookupKeys(holds=True)).holds


def behind(ledger: Ledger, *holds: Hold, until: datetime = LONG_AFTER) -> list[str]:
    """Return what waits behind the holds and expires by then."""
    partitions = held_behind([each.id for each in holds])
    return ledger.due(partitions, until=until, limit=10)


def ready(channel: Channel, at: datetime = LATER) -> Opened:
    """Return that a channel was opened."""
    return Opened(channel=channel, by="ada", at=at, reason="doctor found it ready")


class HoldsPromises:
    """Mix in, and say with fixtures which `ledger`, all opened, and which `new_ledger`."""

    def test_a_new_stage_holds_every_channel(self, new_ledger: CountingLedger) -> None:
        assert {unopened(each) for each in Channel} == {*holds(new_ledger)}
        assert () == new_ledger.look_up(LookupKeys(holds=True)).opened
        assert {TEXTS, *map(unopened, Channel)} == {*new_ledger.hold([TEXTS])}

    def test_a_channel_that_is_opened_stays_so_and_lets_go_what_waited(
        self, new_ledger: CountingLedger
    ) -> None:
        new_ledger.open_channels([ready(Channel.SMS)])
        released = replace(unopened(Channel.SMS), released_at=LATER)
        assert {released, unopened(Channel.EMAIL)} == {*holds(new_ledger)}

        new_ledger.end_holds([released])
        new_ledger.open_channels([ready(Channel.SMS, LONG_AFTER)])
        found = new_ledger.look_up(LookupKeys(holds=True))
        assert ((unopened(Channel.EMAIL),), (ready(Channel.SMS),)) == (found.holds, found.opened)

    def test_no_other_release_opens_a_channel(self, new_ledger: CountingLedger) -> None:
        new_ledger.let_go([unopened(each).id for each in Channel], at=LATER)
        new_ledger.end_holds([*map(unopened, Channel)])

        assert {unopened(each) for each in Channel} == {*holds(new_ledger)}

    def test_nothing_is_held_by_itself(self, ledger: Ledger) -> None:
        assert () == holds(ledger)

    def test_a_hold_is_read_by_every_lookup_that_asks_and_the_oldest_comes_first(
        self, ledger: Ledger
    ) -> None:
        ledger.hold([TEXTS])
        answered = ledger.hold([WHOLE, Hold(why=Why.BUDGET, by="budget", since=LATER)])

        assert [WHOLE, TEXTS, Hold(why=Why.BUDGET, by="budget", since=LATER)] == [*answered]
        assert answered == holds(ledger)
        assert () == ledger.look_up(LookupKeys()).holds

    def test_who_holds_what_is_held_already_changes_nothing(self, ledger: Ledger) -> None:
        ledger.hold([TEXTS])

        assert (TEXTS,) == ledger.hold([replace(TEXTS, by="grace", since=LATER)])
        assert (TEXTS,) == holds(ledger)

    def test_a_hold_is_changed_by_one_of_those_who_read_it_at_the_same_time(
        self, ledger: Ledger
    ) -> None:
        ledger.hold([ROUTE, TEXTS])
        mine, theirs = (replace(ROUTE, half_open_at=LATER, probe=each.id) for each in (ONE, TWO))

        assert {mine, TEXTS} == {*ledger.change_holds([(ROUTE, mine)])}
        assert {mine, TEXTS} == {*ledger.change_holds([(ROUTE, theirs)])} == {*holds(ledger)}

    def test_what_is_let_go_stays_until_it_is_ended(self, ledger: Ledger) -> None:
        ledger.hold([TEXTS, SWEDEN])
        ledger.let_go({TEXTS.id, "paused:channel=email"}, at=LATER)
        ledger.let_go({TEXTS.id}, at=LATER + timedelta(hours=1))
        released = replace(TEXTS, released_at=LATER)
        assert {released, SWEDEN} == {*holds(ledger)}

        ledger.end_holds([released])
        assert (SWEDEN,) == holds(ledger)

    def test_what_is_held_again_holds_and_is_not_ended_by_who_saw_it_let_go(
        self, ledger: Ledger
    ) -> None:
        ledger.hold([TEXTS])
        ledger.let_go({TEXTS.id}, at=LATER)
        again = replace(TEXTS, by="grace", since=LATER)
        ledger.hold([again])
        ledger.end_holds([replace(TEXTS, released_at=LATER)])

        assert (again,) == holds(ledger)

    def test_what_does_not_fit_is_not_answered_and_each_kind_has_its_own_places(
        self, ledger: Ledger
    ) -> None:
        for n, why in enumerate(PLACES, start=1):
            shops = [Scope(shop=f"shop {n}") for n in range(PLACES[why] + 1)]
            answered = ledger.hold([replace(WHOLE, why=why, scope=shop) for shop in shops])
            assert sum([*PLACES.values()][:n]) == len(answered)

    def test_who_waits_behind_a_hold_is_found_there_and_is_not_due(
        self, ledger: CountingLedger
    ) -> None:
        enter(ledger, ONE, TWO)
        ledger.change([(ONE, held(ONE, TEXTS, until=LATER + A_DAY))])

        assert held(ONE, TEXTS, until=LATER + A_DAY) == replace(row(ledger), version=1)
        assert [TWO.id] == due(ledger, LONG_AFTER)
        assert [ONE.id] == behind(ledger, SWEDEN, TEXTS)
        assert [] == behind(ledger, TEXTS, until=LATER)
        assert [] == behind(ledger, SWEDEN)
        assert {TEXTS.id: 1, SWEDEN.id: 0} == ledger.waiting([TEXTS.id, SWEDEN.id])

    def test_who_is_released_waits_there_no_more(self, ledger: Ledger) -> None:
        enter(ledger, ONE)
        ledger.change([(ONE, held(ONE, TEXTS, until=LATER))])
        seen = row(ledger)
        ledger.change([(seen, replace(seen, state=State.REQUESTED, held_by=None, rule=None))])

        assert [ONE.id] == due(ledger, LONG_AFTER)
        assert [] == behind(ledger, TEXTS)

    def test_a_restored_ledger_has_its_fence_and_its_gate_until_they_are_let_go(
        self, ledger: CountingLedger
    ) -> None:
        """The instant of the fence is that of the loss, to the second, in every time zone."""
        lost_at = ONE.effective_at.astimezone(timezone(-A_DAY / 4))
        closed = gate(by="ada", since=START)
        around = fence(lost_at=lost_at, by="ada", since=START, reason="deleted")
        assert {closed, around} == {*ledger.hold([closed, around])}
        assert around.scope.covers(ONE)
        assert not around.scope.covers(replace(ONE, effective_at=lost_at + A_SECOND))

        ledger.let_go({closed.id}, at=LATER)
        found = holds(ledger)
        assert (around,) == fences(found)
        assert [] == [each for each in found if is_gate(each)]
        assert [] == behind(ledger, around)

        enter(ledger, ONE)
        ledger.change([(ONE, held(ONE, around, until=LATER + A_DAY))])
        assert [ONE.id] == behind(ledger, around)
        assert {around.id: 1, closed.id: 0} == ledger.waiting([around.id, closed.id])

    def test_a_second_loss_has_a_fence_of_its_own(self, ledger: Ledger) -> None:
        first = fence(lost_at=START, by="ada", since=START)
        second = fence(lost_at=LATER, by="ada", since=LATER)
        ledger.hold([first])

        assert (first, second) == fences(ledger.hold([second]))

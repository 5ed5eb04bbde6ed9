"""What every list of the ledger's indexes promises, in memory or in DynamoDB."""

from collections.abc import Iterable
from datetime import timedelta

from msgspec.structs import replace

from ordercast.events.identity import address_key, customer_key
from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification, OrderDetails
from ordercast.notifications.places import place_of
from ordercast.queries.ports import LedgerLists
from ordercast.rollups.listed import ListedNotification, ReadUnits, listed_input
from ordercast.workflows.ports import Ledger
from tests.examples import notification
from tests.fakes.clock import START
from tests.promises.ledger.steps import MINUTE, claimed, enter

TODAY, DAY = START.date(), timedelta(days=1)
FOREVER = place_of(START + DAY)
ADA = "+12065550123"


def units() -> ReadUnits:
    return ReadUnits(most=500)


def listed(rows: Iterable[Notification]) -> list[ListedNotification]:
    return [listed_input(rollup_input_of(write(row))) for row in rows]


def failed(number: int, state: State = State.FAILED, ago: int = 0) -> Notification:
    at = START - ago * MINUTE
    order = OrderDetails(order_id=f"o-{number}", shop="Tea")
    row = notification(number, state=state, rule="r", due_at=None, country="SE", campaign="c")
    return replace(row, effective_at=at, closed_at=START, order=order)


class LedgerListsPromises:
    """Mix in, and say with fixtures which `ledger`, and which `ledger_lists` of it."""

    def test_failures_of_a_day_come_newest_first(
        self, ledger: Ledger, ledger_lists: LedgerLists
    ) -> None:
        rows = [failed(n, ago=n % 7) for n in range(1, 40)]
        bounced = [failed(n, State.BOUNCED) for n in range(40, 43)]
        enter(ledger, *rows, *bounced, notification(99))

        def found(*states: State, before: str = FOREVER, day: timedelta = DAY) -> list[object]:
            on = TODAY - DAY + day
            return list(ledger_lists.failed(states, on, before=before, units=units()))

        newest = sorted(listed(rows), key=lambda row: row.place, reverse=True)
        assert newest == found(State.FAILED)
        assert newest[11:] == found(State.FAILED, before=newest[10].place)
        assert {each.id for each in rows + bounced} == {
            each.id  # type: ignore[attr-defined]
            for each in found(State.FAILED, State.BOUNCED)
        }
        assert [] == found(State.FAILED, day=DAY * 0) == found(State.PARKED)

    def test_what_has_left_its_failure_is_not_listed(
        self, ledger: Ledger, ledger_lists: LedgerLists
    ) -> None:
        row = failed(1, State.FAILED_FOR_NOW)
        enter(ledger, row)
        ledger.change([(row, replace(row, state=State.DELIVERED))])

        states = [State.FAILED_FOR_NOW]
        assert [] == list(ledger_lists.failed(states, TODAY, before=FOREVER, units=units()))

    def test_an_address_s_notifications_come_newest_first_as_they_are_by_now(
        self, ledger: Ledger, ledger_lists: LedgerLists
    ) -> None:
        rows = [replace(notification(n), recipient=ADA) for n in range(1, 60)]
        rows = [replace(row, effective_at=START - n // 3 * MINUTE) for n, row in enumerate(rows)]
        enter(ledger, *rows[1:], replace(notification(99), recipient="+12065550124"))
        rows[0] = claimed(ledger, rows[0])

        def found(before: str = FOREVER) -> list[ListedNotification]:
            return list(ledger_lists.of_address(address_key(ADA), before=before, units=units()))

        newest = sorted(listed(rows), key=lambda row: row.place, reverse=True)
        assert newest == found()
        assert newest[31:] == found(newest[30].place)
        assert [] == list(ledger_lists.of_address(address_key("x"), before=FOREVER, units=units()))

    def test_a_customer_s_notifications_come_newest_first(
        self, ledger: Ledger, ledger_lists: LedgerLists
    ) -> None:
        rows = [notification(n, effective_at=START - n * MINUTE) for n in range(1, 30)]
        rows = [
            replace(row, customer_id="c-1", order=OrderDetails(order_id="o", shop="Tea"))
            for row in rows
        ]
        enter(ledger, *rows)
        key = customer_key(shop="Tea", customer_id="c-1")
        taken = units()

        assert listed(rows) == list(ledger_lists.of_customer(key, before=FOREVER, units=taken))
        assert len(rows) / 2 <= taken.taken <= len(rows) + 2
        other = customer_key(shop="Other", customer_id="c-1")
        assert [] == list(ledger_lists.of_customer(other, before=FOREVER, units=units()))

"""What every ledger promises of changes to a row, in memory or in DynamoDB."""

from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.sending.in_doubt import lapsed
from ordercast.sending.outcome import accepted
from ordercast.sending.send_rules import suppressed
from ordercast.workflows.ports import Ledger
from tests.fakes.clock import START
from tests.promises.ledger.steps import (
    LATER,
    MINUTE,
    ONE,
    TWO,
    claimed,
    claims,
    enter,
    merge_state,
    read,
    row,
    settle,
)


class ChangePromises:
    """A row is changed only where it still is as it was seen."""

    def test_what_is_changed_is_read_back_as_it_was_meant(self, ledger: Ledger) -> None:
        enter(ledger, ONE, replace(TWO, state=State.SENDING, owner="gone", lease_until=START))
        one, two = row(ledger), row(ledger, TWO)
        stale, doubtful = suppressed(one, "stale", at=LATER), lapsed(two, now=LATER)

        assert {one.id, two.id} == ledger.change([(one, stale), (two, doubtful)])
        assert replace(stale, version=2) == row(ledger)
        assert replace(doubtful, version=2) == row(ledger, TWO)

    def test_what_is_taken_away_is_gone(self, ledger: Ledger) -> None:
        enter(ledger, replace(ONE, rule="quiet-hours", owner="gone", country="SE"))
        seen = row(ledger)
        bare = replace(seen, rule=None, owner=None, due_at=None, country=None)

        assert {ONE.id} == ledger.change([(seen, bare)])
        assert replace(bare, version=2) == row(ledger)

    def test_of_two_concurrent_changes_of_a_row_one_loses_and_sees_it(self, ledger: Ledger) -> None:
        enter(ledger, ONE)
        seen = row(ledger)
        mine, yours = replace(seen, due_at=LATER), replace(seen, due_at=LATER + MINUTE)

        assert {ONE.id} == ledger.change([(seen, mine)])
        assert set() == ledger.change([(seen, yours)])
        assert LATER == row(ledger).due_at

    def test_one_that_was_changed_meanwhile_keeps_no_other_back(self, ledger: Ledger) -> None:
        enter(ledger, ONE, TWO)
        seen = [row(ledger), row(ledger, TWO)]
        claims(ledger, ONE)

        assert {TWO.id} == ledger.change([(each, replace(each, due_at=LATER)) for each in seen])
        assert (State.SENDING, ONE.due_at) == (row(ledger).state, row(ledger).due_at)

    def test_changing_what_is_gone_makes_no_row(self, ledger: Ledger) -> None:
        assert set() == ledger.change([(ONE, replace(ONE, due_at=LATER))])
        assert {} == read(ledger, ONE)

    def test_each_change_raises_the_version_by_one(self, ledger: Ledger) -> None:
        versions = [claimed(ledger).version]
        settle(ledger, accepted("m-1"))
        versions.append(row(ledger).version)
        ledger.change([(row(ledger), replace(row(ledger), due_at=LATER))])
        versions.append(row(ledger).version)
        merge_state(ledger, State.DELIVERED)
        versions.append(row(ledger).version)

        assert [2, 3, 4, 5] == versions

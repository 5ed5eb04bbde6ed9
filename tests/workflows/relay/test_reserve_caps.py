from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.people.person import Person
from ordercast.workflows.reserve_caps import ROUNDS, ReserveCaps
from tests.examples import person
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger
from tests.fakes.people import FakePeople

ADA = person()


class RacedPeople(FakePeople):
    """People for whom another batch pays a moment earlier, so many times."""

    races = 0

    def reserve(self, people: Sequence[Person]) -> set[str]:
        if self.races:
            self.races -= 1
            for each in people:
                known = self.kept.get(each.key, Person(key=each.key))
                reservations = {**known.reservations, f"other-{self.races}": START}
                self.kept[each.key] = replace(
                    known,
                    reservations=reservations,
                    reservations_version=known.reservations_version + 1,
                )
        return FakePeople.reserve(self, people)


def paying(ledger: FakeLedger, *ids: str, limit: int = 2, known: Person = ADA) -> frozenset[str]:
    """Let somebody pay for those notifications, as far as *known* was read of them."""
    reserve_caps = ReserveCaps(ledger=ledger, people=ledger.people, limit=limit)
    return reserve_caps({known.key: dict.fromkeys(ids, START)}, {known.key: known}, now=START)


def raced(times: int) -> FakeLedger:
    people = RacedPeople()
    people.races = times
    return FakeLedger(people=people)


def test_what_fits_is_reserved_and_what_does_not_is_refused() -> None:
    ledger = FakeLedger()

    assert {"n-3"} == paying(ledger, "n-1", "n-2", "n-3")
    assert {"n-1", "n-2"} == ledger.people.kept[ADA.key].reservations.keys()


def test_two_batches_that_both_see_the_last_slot_do_not_both_get_it() -> None:
    ledger = raced(1)

    assert {"n-2"} == paying(ledger, "n-1", "n-2")
    assert {"other-0", "n-1"} == ledger.people.kept[ADA.key].reservations.keys()


def test_who_lost_the_race_for_the_last_slot_is_refused() -> None:
    assert {"n-1"} == paying(raced(1), "n-1", limit=1)


def test_a_record_that_was_created_meanwhile_is_read_again() -> None:
    """They were not looked up: only their customer's record names their address."""
    ledger = FakeLedger()
    ledger.people.put(replace(ADA, reservations={"n-0": START}, reservations_version=4))

    assert {"n-2"} == paying(ledger, "n-1", "n-2")
    assert 5 == ledger.people.kept[ADA.key].reservations_version


def test_a_race_that_is_never_won_has_the_batch_redelivered() -> None:
    with pytest.raises(LedgerUnavailable):
        paying(raced(ROUNDS), "n-1", limit=ROUNDS + 1)
    assert frozenset() == paying(raced(ROUNDS - 1), "n-1", limit=ROUNDS)


def test_a_lost_answer_costs_no_second_slot() -> None:
    ledger = FakeLedger()
    ledger.people.unheard = True
    with pytest.raises(LedgerUnavailable):
        paying(ledger, "n-1", "n-2")
    ledger.people.unheard = False

    assert frozenset() == paying(ledger, "n-1", "n-2", known=ledger.people.kept[ADA.key])
    assert {"n-3"} == paying(ledger, "n-1", "n-3", known=ledger.people.kept[ADA.key])


def test_the_sdk_s_own_retry_of_a_reservation_takes_no_second_slot() -> None:
    """It went through at first and was refused at the repetition: whoever reads again has paid."""
    ledger = FakeLedger()
    paying(ledger, "n-1", "n-2")

    assert frozenset() == paying(ledger, "n-1", "n-2")


def test_a_person_with_nothing_new_to_reserve_is_not_written() -> None:
    """A redelivery costs no write."""
    ledger = FakeLedger()
    paying(ledger, "n-1")
    before = ledger.people.kept[ADA.key]
    paying(ledger, "n-1", known=before)

    assert before == ledger.people.kept[ADA.key]
    assert [1] == ledger.people.calls


def test_one_who_loses_keeps_no_other_waiting() -> None:
    """Only who lost is read and written again."""
    ledger = FakeLedger()
    ledger.people.put(replace(ADA, reservations={"n-0": START}, reservations_version=4))
    bob = Person(key="bob")
    reserve_caps = ReserveCaps(ledger=ledger, people=ledger.people, limit=1)
    requests = {ADA.key: {"n-1": START}, bob.key: {"n-2": START, "n-3": START}}

    assert {"n-1", "n-3"} == reserve_caps(requests, {ADA.key: ADA}, now=START)
    assert ([2], [("look_up", 1)]) == (ledger.people.calls, ledger.calls)


def test_nothing_to_send_reserves_nothing() -> None:
    reserve_caps = ReserveCaps(ledger=(ledger := FakeLedger()), people=ledger.people, limit=1)

    assert frozenset() == reserve_caps({}, {}, now=START)
    assert {} == ledger.people.kept


STALE_READS = st.lists(
    st.tuples(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3), st.booleans()),
    max_size=10,
)


@given(STALE_READS, st.integers(1, 4))
def test_however_batches_race_nobody_gets_more_than_the_cap(
    batches: list[tuple[list[str], bool]], limit: int
) -> None:
    """Each batch has read either what is there or what was there before anybody paid."""
    ledger = FakeLedger()
    reserved: set[str] = set()
    for ids, fresh in batches:
        known = ledger.people.kept.get(ADA.key, ADA) if fresh else ADA
        reserved |= set(ids) - paying(ledger, *ids, limit=limit, known=known)

    assert len(reserved) <= limit
    assert reserved == ledger.people.kept.get(ADA.key, ADA).reservations.keys()


def test_slots_come_back_with_the_hour() -> None:
    ledger = FakeLedger()
    ledger.people.put(
        replace(ADA, reservations={"n-0": START - timedelta(hours=1)}, reservations_version=1)
    )

    assert frozenset() == paying(ledger, "n-1", limit=1)

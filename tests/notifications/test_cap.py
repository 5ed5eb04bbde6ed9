from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.cap import WINDOW, pay
from notifications.person import Person
from tests.examples import person
from tests.fakes.clock import START

MINUTE = timedelta(minutes=1)
SOMEBODY = Person(key="somebody")


def test_as_many_fit_as_the_cap_allows_and_the_first_come_first() -> None:
    after, refused = pay(SOMEBODY, ["n-1", "n-2", "n-3"], limit=2, now=START)

    assert {"n-3"} == refused
    assert {"n-1": START, "n-2": START} == after.paid


def test_the_hour_rolls() -> None:
    """Twenty at 9:59 and twenty at 10:01 would be forty in two minutes."""
    full = replace(SOMEBODY, paid={"n-1": START, "n-2": START + 30 * MINUTE})

    late = {
        minutes: pay(full, ["n-3"], limit=2, now=START + minutes * MINUTE)[1]
        for minutes in (31, 59, 60, 90)
    }
    assert {31: {"n-3"}, 59: {"n-3"}, 60: frozenset(), 90: frozenset()} == late


def test_what_has_lapsed_is_forgotten() -> None:
    known = replace(SOMEBODY, paid={"n-1": START, "n-2": START + MINUTE})
    after, _ = pay(known, ["n-3"], limit=5, now=START + WINDOW)

    assert {"n-2", "n-3"} == after.paid.keys()


def test_an_id_that_has_paid_has_paid() -> None:
    """A redelivery costs nobody a second slot, and is not refused for its own first one."""
    once, _ = pay(SOMEBODY, ["n-1", "n-2"], limit=2, now=START)
    again, refused = pay(once, ["n-2", "n-1"], limit=2, now=START + MINUTE)

    assert frozenset() == refused
    assert once.paid == again.paid


def test_both_channels_of_one_event_take_a_slot_each() -> None:
    _, refused = pay(SOMEBODY, ["text", "mail"], limit=1, now=START)

    assert {"mail"} == refused


def test_a_cap_of_nothing_lets_nobody_through() -> None:
    assert {"n-1"} == pay(SOMEBODY, ["n-1"], limit=0, now=START)[1]


def test_paying_takes_the_next_turn_and_changes_nothing_else() -> None:
    known = person(email="ada@example.com", turn=7)
    after, _ = pay(known, ["n-1"], limit=1, now=START)

    assert replace(known, paid={"n-1": START}, turn=8) == after


IDS = st.sampled_from([f"n-{n}" for n in range(8)])
VISITS = st.lists(st.tuples(st.integers(0, 90), st.lists(IDS, max_size=4)), max_size=12)


@given(VISITS, st.integers(0, 4))
def test_no_hour_ever_holds_more_than_the_cap(
    visits: list[tuple[int, list[str]]], limit: int
) -> None:
    somebody, now, let_through = SOMEBODY, START, []
    for minutes, ids in visits:
        now += minutes * MINUTE
        somebody, refused = pay(somebody, ids, limit=limit, now=now)
        let_through += [
            (i, now) for i in dict.fromkeys(ids) if i not in refused and somebody.paid[i] == now
        ]

    for _, at in let_through:
        window = {(i, t) for i, t in let_through if at <= t < at + WINDOW}
        assert len(window) <= limit

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ordercast.people.hourly_cap import WINDOW, reserve
from ordercast.people.person import Person
from tests.examples import person
from tests.fakes.clock import START

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
SOMEBODY = Person(key="somebody")


def at(when: datetime, *ids: str) -> dict[str, datetime]:
    """Return notifications that are all due at the same time."""
    return dict.fromkeys(ids, when)


def test_as_many_fit_as_the_cap_allows_and_the_first_come_first() -> None:
    after, refused = reserve(SOMEBODY, at(START, "n-1", "n-2", "n-3"), limit=2, now=START)

    assert {"n-3"} == refused
    assert {"n-1": START, "n-2": START} == after.reservations


def test_the_hour_rolls() -> None:
    """Twenty at 9:59 and twenty at 10:01 would be forty in two minutes."""
    full = replace(SOMEBODY, reservations={"n-1": START, "n-2": START + 30 * MINUTE})

    late = {
        minutes: reserve(full, at(then, "n-3"), limit=2, now=then)[1]
        for minutes in (31, 59, 60, 90)
        if (then := START + minutes * MINUTE)
    }
    assert {31: {"n-3"}, 59: {"n-3"}, 60: frozenset(), 90: frozenset()} == late


def test_what_has_lapsed_is_forgotten() -> None:
    known = replace(SOMEBODY, reservations={"n-1": START, "n-2": START + MINUTE})
    after, _ = reserve(known, at(START + WINDOW, "n-3"), limit=5, now=START + WINDOW)

    assert {"n-2", "n-3"} == after.reservations.keys()


def test_an_id_reserves_once() -> None:
    """A redelivery takes no second slot, and its own first slot does not refuse it."""
    once, _ = reserve(SOMEBODY, at(START, "n-1", "n-2"), limit=2, now=START)
    again, refused = reserve(once, at(START + MINUTE, "n-2", "n-1"), limit=2, now=START + MINUTE)

    assert frozenset() == refused
    assert once.reservations == again.reservations


def test_both_channels_of_one_event_take_a_slot_each() -> None:
    _, refused = reserve(SOMEBODY, at(START, "text", "mail"), limit=1, now=START)

    assert {"mail"} == refused


def test_a_cap_of_nothing_lets_nobody_through() -> None:
    assert {"n-1"} == reserve(SOMEBODY, at(START, "n-1"), limit=0, now=START)[1]


def test_paying_takes_the_next_turn_and_changes_nothing_else() -> None:
    known = person(email="ada@example.com", reservations_version=7)
    after, _ = reserve(known, at(START, "n-1"), limit=1, now=START)

    assert replace(known, reservations={"n-1": START}, reservations_version=8) == after


def test_what_waits_counts_when_it_is_due_and_not_when_it_came() -> None:
    """Three an hour through a night would be eighteen in the morning, if reserved at night."""
    somebody, morning, sent = SOMEBODY, START + 6 * HOUR, set()
    for hour in range(6):
        ids = {f"n-{hour}-{n}" for n in range(3)}
        due, now = at(morning, *sorted(ids)), START + hour * HOUR
        somebody, refused = reserve(somebody, due, limit=3, now=now)
        sent |= ids - refused

    assert {"n-0-0", "n-0-1", "n-0-2"} == sent
    assert dict.fromkeys(sent, morning) == somebody.reservations


def test_what_is_sent_at_once_counts_with_what_will_go_within_the_hour() -> None:
    morning = START + HOUR
    waiting, _ = reserve(SOMEBODY, at(morning, "n-1", "n-2"), limit=2, now=START - HOUR)

    before = reserve(waiting, at(START, "n-3"), limit=2, now=START)
    shortly = reserve(waiting, at(START + MINUTE, "n-3"), limit=2, now=START + MINUTE)
    after = reserve(waiting, at(morning + HOUR, "n-3"), limit=2, now=morning + HOUR)
    assert [frozenset(), {"n-3"}, frozenset()] == [
        refused for _, refused in (before, shortly, after)
    ]


def test_a_redelivery_that_is_decided_for_another_hour_reserves_there_too() -> None:
    """Two overlapping deliveries may decide differently: slots are reserved in both hours."""
    once, _ = reserve(SOMEBODY, at(START, "n-1"), limit=1, now=START)
    again, refused = reserve(once, at(START + 9 * HOUR, "n-1"), limit=1, now=START + MINUTE)
    third, _ = reserve(again, at(START + 9 * HOUR, "n-1"), limit=1, now=START + 2 * MINUTE)

    assert frozenset() == refused
    assert again.reservations == third.reservations
    assert {"n-2"} == reserve(again, at(START, "n-2"), limit=1, now=START)[1]
    assert {"n-2"} == reserve(again, at(START + 9 * HOUR, "n-2"), limit=1, now=START)[1]


IDS = st.sampled_from([f"n-{n}" for n in range(8)])
WAITS = st.sampled_from([0, 0, 20, 50, 70, 400])
VISITS = st.lists(
    st.tuples(st.integers(0, 90), st.lists(st.tuples(IDS, WAITS), max_size=4)), max_size=12
)


@given(VISITS, st.integers(0, 4))
def test_no_hour_ever_holds_more_than_the_cap(
    visits: list[tuple[int, list[tuple[str, int]]]], limit: int
) -> None:
    """Whether they are sent at once or after quiet hours."""
    somebody, now, slots = SOMEBODY, START, set()
    for minutes, waits in visits:
        now += minutes * MINUTE
        due = {each: now + wait * MINUTE for each, wait in waits}
        somebody, refused = reserve(somebody, due, limit=limit, now=now)
        slots |= set(somebody.reservations.items())
        for each in due.keys() - refused:
            assert any(
                slot.rstrip("'") == each and abs(when - due[each]) < WINDOW
                for slot, when in somebody.reservations.items()
            )

    for _, first in slots:
        assert len([when for _, when in slots if first <= when < first + WINDOW]) <= limit


@given(st.lists(st.integers(1, 90), min_size=30, max_size=60))
def test_what_is_kept_of_a_night_is_bounded(gaps: list[int]) -> None:
    """At most one cap of the last hour and one of the morning, so that the record stays small."""
    somebody, now, morning = SOMEBODY, START, START + 24 * HOUR
    for n, minutes in enumerate(gaps):
        now = min(now + minutes * MINUTE, morning - MINUTE)
        due = at(morning, f"late-{n}") | at(now, f"urgent-{n}")
        somebody, _ = reserve(somebody, due, limit=3, now=now)

        assert len(somebody.reservations) <= 6

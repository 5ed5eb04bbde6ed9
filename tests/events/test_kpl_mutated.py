"""With any damage to an aggregate, each intact order is read or parked, never lost."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ordercast.events.envelope import open_envelope
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from tests.aggregates import aggregate, message_of, outcomes, record, sealed
from tests.decisions.five_orders import ORDERS, opened

WHOLE = message_of(aggregate(*ORDERS))
STARTS = [WHOLE.index(each) for each in ORDERS]
"""The offset of each sub-record's data."""


def contents(number: int) -> range:
    """Return the range of the sub-record in the message, without tag and length."""
    end = STARTS[number] + len(ORDERS[number])
    return range(STARTS[number] - 4, end)


@given(number=st.integers(0, 4), data=st.data())
def test_whatever_happens_inside_a_sub_record_its_neighbours_survive(number, data) -> None:
    inside = contents(number)
    garbage = data.draw(st.binary(min_size=len(inside), max_size=len(inside)))
    first = data.draw(st.integers(0, len(inside)))
    last = data.draw(st.integers(first, len(inside)))
    damaged = bytearray(WHOLE)
    damaged[inside.start + first : inside.start + last] = garbage[first:last]

    parts = opened(sealed(bytes(damaged)))

    assert 5 == len(parts)
    neighbours = [(f"101.{n}", each) for n, each in enumerate(ORDERS) if n != number]
    assert neighbours == [each for each in parts if each[0] != f"101.{number}"]


@st.composite
def mutations(draw: st.DrawFn) -> tuple[int, int, bytes]:
    """Replace a range of bytes: a flip, a cut, a splice or an insertion."""
    start = draw(st.integers(0, len(WHOLE)))
    end = draw(st.sampled_from([start, start + 1, start + 2, len(WHOLE)]))
    return start, end, draw(st.binary(max_size=12))


@given(mutation=mutations())
@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_to_an_aggregate_nothing_before_it_is_lost_and_nothing_is_printed(
    mutation, capfd
) -> None:
    start, end, instead = mutation
    message = WHOLE[:start] + instead + WHOLE[end:]

    parts = open_envelope(record(sealed(message)))

    complete = [n for n in range(5) if contents(n).stop <= start]
    assert [(f"101.{n}", ORDERS[n]) for n in complete] == outcomes(parts)[: len(complete)]
    assert ("", "") == capfd.readouterr()


@given(mutation=mutations())
@settings(max_examples=500)
def test_whatever_happens_to_an_aggregate_no_intact_sub_record_vanishes_without_a_sign(
    mutation,
) -> None:
    """Also if a wrong length or tag turns it into a key or into part of its neighbour."""
    start, end, instead = mutation
    message = WHOLE[:start] + instead + WHOLE[end:]

    parts = open_envelope(record(sealed(message)))

    intact = {
        ORDERS[n] for n in range(5) if contents(n).stop <= start or end <= contents(n).start - 2
    }
    events = {each.payload for each in parts if isinstance(each, StreamRecord)}
    signs = [each for each in parts if isinstance(each, ParkedRecord) or each.payload not in ORDERS]
    assert intact <= events or signs


@given(message=st.binary(max_size=200))
def test_any_bytes_at_all_have_an_answer(message: bytes) -> None:
    parts = opened(sealed(message))

    assert parts
    positions = [position for position, _ in parts]
    assert positions in (["101"], [f"101.{n}" for n in range(len(parts))])

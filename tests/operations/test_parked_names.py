"""A parked item has a short id that tells it apart, and the newest of its corrections holds."""

from datetime import timedelta

from ordercast.parked.payload_edit import EditNote, PayloadEdit, newest_by_position
from ordercast.parked.short_ids import SHORTEST, is_short, letters_of, short_ids
from tests.fakes.clock import START


def test_short_ids_are_of_one_length_and_tell_items_apart() -> None:
    """Twenty thousand share their first six letters now and then, so they get more."""
    ids = [f"record-{number}" for number in range(20_000)]
    few, many = short_ids(ids[:3]), short_ids(ids)

    assert {SHORTEST} == {len(each) for each in few.values()}
    assert len(ids) == len(set(many.values()))
    (length,) = {len(each) for each in many.values()}
    assert SHORTEST < length < len(letters_of(ids[0]))
    assert all(letters_of(id_).startswith(short) and is_short(short) for id_, short in many.items())


def test_an_item_that_is_named_twice_has_one_id() -> None:
    assert {"a": letters_of("a")[:SHORTEST]} == short_ids(["a"])
    assert {} == short_ids([])


def test_no_other_kind_of_id_can_be_a_short_one() -> None:
    assert not any(map(is_short, ("49590338271490256608", "ghj", "parked/2026", "deadbeef")))


def edit(number: int, *positions: str) -> PayloadEdit:
    note = EditNote(by="ada", at=START + timedelta(minutes=number), reason="a comma" * (number > 1))
    return PayloadEdit(positions=positions, payload=b"%d" % number, note=note)


def test_the_newest_correction_of_a_position_holds_in_whatever_order_they_are_read() -> None:
    first, second = edit(1, "p-1", "p-2"), edit(2, "p-2")

    for read in ([first, second], [second, first]):
        assert {"p-1": first, "p-2": second} == newest_by_position(read)
    assert "by ada at 2026-03-02 09:31 UTC" == str(first.note)
    assert "by ada at 2026-03-02 09:32 UTC: a comma" == str(second.note)

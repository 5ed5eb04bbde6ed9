"""Aggregates with one thing wrong with them, as many as a few seconds allow."""

import os
import time

import pytest
from msgspec.structs import replace

from ordercast.events.envelope import open_envelope
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from tests.aggregates import aggregate, message_of
from tests.mutations.__main__ import summary
from tests.mutations.damage import CLASSES
from tests.mutations.judging import Hanging, Opened, watched
from tests.mutations.mutating import mutate
from tests.mutations.specimens import specimens

SECONDS = 4.0
AT_LEAST = 500  # of each class


def test_damage_of_any_class_costs_no_neighbour_and_prints_nothing(capsys) -> None:
    """A million of them: `make prove`."""
    started = time.monotonic()

    def enough() -> bool:
        return time.monotonic() - started > SECONDS

    at_least = mutate(list(CLASSES), count=AT_LEAST * len(CLASSES))
    more = mutate(list(CLASSES), start=AT_LEAST, enough=enough)

    with capsys.disabled():
        print(f"\n{summary(more)}", end=" ")
    assert [] == at_least.findings + more.findings
    assert dict.fromkeys(CLASSES, AT_LEAST) == at_least.counts


def test_the_specimens_are_what_producers_write() -> None:
    many = specimens()[1]

    assert message_of(aggregate(*(part.event for part in many.parts))) == many.message


def losing(whole: StreamRecord) -> Opened:
    opened = open_envelope(whole)
    broken = next((n for n, e in enumerate(opened) if isinstance(e, ParkedRecord)), len(opened))
    return opened[: broken + 1]


def quoting(whole: StreamRecord) -> Opened:
    return [
        replace(each, detail=repr(each.record.payload)) if isinstance(each, ParkedRecord) else each
        for each in open_envelope(whole)
    ]


def printing(whole: StreamRecord) -> Opened:
    os.write(2, whole.payload)
    return open_envelope(whole)


def raising(whole: StreamRecord) -> Opened:
    raise ValueError(whole.payload)


def hanging(whole: StreamRecord) -> Opened:
    raise Hanging


@pytest.mark.parametrize(
    ("reader", "finding"),
    [
        (losing, "loses"),
        (quoting, "quotes"),
        (printing, "printed"),
        (raising, "raises ValueError"),
        (hanging, "hangs"),
    ],
)
def test_a_reader_that_does_what_it_should_not_is_found_out(reader, finding) -> None:
    tally = mutate(["bit flip"], count=200, opening=reader)

    assert any(finding in each for each in tally.findings)


def test_a_reader_that_does_not_come_back_is_called_back() -> None:
    with watched(patience=0.05) as alive:
        alive()
        with pytest.raises(Hanging):
            while True:
                pass

"""What the figure of a morning's release rests on."""

import pytest

from benchmarks.release import GROUPS, Release, release

MESSAGES = 600
"""Enough that what a round asks of each partition, high priority's apart, weighs little."""


@pytest.fixture(scope="module")
def released() -> Release:
    return release(played=MESSAGES, cpu=0.001)


def test_every_message_is_written_and_published_in_bulk(released: Release) -> None:
    """Of 150 a group: six bulk calls write them, fifteen publish them, and few others are made."""
    assert GROUPS * -(-MESSAGES // GROUPS // 10) <= released.calls["PublishBatch"]
    assert released.calls["PublishBatch"] <= MESSAGES / 10 + GROUPS
    assert released.calls["BatchExecuteStatement"] <= MESSAGES / 25 + GROUPS
    assert released.a_message <= 0.5


def test_a_release_writes_the_row_and_moves_it_in_the_due_index(released: Release) -> None:
    assert 2 * MESSAGES == released.units["index"]
    # Besides, SES's own limits are kept once a minute.
    assert MESSAGES <= released.units["table"] <= MESSAGES + 2


def test_the_morning_is_shared_out_over_the_groups(released: Release) -> None:
    twice = released.takes(2_000_000) / released.takes(1_000_000)
    assert 2 == pytest.approx(twice)
    assert 2500 == released.units_a_second("index")

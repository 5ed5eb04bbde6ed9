"""The simulated provider charges each message by its own count, and says whether it arrived."""

from decimal import Decimal
from pathlib import Path

import pytest

from local_cloud.provider_simulator.charges import (
    FILE_NAME,
    ChargesFile,
    charge_for_email,
    charge_for_text,
    read_charges,
)
from local_cloud.provider_simulator.outcomes_and_delays import email_events
from local_cloud.provider_simulator.text_message import TextMessage

HANDSET, NO_HANDSET, AWAY = "+12065550100", "+12065550196", "+12065550199"


@pytest.mark.parametrize(
    ("number", "outcome"), [(HANDSET, "arrived"), (NO_HANDSET, "unknown"), (AWAY, "failed")]
)
def test_a_text_is_billed_by_its_parts_and_says_whether_the_handset_has_it(
    number: str, outcome: str
) -> None:
    charge = charge_for_text(TextMessage(number=number, text="x" * 161), "m-1")
    assert (2, Decimal("0.0129"), outcome) == (charge.parts, charge.price, charge.outcome)


@pytest.mark.parametrize(
    ("label", "outcome"),
    [
        ("success", "arrived"),
        ("complaint", "arrived"),
        ("ooto", "arrived"),
        ("bounce", "failed"),
        ("contradictory", "failed"),
        ("silent", "unknown"),
    ],
)
def test_an_email_costs_the_same_in_every_scenario(label: str, outcome: str) -> None:
    charge = charge_for_email("m-1", email_events(f"{label}+o-1@simulator.amazonses.com"))
    assert (Decimal("0.00016"), outcome) == (charge.price, charge.outcome)


def test_charges_are_read_back_but_for_a_line_that_is_being_written(
    tmp_path: Path,
) -> None:
    charge = charge_for_text(TextMessage(number=HANDSET, text="hi"), "m-1")
    assert [] == read_charges(tmp_path)
    ChargesFile(tmp_path).append(charge)
    with (tmp_path / FILE_NAME).open("a") as file:
        file.write('{"message_id": "m-')
    assert [charge] == read_charges(tmp_path)
    assert HANDSET not in (tmp_path / FILE_NAME).read_text()

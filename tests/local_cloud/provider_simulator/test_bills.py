"""The carrier's bill is its own word: what each message costs, and whether it brought it."""

from decimal import Decimal
from pathlib import Path

import pytest

from local_cloud.provider_simulator.bills import (
    FILE_NAME,
    Bills,
    bill_of_email,
    bill_of_text,
    read_bills,
)
from local_cloud.provider_simulator.fates import email_fate
from local_cloud.provider_simulator.text_message import TextMessage

HANDSET, NO_HANDSET, AWAY = "+12065550100", "+12065550196", "+12065550199"


@pytest.mark.parametrize(
    ("number", "outcome"), [(HANDSET, "arrived"), (NO_HANDSET, "unknown"), (AWAY, "failed")]
)
def test_a_text_is_billed_by_its_parts_and_says_whether_the_handset_has_it(
    number: str, outcome: str
) -> None:
    bill = bill_of_text(TextMessage(number=number, text="x" * 161), "m-1")
    assert (2, Decimal("0.0129"), outcome) == (bill.parts, bill.price, bill.outcome)


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
def test_an_email_costs_the_same_whatever_becomes_of_it(label: str, outcome: str) -> None:
    bill = bill_of_email("m-1", email_fate(f"{label}+o-1@simulator.amazonses.com"))
    assert (Decimal("0.0001"), outcome) == (bill.price, bill.outcome)


def test_what_was_billed_is_read_back_and_a_line_that_is_being_written_is_left(
    tmp_path: Path,
) -> None:
    bill = bill_of_text(TextMessage(number=HANDSET, text="hi"), "m-1")
    assert [] == read_bills(tmp_path)
    Bills(tmp_path).keep(bill)
    with (tmp_path / FILE_NAME).open("a") as file:
        file.write('{"message_id": "m-')
    assert [bill] == read_bills(tmp_path)
    assert HANDSET not in (tmp_path / FILE_NAME).read_text()

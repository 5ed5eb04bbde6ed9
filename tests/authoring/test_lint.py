"""Lint passes what is right, and fails for each fault that somebody may make."""

from pathlib import Path

import pytest

from ordercast.authoring.findings import Fault
from ordercast.authoring.lint import lint
from ordercast.authoring.trial_brands import MADE_UP
from ordercast.templates.brands import BrandFile, read_brands
from ordercast.templates.sms_text import Encoding
from tests.authoring.conftest import Change, again
from tests.authoring.planted_faults import LONG, PLANTED


def found(checkout: Path) -> list[str]:
    with again(checkout):
        return list(map(str, lint(read_brands(checkout / "brands").values())))


def test_what_ships_has_no_fault(checkout: Path) -> None:
    assert [] == found(checkout)


@pytest.mark.parametrize(("fault", "planted", "said"), PLANTED, ids=lambda each: str(each)[:40])
def test_a_planted_fault_is_found(
    checkout: Path, change: Change, fault: Fault, planted: tuple[str, str, str], said: str
) -> None:
    change(*planted)
    lines = found(checkout)
    assert [line for line in lines if said in line and line.endswith(f"[{fault}]")], lines


def test_each_fault_is_planted() -> None:
    assert set(Fault) == {fault for fault, _, _ in PLANTED}


@pytest.mark.parametrize(
    "harmless",
    [
        # A typographic apostrophe becomes a plain one when the text is sent.
        ("templates/confirmed/en.toml", 'sms = "', 'sms = "It\u2019s done. '),
        # One word may be the same in two languages.
        ("templates/layout/sv.toml", 'total = "Totalt"', 'total = "Total"'),
        # A language with a parent says what differs from it.
        ("brands/nordic/confirmed/sv-FI.toml", "", 'heading = "Tack!"'),
        ("brands/nordic/confirmed/en.toml", "", 'heading = "Thank you!"'),
    ],
    ids=lambda each: each[0],
)
def test_what_only_looks_like_a_fault_passes(
    checkout: Path, change: Change, harmless: tuple[str, str, str]
) -> None:
    change(*harmless)
    assert [] == found(checkout)


def test_the_budget_may_be_another(checkout: Path) -> None:
    with again(checkout):
        one_part = lint(budget={Encoding.GSM_7: 1, Encoding.UCS_2: 1})
    assert {Fault.TOO_LONG} == {each.fault for each in one_part}


@pytest.mark.parametrize(
    "planted",
    [
        ("templates/layout/email.html", "<h1", '<img src="https://example.com/a.png"><h1'),
        ("templates/shipped/en.toml", 'heading = "', 'heading = "{{ order.nmae }}'),
    ],
    ids=lambda each: each[0],
)
def test_a_fault_of_what_all_shops_share_is_said_once(
    checkout: Path, change: Change, planted: tuple[str, str, str]
) -> None:
    change(*planted)
    (said,) = found(checkout)
    assert said.startswith(f"ordercast/{planted[0]}")


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("{{ words.lead|safe }}", "`|safe` lets a shop's text become HTML: leave it out"),
        ("{{ words.lead | upper }}", "{{ words.lead | upper }}: only {{ words.lead }} is"),
        ("{{ words.lead }}{{ order.nmae }}", ""),
    ],
)
def test_a_fault_of_the_layout_is_said_of_it_alone_and_its_cause_first(
    checkout: Path, change: Change, new: str, said: str
) -> None:
    change("templates/layout/email.html", "{{ words.lead }}", new)
    first, *others = found(checkout)
    assert said in first
    assert all(line.startswith("ordercast/templates/layout") for line in (first, *others))
    assert len(others) <= 2  # what follows from it


def test_lint_makes_up_all_that_a_brand_may_have() -> None:
    plain = {"colours", "dark", "statuses"}
    assert set(MADE_UP) == set(BrandFile.__struct_fields__) - plain
    assert all(MADE_UP.values())


def test_a_layout_of_a_brand_is_seen_without_what_the_brand_has(
    checkout: Path, change: Change
) -> None:
    layout = (checkout / "templates/layout/email.html").read_text()
    change("brands/nordic/email.html", "", layout.replace("{% elif order.shop %}", "{% else %}"))
    text = (checkout / "templates/layout/email.txt").read_text()
    change("brands/nordic/email.txt", "", text)
    logo = 'url = "https://x.example.com/l.png", alt = "Nordic", width = 9, height = 9'
    change("brands/nordic/brand.toml", "", f"\nlogo = {{ {logo} }}")
    assert [] == found(checkout)
    change("brands/nordic/email.html", "{{ order.shop }}", "{{ order.shpo }}")
    (said,) = found(checkout)
    assert said.startswith("brands/nordic: cannot be rendered")
    assert said.endswith(", for the brand nordic without logo [missing-variable]")


def test_a_fault_that_one_brand_makes_names_it(checkout: Path, change: Change) -> None:
    """Its name is so long that a text of all shops takes another part."""
    change("templates/shipped/en.toml", 'sms = "', f'sms = "{LONG[:72]}')
    assert [] == found(checkout)
    change("brands/nordic/brand.toml", "Nordic Outfitters", "Nordic Outfitters " * 7)
    lines = found(checkout)
    assert lines
    assert all(line.endswith(", for the brand nordic [too-long]") for line in lines)

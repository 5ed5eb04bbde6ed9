"""What docs/templates.md says of templates is so: commands, faults, fields and pictures."""

import re
import shlex
from pathlib import Path

import pytest

from ordercast.authoring.findings import Fault
from ordercast.authoring.lint import lint
from ordercast.authoring.lint_rendered import BUDGET
from ordercast.authoring.samples import SAMPLES
from ordercast.cli import app as cli
from ordercast.cli import templates as commands
from ordercast.templates.brands import BrandFile, Colours, read_brands
from ordercast.templates.statuses import TEMPLATES
from tests.authoring.conftest import again
from tests.pages import ROOT, snippets

PAGE = "docs/templates.md"
HEADINGS = ("Add a language", "Add a status", "Add a brand", "See and check them")


def written() -> str:
    return (ROOT / PAGE).read_text()


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_commands_that_the_page_shows_are_taken(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, heading: str
) -> None:
    """In an empty folder of brands, as a newcomer has it; only lint may find what is left to write."""
    (checkout / "brands" / "nordic").rename(checkout / "brands" / "acme")
    monkeypatch.chdir(checkout)
    monkeypatch.setattr(commands.webbrowser, "open", lambda _: True)  # type: ignore[attr-defined]  # the module that the command imports
    monkeypatch.setattr(commands, "put", lambda *_, **__: None)
    (shown,) = snippets(PAGE, heading=heading)
    for line in shown.splitlines():
        program, *words = shlex.split(line)
        assert ".venv/bin/ordercast" == program
        monkeypatch.setattr("sys.argv", ["ordercast", *words])
        with pytest.raises(SystemExit) as ended, again(checkout):
            cli.main()
        assert not ended.value.code or words[:2] == ["templates", "lint"], line


def test_each_fault_is_on_the_page() -> None:
    table = written().partition("## What lint finds")[2].partition("\n## ")[0]
    assert list(Fault) == re.findall(r"^\| `([a-z0-9-]+)` \|", table, re.MULTILINE)


def test_the_budget_and_the_long_order_are_those_of_the_page() -> None:
    order = SAMPLES["long"]
    assert [2, 4] == list(BUDGET.values())
    assert (24, 74) == (len(order.order_id), len(order.tracking_url or ""))


def test_each_field_of_a_brand_is_on_the_page() -> None:
    section = written().partition("## Add a brand")[2].partition("\n## ")[0]
    for name in (*BrandFile.__struct_fields__, *Colours.__struct_fields__):
        assert re.search(rf"`\[?{name}(?:\.…)?\]?`", section), name


def test_each_template_has_its_picture() -> None:
    pictures = set(re.findall(r"pictures/templates/([a-z_-]+)\.png", written()))
    drawn = {each.stem for each in (ROOT / "docs/pictures/templates").glob("*.png")}
    assert {*TEMPLATES, "nordic", "nordic-wide"} == pictures == drawn


def test_the_pictures_are_small() -> None:
    sizes = [each.stat().st_size for each in (ROOT / "docs/pictures/templates").glob("*.png")]
    assert 1_500_000 > sum(sizes)


def test_the_example_brand_has_no_fault_and_all_fields() -> None:
    brands = read_brands(ROOT / "examples" / "brands")
    fields = BrandFile.__struct_fields__
    assert [] == [name for name in fields if not getattr(brands["nordic"], name)]
    assert [] == lint(brands.values())

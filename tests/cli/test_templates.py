"""`ordercast templates` lists, shows and checks templates, and sends one to its writer."""

import json
from pathlib import Path
from typing import Any

import pytest

from ordercast.cli import templates as commands

BRANDS = str(Path(__file__).parents[2] / "examples" / "brands")


@pytest.fixture(autouse=True)
def few_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lint what is quick to: all of it is linted once, by `make check`."""
    monkeypatch.setattr(
        "ordercast.authoring.catalogue.templates_of", lambda brand: [*brand.statuses, "shipped"]
    )


def test_the_list_has_each_template_with_its_languages(run) -> None:
    status, out, _ = run("templates", "list", "--brands", BRANDS)
    assert 0 == status
    rows = [line.split() for line in out.splitlines()]
    assert ["nordic", "packed", "en", "de", "es", "fr", "ja", "pt-BR", "sv"] in rows
    (shipped,) = [row for row in rows if ["all", "shops", "shipped"] == row[:3]]
    assert {"en", "sv"} <= set(shipped)


def test_the_preview_is_saved_and_opened(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(commands.webbrowser, "open", opened.append)  # type: ignore[attr-defined]  # the module that the command imports
    page = tmp_path / "out" / "templates.html"
    assert (0, f"{page}\n", "") == run(
        "templates", "preview", "--brands", BRANDS, "--out", str(page)
    )
    assert [page.as_uri()] == opened
    assert "Nordic Outfitters" in page.read_text()
    run("templates", "preview", "--brands", BRANDS, "--out", str(page), "--no-open")
    assert 1 == len(opened)


def test_without_a_fault_lint_shows_what_the_longest_texts_cost(run) -> None:
    status, out, err = run("templates", "lint", "--brands", BRANDS, "--countries", "us, zz")
    assert (0, "") == (status, err)
    assert out.startswith("No faults.")
    (nordic,) = [line.split() for line in out.splitlines() if line.split()[:2] == ["nordic", "sv"]]
    assert ["GSM-7"] == [each for each in nordic if each.startswith("GSM")]
    assert "-" == nordic[-1]  # no price is known there


def test_a_fault_is_a_line_and_the_status(run, tmp_path: Path) -> None:
    (tmp_path / "nordic").mkdir()
    (tmp_path / "nordic" / "brand.toml").write_text('name = "N"\ncolours.accent = "#ffff00"')
    status, out, err = run("templates", "lint", "--brands", str(tmp_path))
    assert (1, "") == (status, out)
    assert "brands/nordic/brand.toml: colours.on_accent on accent: #ffffff on #ffff00" in err


def test_a_brand_that_cannot_be_read_is_one_line(run, tmp_path: Path) -> None:
    (tmp_path / "nordic").mkdir()
    status, _, err = run("templates", "list", "--brands", str(tmp_path))
    assert (1, "✗ brands/nordic/brand.toml is missing\n") == (status, err)


def test_fewer_parts_may_be_asked_for(run) -> None:
    status, _, err = run("templates", "lint", "--brands", BRANDS, "--parts", "1")
    assert 1 == status
    assert "more than 1 in GSM-7" in err


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """What was put on the stream, and with which options."""
    put: list[tuple[dict[str, Any], dict[str, Any]]] = []
    monkeypatch.setattr(
        commands,
        "put",
        lambda file, **options: put.append((json.loads(Path(file).read_text()), options)),
    )
    return put


@pytest.mark.parametrize(
    ("to", "channel", "field"),
    [("ada@example.com", "email", "email"), ("+12065550100", "sms", "phone")],
)
def test_a_test_is_an_order_like_a_customers_with_one_recipient(
    run, sent, to: str, channel: str, field: str
) -> None:
    """So it meets the stage's own rules, is paid from its budgets, and is on its ledger."""
    status, out, _ = run("templates", "send-test", "shipped", to, "--language", "sv")
    ((event, options),) = sent
    assert 0 == status
    assert ("shipped", channel, "template-test") == (
        event["status"],
        event["channel"],
        event["campaign"],
    )
    assert {field: to, "locale": "sv"} == event["contact"]
    assert {"stage": "local", "cloud": None} == options
    assert out.endswith(f"ordercast status {event['order_id']}\n")


def test_a_test_is_of_a_template_that_there_is(run, sent) -> None:
    status, _, err = run("templates", "send-test", "shiped", "ada@example.com")
    assert 1 == status
    assert "there is no template shiped" in err
    assert [] == sent


def test_a_test_of_a_deployed_stage_says_where_to_look(run, sent) -> None:
    _, out, _ = run(
        *("templates", "send-test", "shipped", "ada@example.com"),
        *("--shop", "nordic", "--stage", "dev"),
    )
    ((event, options),) = sent
    assert ("nordic", "dev") == (event["shop"], options["stage"])
    assert out.endswith(f"status {event['order_id']} --shop nordic --stage dev\n")


def test_two_brands_of_one_shop_are_a_line_and_the_status(run, tmp_path: Path) -> None:
    for folder in ("acme", "nordic"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "brand.toml").write_text('name = "N"\nshops = ["n"]')
    status, out, err = run("templates", "lint", "--brands", str(tmp_path))
    line = '✗ brands/nordic/brand.toml: the shop "n" is of brands/acme too; a shop has one brand\n'
    assert (1, "", line) == (status, out, err)

"""`ordercast validate` says what becomes of order events, without a cloud."""

import io
import json
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ordercast.cli import validate as validating
from ordercast.settings import stage_files
from ordercast.templates import brands
from tests.pages import snippets

NOON = ("--at", "2026-03-02T17:00:00")
SHIPPED = {
    "order_id": "1000017",
    "status": "shipped",
    "channel": "both",
    "contact": {"email": "ada@example.com", "phone": "+12065550100"},
}


@pytest.fixture
def validate(run, tmp_path: Path):
    """Validate events of a file: the status, the output and the complaints."""

    def validate(*events: Any, options: tuple[str, ...] = ()) -> tuple[int, str, str]:
        file = tmp_path / "orders.jsonl"
        file.write_text("\n".join(json.dumps(each) for each in events))
        status, out, err = run("validate", str(file), *NOON, *options)
        return status, out, err

    return validate


def test_each_event_is_one_line_with_its_messages(validate) -> None:
    status, out, err = validate(SHIPPED)

    assert (0, "") == (status, err)
    assert [
        "event 1: order 1000017 shipped: SMS to +12065550100 in 1 part; e-mail to ada@example.com",
        "1 event: 1 taken, 0 parked",
    ] == out.splitlines()


def test_what_is_parked_is_one_line_with_its_reason_and_ends_with_status_1(validate) -> None:
    status, out, _ = validate(SHIPPED, {"customer_id": "c-1"})

    assert 1 == status
    [_, parked, summary] = out.splitlines()
    assert parked.startswith("line 2: parked (malformed-order-event): order_id: ")
    assert "2 events: 1 taken, 1 parked" == summary


def test_what_is_not_sent_or_later_says_by_which_rule(validate) -> None:
    swede = SHIPPED | {"contact": SHIPPED["contact"] | {"phone": "+46701740605"}}  # type: ignore[operator]
    night = ("--at", "2026-03-02T05:00:00")

    assert "SMS not sent (country-closed)" in validate(swede)[1]
    assert "UTC (quiet-hours)" in validate(SHIPPED, options=night)[1]


def test_notes_are_shown(validate) -> None:
    assert (
        "; note: contact.country: read as GB"
        in validate(SHIPPED | {"contact": {"email": "ada@example.com", "country": "UK"}})[1]
    )


def test_json_has_each_event_in_its_order(validate) -> None:
    status, out, _ = validate(SHIPPED, {"customer_id": "c-1"}, options=("--json",))

    taken, parked = json.loads(out)
    assert 1 == status
    assert ("taken", "1000017") == (taken["outcome"], taken["event"]["order_id"])
    assert ("parked", "malformed-order-event") == (parked["outcome"], parked["reason"])
    sms = taken["channels"]["sms"]
    assert ("requested", None, "+12065550100", 1) == (
        *(sms["verdict"], sms["rule"], sms["recipient"]),
        sms["parts"]["parts"],
    )
    assert {"subject", "text", "html"} <= taken["channels"]["email"].keys()


def test_strictly_another_spelling_is_refused_and_named(validate) -> None:
    written = {**SHIPPED, "trackingUrl": "https://example.com/t"}

    assert 0 == validate(written)[0]
    status, out, _ = validate(written, options=("--strict",))
    assert 1 == status
    assert "parked (unknown-field): trackingUrl: another spelling of tracking_url" in out


def test_customers_are_those_of_the_file(validate, tmp_path: Path) -> None:
    known = tmp_path / "customers.jsonl"
    known.write_text(
        '{"customer_id": "c-1", "email": "ada@example.com", "consents": ["email"]}\n{"customer": 1}'
    )

    status, out, err = validate(
        {"order_id": "1", "customer_id": "c-1"}, options=("--customers", str(known))
    )

    assert 0 == status
    assert "e-mail to ada@example.com" in out
    assert err.startswith(f"{known}: line 2: customer_id: found nothing")


def test_events_come_from_standard_input_as_well(run, monkeypatch: pytest.MonkeyPatch) -> None:
    given = io.BytesIO(json.dumps(SHIPPED).encode())
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=given))

    status, out, _ = run("validate", "-", *NOON)

    assert (0, 2) == (status, len(out.splitlines()))


def test_a_stage_of_the_checkout_counts_with_its_settings(validate) -> None:
    elsewhere = SHIPPED | {"channel": "email", "contact": {"email": "ada@another.invalid"}}

    assert "e-mail to" in validate(elsewhere)[1]
    assert "not-allowed" in validate(elsewhere, options=("--stage", "local"))[1]


def test_an_unknown_stage_is_named_with_those_there_are(validate) -> None:
    status, _, err = validate(SHIPPED, options=("--stage", "nowhere"))

    assert 1 == status
    assert "no stage nowhere: stages/ has dev, local, prod" in err


def test_two_brands_of_one_shop_are_a_line_and_the_status(
    validate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for folder in ("acme", "nordic"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "brand.toml").write_text('name = "N"\nshops = ["n"]')
    monkeypatch.setattr(brands, "FOLDER", tmp_path)
    brands.deployed.cache_clear()
    line = '✗ brands/nordic/brand.toml: the shop "n" is of brands/acme too; a shop has one brand\n'

    assert (1, "", line) == validate(SHIPPED)


def test_without_a_checkout_the_defaults_of_the_package_count(
    validate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packaged = tmp_path / "stages"
    packaged.mkdir()
    (packaged / "default.toml").write_bytes((stage_files.CHECKOUT / "default.toml").read_bytes())
    monkeypatch.setattr(stage_files, "_PACKAGED", packaged)
    monkeypatch.setattr(stage_files, "CHECKOUT", tmp_path / "nothing")
    monkeypatch.setattr(validating, "stage_names", list)

    status, out, err = validate(SHIPPED, options=("--stage", "prod"))

    assert 0 == status
    assert "1 taken" in out
    assert "no settings of stage prod are here: the defaults are used\n" == err


def test_the_commands_that_the_page_shows_are_taken(
    run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.jsonl").write_text(json.dumps(SHIPPED))
    (tmp_path / "customers.jsonl").write_text('{"customer_id": "c-42"}')
    shown = [
        line.split()
        for snippet in snippets("docs/shops.md", language="")
        for line in snippet.splitlines()
        if line.startswith("ordercast validate")
    ]

    assert 2 == len(shown)
    for _, *words in shown:
        status, _, err = run(*words)
        assert (0, "") == (status, err)


def test_nothing_is_asked_of_a_network(validate, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        pytest.fail("a network was asked")

    monkeypatch.setattr(socket, "socket", refused)

    assert 0 == validate(SHIPPED)[0]

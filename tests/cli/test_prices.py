"""`ordercast prices` shows the list as a stage uses it, and compares it with receipts."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.cli import app as cli
from ordercast.cli import prices
from ordercast.notifications.lifecycle import State
from ordercast.rollups.rollup import Amount, RollupInput, RollupKey, contribution, summed
from ordercast.settings.stage import StageSettings
from pipeline.settings.files import read_stage
from tests.lines import line

PERIOD = ("--since", "2026-03-02", "--until", "2026-03-03")
LOCAL = read_stage("local")


@dataclass
class Deployed:
    """A stage with these settings, whose rollups hold these rows."""

    settings: StageSettings
    rows: Iterable[RollupInput] = ()

    def rollups(self) -> "Deployed":
        return self

    def buckets(self, _: Iterable[str]) -> dict[RollupKey, dict[str, Amount]]:
        return summed(map(contribution, self.rows))


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Ask on the command line; returns the status and what was printed."""

    def run(*words: str, of: Iterable[RollupInput] = ()) -> tuple[int, str]:
        monkeypatch.setattr(prices, "target", lambda *_: Deployed(LOCAL, of))
        monkeypatch.setattr("sys.argv", ["ordercast", "prices", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0), capsys.readouterr().out

    return run


def texts(country: str, count: int, price: str | None, **changes: Any) -> list[RollupInput]:
    """Return that many delivered texts of one part, each charged at *price*."""
    one = line(state=State.DELIVERED)
    bucket = one.bucket._replace(channel="sms", country=country)
    known = {"cost": Decimal(price), "cost_source": "carrier"} if price else {}
    changed = {"bucket": bucket, "parts": 1, "taken": True, **known, **changes}
    return [replace(one, id=f"{country}-{n}", **changed) for n in range(count)]


def objects(printed: str) -> list[dict[str, Any]]:
    return [json.loads(each) for each in printed.splitlines()]


def test_the_list_shows_what_is_open_with_its_ceiling_source_and_date(run) -> None:
    listed = {each["to"]: each for each in objects(run("--json")[1])}

    assert ("0.00700", "0.00302", "0.01503", True) == tuple(
        listed["US"][name] for name in ("price_usd", "fee_usd", "ceiling_usd", "open")
    )
    assert (None, "0.08", True) == tuple(
        listed["SE"][name] for name in ("price_usd", "ceiling_usd", "open")
    )
    assert ("0.06860", None, False) == tuple(
        listed["JP"][name] for name in ("price_usd", "ceiling_usd", "open")
    )
    assert (True, False) == (listed["plan essentials"]["open"], listed["plan none"]["open"])
    for each in listed.values():
        assert (each["as_of"] is None) == (each["source"] is None) == (each["price_usd"] is None)


def test_the_table_fits_a_terminal_and_names_every_source(run) -> None:
    status, out = run()

    table = out.partition("[1]")[0]
    assert 0 == status
    assert max(map(len, table.splitlines())) <= 80
    assert "second hand" in out


def test_receipts_that_agree_with_the_list_ask_for_no_change(run) -> None:
    status, out = run("check", "--json", *PERIOD, of=texts("US", 30, "0.01002"))

    (found,) = objects(out)
    assert 0 == status
    assert ("US", 30, "0.01002", "0.01002", 0, None) == tuple(
        found[name]
        for name in ("country", "parts", "list_usd", "receipts_usd", "difference", "change")
    )


@pytest.mark.parametrize(
    ("country", "price", "change"),
    [
        ("JP", "0.07451", "change the price to 0.07451, fee included"),
        ("GB", "0.03000", "change the price to 0.03000, fee included"),
        ("SE", "0.05330", "add a price of 0.05330, fee included"),
    ],
)
def test_receipts_that_differ_say_what_to_correct_with_status_1(
    run, country: str, price: str, change: str
) -> None:
    status, out = run("check", *PERIOD, of=texts(country, 20, price))

    assert 1 == status
    assert f"{country}: {change}" in out


def test_a_few_receipts_are_shown_and_not_judged(run) -> None:
    """Routes of one country differ in price."""
    status, out = run("check", "--json", *PERIOD, of=texts("JP", 19, "0.07451"))

    (found,) = objects(out)
    assert 0 == status
    assert (None, 0.086152) == (found["change"], found["difference"])


def test_a_single_text_over_its_ceiling_asks_for_a_higher_one(run) -> None:
    over = texts("JP", 1, "0", state=State.FAILED, rule="over-price")
    status, out = run("check", *PERIOD, of=over)

    assert 1 == status
    assert "JP: raise its ceiling" in out


def test_parts_count_and_what_was_free_does_not(run) -> None:
    of = [*texts("US", 20, "0.02004", parts=2), *texts("US", 20, "0")]
    status, out = run("check", "--json", *PERIOD, of=of)

    (found,) = objects(out)
    assert 0 == status
    assert (40, "0.01002") == (found["parts"], found["receipts_usd"])


def test_without_receipts_there_is_nothing_to_compare(run) -> None:
    assert (0, True) == ((done := run("check", *PERIOD))[0], "nothing to compare" in done[1])
    assert "" == run("check", "--json", *PERIOD, of=texts("US", 3, None))[1]

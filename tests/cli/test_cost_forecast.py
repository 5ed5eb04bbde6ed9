"""`ordercast cost --forecast` tells what a month costs, by service and as messages are sent today."""

import csv
import io
import json
import re
import shlex
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from ordercast.cli import cost
from ordercast.operations.forecast.month import VOLUMES, month, prices_as_of
from ordercast.operations.units import to_the_cent
from ordercast.rollups.rollup import Amount, RollupKey
from ordercast.rollups.statistics import in_all
from ordercast.settings.stage import StageSettings
from ordercast.settings.stage_files import stage_settings
from tests.busy_day import busy_day
from tests.pages import snippets

PAGE = Path(__file__).parents[2] / "docs/costs.md"
PERIOD = ("--since", "2026-03-02", "--until", "2026-03-04")


class BusyStage:
    """A deployed stage with a busy day in its rollups, or with nothing."""

    settings: StageSettings = stage_settings("dev")

    def __init__(self, *, is_busy: bool = True) -> None:
        self._held = busy_day() if is_busy else {}

    def rollups(self) -> "BusyStage":
        return self

    def buckets(self, days: Iterable[str]) -> dict[RollupKey, dict[str, Amount]]:
        wanted = set(days)
        return {key: each for key, each in self._held.items() if key.hour[:10] in wanted}


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch):
    """Make the stage of the command line this one."""
    return lambda stage: monkeypatch.setattr(cost, "target", lambda *_: stage)


def test_volumes_are_forecast_without_any_cloud(run) -> None:
    status, out, _ = run("cost", "--forecast", "--a-day", "3_000, 100000", "--stage", "prod")

    assert 0 == status
    prod = stage_settings("prod")
    for volume in (3_000, 100_000):
        made = month(prod, a_day=volume)
        assert f"{volume:,}" in out
        for each in (*made.charges, made.all):
            assert to_the_cent(each.total) in out
    assert "docs/prices.md" in out
    assert prices_as_of() in out


def test_a_period_is_scaled_to_a_month_with_what_providers_charged(run, deployed) -> None:
    """The day before the period's end was empty: the mean of two days counts."""
    deployed(BusyStage())
    _, out, _ = run("cost", "--forecast", "--json", *PERIOD)
    lines = [json.loads(each) for each in out.splitlines()]

    (providers,) = [each for each in lines if each["service"] == "providers"]
    assert f"{_charged() * 15:.4f}" == providers["variable_usd"]
    assert {round(_sent() / 2)} == {each["messages_a_day"] for each in lines}
    aws = month(BusyStage.settings, a_day=_sent() / 2)
    assert {*(each.service for each in aws.charges), "providers"} == {e["service"] for e in lines}


def test_the_table_of_a_period_has_the_sum_of_both(run, deployed) -> None:
    deployed(BusyStage())
    _, out, _ = run("cost", "--forecast", *PERIOD)

    aws = month(BusyStage.settings, a_day=_sent() / 2).all.total
    assert to_the_cent(aws + _charged() * 15) in out
    assert "stage dev" in out


def test_csv_has_a_line_for_each_volume_and_service(run) -> None:
    _, out, _ = run("cost", "--forecast", "--a-day", "10,20", "--stage", "dev", "--csv")

    rows = list(csv.DictReader(io.StringIO(out)))
    services = {each.service for each in month(BusyStage.settings, a_day=10).charges}
    assert {(n, each) for n in ("10", "20") for each in services} == {
        (row["messages_a_day"], row["service"]) for row in rows
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--forecast", "--a-day", "many"), "--a-day: many is not a whole number"),
        (("--forecast", "--a-day", "1,"), "--a-day: nothing is not a whole number"),
        (("--forecast", "--a-day", "0"), "--a-day: 0 is not a whole number"),
        (("--forecast", "--a-day", "9", "--since", "7d"), "a period or with --a-day"),
        (("--forecast", "--by", "channel"), "without --by"),
        (("--forecast", "--a-day", "9", "--stage", "none"), "no stage none"),
        (("--a-day", "9"), "--a-day belongs to --forecast"),
        (("--forecast", "--a-day", "9", "--json", "--csv"), "choose one: --json or --csv"),
    ],
)
def test_what_makes_no_sense_is_one_line(run, words, said) -> None:
    status, _, err = run("cost", *words)

    assert 1 == status
    assert said in err.splitlines()[0]


def test_a_stage_that_sent_nothing_is_asked_for_a_volume(run, deployed) -> None:
    deployed(BusyStage(is_busy=False))
    status, _, err = run("cost", "--forecast")

    assert 1 == status
    assert "nothing was sent" in err
    assert "--a-day" in err


def test_the_commands_that_the_page_shows_are_taken(run, deployed) -> None:
    deployed(BusyStage())
    (shown,) = snippets("docs/costs.md", heading="What a month costs")
    answers = []
    for line in shown.splitlines():
        command, *words = shlex.split(line)
        assert ".venv/bin/ordercast" == command
        answers.append(run(*words)[0])

    # The busy day is long ago: nothing was sent within the thirty days.
    assert [0, 1] == answers


def test_the_page_has_the_forecast_of_prod() -> None:
    text = PAGE.read_text()
    rows = {
        name.strip(): [cell.strip() for cell in cells.split("|")]
        for name, cells in re.findall(r"^\| ([^|]+) \|(.+)\|$", text, flags=re.MULTILINE)
    }
    months = [month(stage_settings("prod"), a_day=volume) for volume in VOLUMES]

    assert rows["messages a day"] == [f"{volume:,}" for volume in VOLUMES]
    assert rows["AWS"] == [to_the_cent(each.all.total) for each in months]
    assert rows["AWS, a thousand messages"] == [f"{each.a_thousand:.4f}" for each in months]
    for number, made in enumerate(months):
        for charge in made.charges:
            assert rows[charge.service][number] == to_the_cent(charge.total)


def _sent() -> int:
    return in_all(busy_day().values()).sent


def _charged() -> Decimal:
    money = in_all(busy_day().values()).money
    return money.cost + money.unattributed

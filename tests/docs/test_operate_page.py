"""docs/operate.md: its arithmetic is that of the forecast, and its pages and commands are there."""

import math
import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from ordercast.cli.app import app
from ordercast.operations.forecast import assumed, counted
from ordercast.operations.forecast.month import VOLUMES
from ordercast.operations.forecast.usage import SECONDS_A_DAY, write_units
from ordercast.settings.stage_files import stage_settings

PAGE = Path(__file__).parents[2] / "docs/operate.md"


@pytest.fixture(scope="module")
def rows() -> dict[str, list[str]]:
    """The cells of the page's first row with each name."""
    found: dict[str, list[str]] = {}
    for line in re.findall(r"^\| (.+) \|$", PAGE.read_text(), flags=re.MULTILINE):
        name, *cells = line.split(" | ")
        found.setdefault(name, cells)
    return found


@pytest.mark.parametrize("volume", VOLUMES)
def test_what_a_volume_takes_is_computed_from_what_a_message_takes(rows, volume: int) -> None:
    prod, mean = stage_settings("prod"), volume / SECONDS_A_DAY
    peak = mean * assumed.PEAK

    assert rows[f"{volume:,}"] == [
        f"{mean:.2f}",
        f"{peak:,.1f}",
        str(math.ceil(peak / assumed.SHARD_RECORDS)),
        f"{write_units(prod, a_day=volume) * peak:,.0f}",
        f"{counted.LEDGER_UNITS * peak:,.0f}",
    ]


def test_every_command_of_the_page_is_one() -> None:
    known = get_command(app).commands  # type: ignore[attr-defined]  # a group
    named = re.findall(r"`ordercast ([^`]+)`", PAGE.read_text())

    assert len(named) >= 6
    for written in named:
        command, *_ = shlex.split(written)
        assert command in known

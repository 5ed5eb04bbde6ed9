"""The demo compares four independent counts, and one missing line is seen."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from local_cloud.cloud import LocalCloud
from local_cloud.demo.comparison import CLOUDWATCH, SIMULATOR
from local_cloud.demo.independent_counts import simulator_count
from local_cloud.demo.outcome import MEMORY_LIMIT, DemoOutcome
from local_cloud.inbox import FILE_NAME, read_inbox
from local_cloud.provider_simulator import charges
from ordercast.cli.app import app
from ordercast.cli.local import commands
from tests.cloud.demo.played import Played


@pytest.fixture
def ordercast_demo(played: Played, monkeypatch: pytest.MonkeyPatch):
    """The command, on a cloud that is there already, at the end of whose day comes that outcome."""
    monkeypatch.setattr(LocalCloud, "start", lambda *_, **__: played.cloud)
    monkeypatch.setattr(LocalCloud, "deploy", lambda *_, **__: None)
    monkeypatch.setattr(LocalCloud, "stop", lambda *_, **__: None)
    monkeypatch.setattr(commands, "write_history", lambda *_, **__: None)

    def run(outcome: DemoOutcome) -> tuple[int, str]:
        written = StringIO()
        monkeypatch.setattr(commands, "Demo", lambda **_: lambda *_, **__: outcome)
        monkeypatch.setattr(commands, "console", Console(file=written, width=80))
        return CliRunner().invoke(app, ["demo"]).exit_code, written.getvalue()

    return run


def test_all_who_count_agree_and_every_record_ends_as_it_was_put(
    played: Played, ordercast_demo
) -> None:
    outcome = played.outcome
    assert [] == outcome.comparison.disagreements
    assert [] == outcome.mistaken
    assert outcome.verified.is_right
    assert outcome.comparison.counts[SIMULATOR]["cost"] > 0
    found = {name: both for name, both in outcome.verified.cloudwatch.items() if name != "CostUSD"}
    assert {"Accepted", "Sent", "Delivered"} < found.keys()
    assert [] == [name for name, (rollup, metric) in found.items() if rollup != metric]
    code, said = ordercast_demo(outcome)
    assert 0 == code
    assert "Four independent counts agree" in said


def test_no_worker_takes_more_memory_than_its_function_has(played: Played) -> None:
    memory = played.outcome.memory
    assert {"order relay", "sms sender", "email sender", "receipt tracker"} <= memory.keys()
    assert max(memory.values()) < MEMORY_LIMIT


def test_what_was_sent_and_what_came_of_it_are_kept_as_pages(played: Played) -> None:
    pages = played.outcome.pages
    assert "<html" in pages["messages"].read_text()
    assert "<svg" in pages["report"].read_text()


@pytest.mark.parametrize(
    ("name", "figure"),
    [(FILE_NAME, "sent"), (charges.FILE_NAME, "cost")],
    ids=["message", "charge"],
)
def test_a_missing_line_of_the_simulator_is_seen_and_the_simulator_named(
    name: str, figure: str, played: Played, ordercast_demo, tmp_path: Path
) -> None:
    for each in (FILE_NAME, charges.FILE_NAME):
        (tmp_path / each).write_bytes((played.inbox / each).read_bytes())
    lines = (tmp_path / name).read_text().splitlines(keepends=True)
    (tmp_path / name).write_text("".join(lines[1:]))

    counted = simulator_count(read_inbox(tmp_path), charges.read_charges(tmp_path))
    code, said = ordercast_demo(played.with_count(SIMULATOR, counted))

    assert 1 == code
    assert f"{figure}" in said.partition("differ in")[2]
    assert "simulator" in said.partition("different:")[2]


def test_a_line_of_metrics_that_never_came_is_seen_and_cloudwatch_named(
    played: Played, ordercast_demo
) -> None:
    code, said = ordercast_demo(played.with_count(CLOUDWATCH, played.without_a_line))

    assert 1 == code
    assert "CloudWatch" in said.partition("different:")[2]

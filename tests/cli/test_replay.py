"""`ordercast replay` says so when nothing was, or can have been, on the stream in the period."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from ordercast.cli import record, replay
from pipeline.settings.files import read_stage
from tests.fakes.ledger import FakeLedger


@pytest.fixture(autouse=True)
def stage(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a ledger and nothing else."""
    for command in (record, replay):
        monkeypatch.setattr(
            command,
            "target",
            lambda *_: SimpleNamespace(ledger=FakeLedger, settings=read_stage("local")),
        )


@pytest.mark.parametrize("words", [["replay"], ["record", "--out", "nowhere"]])
def test_a_span_that_ends_before_it_begins_is_refused(run, words: list[str]) -> None:
    status, _, err = run(*words, "--from", "1m", "--to", "5m")

    assert 1 == status
    assert "--from is not before --to" in err


def test_of_no_records_it_is_not_said_that_the_ledger_agrees(run, tmp_path: Path) -> None:
    (tmp_path / "nothing.json").write_text(json.dumps({"Records": []}))

    status, out, _ = run("replay", str(tmp_path / "nothing.json"))

    assert (0, "0 records: none in that period.") == (status, out.strip())

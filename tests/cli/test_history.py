"""`ordercast history` reads its options and says what it wrote."""

import json
import shlex
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from local_cloud.history.write import WrittenHistory
from ordercast.cli.local import history
from tests.pages import snippets


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What is asked for, of a local cloud that has taken all of it."""
    asked: list[dict[str, Any]] = []
    done = WrittenHistory(messages=10_500, first=date(2026, 1, 26), until=date(2026, 3, 2))

    def write(_target: object, **words: Any) -> WrittenHistory:
        asked.append(words)
        return done

    cloud = SimpleNamespace(name="one", failure=lambda within: None)  # noqa: ARG005
    monkeypatch.setattr(history, "running_cloud", lambda _: cloud)
    monkeypatch.setattr(history, "local_target", lambda _: None)
    monkeypatch.setattr(history, "write_history", write)
    return asked


def test_the_commands_that_the_page_shows_are_taken(asked, run) -> None:
    (shown,) = snippets("docs/local-cloud.md", heading="A history to look at")
    for line in shown.splitlines():
        command, *words = shlex.split(line, comments=True)
        assert (".venv/bin/ordercast", 0) == (command, run(*words)[0])

    named = ("days", "messages_a_day", "busy_hour")
    assert [(35, 300, 0), (7, 1000, 0), (35, 300, 20_000)] == [
        tuple(each[name] for name in named) for each in asked
    ]


def test_it_says_what_was_written_and_what_to_look_at(asked, run) -> None:
    _, said, _ = run("history", "--cloud", "one")
    _, document, _ = run("history", "--json")

    assert "10,500 made-up messages, accepted from 2026-01-26 to before 2026-03-02" in said
    assert "stats --by day --since 2026-01-26 --cloud one" in said
    written = {"messages": 10_500, "since": "2026-01-26", "until": "2026-03-02"}
    assert written == json.loads(document)


def test_a_history_of_no_days_is_refused(asked, run) -> None:
    status, _, said = run("history", "--days", "0")

    assert (True, []) == (status != 0, asked)
    assert "--days" in said

"""Every snippet of the README runs as it stands there."""

import re
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lambda_event_sources.harness import ALWAYS, Raises, run_handler

PACKAGE = Path(__file__).parents[2]
README = (PACKAGE / "README.md").read_text()
SNIPPETS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
PYTHON = [text for language, text in SNIPPETS if language == "python"]
TESTS = [text for text in PYTHON if "def test_" in text]
(PROGRAM,) = (text for text in PYTHON if "def test_" not in text)


def test_the_tests_of_the_readme_pass_in_a_suite_of_their_own(tmp_path: Path) -> None:
    for number, text in enumerate(TESTS):
        (tmp_path / f"test_{number}.py").write_text(text)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "--rootdir", ".", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert f"{len(TESTS)} passed" in done.stdout, done.stdout + done.stderr


def test_the_report_is_printed_as_the_readme_shows_it() -> None:
    (shown,) = (text for language, text in SNIPPETS if language == "text")
    items: list[Any] = [b"first", Raises(times=ALWAYS), b"poison", b"last"]

    report = run_handler(
        lambda *_: {"batchItemFailures": []}, items, bisect_batch_on_error=True, retry_attempts=2
    )

    assert shown.splitlines() == str(report).splitlines()


def test_the_program_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = threading.Event()

    def paginate() -> list[dict[str, Any]]:
        listed.set()
        return [{"EventSourceMappings": []}]

    pages = SimpleNamespace(paginate=paginate)
    client = SimpleNamespace(get_paginator=lambda _: pages)
    monkeypatch.setattr("boto3.Session.client", lambda *_, **__: client)

    exec(PROGRAM, {})  # noqa: S102 - a snippet of our own

    assert listed.wait(5)


def test_the_commands_of_the_readme_name_what_is_there() -> None:
    for path in re.findall(r"\./(packages/[\w-]+)|pytest (packages/[\w-]+)", README):
        assert PACKAGE == PACKAGE.parents[1] / "".join(path)


def test_the_links_of_the_readme_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (PACKAGE / link).exists()

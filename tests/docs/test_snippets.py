"""Every snippet that a page shows is run by a test, as it stands there."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import typer
from moto import mock_aws

from ordercast.cli import app as cli
from ordercast.events.envelope import open_envelope
from ordercast.events.stream_record import StreamRecord
from tests.events.contract_readers import contract_error_of_bytes
from tests.pages import NO_CODE, PAGES, ROOT, all_snippets, snippets

HERE = "docs/test_snippets.py::"
SHOPS = "docs/test_shops.py::"
README = "cloud/pages/test_readme.py::"
CONTRACT = "events/test_contract_page.py::"
PAGE = "cloud/pages/test_pages.py::"

RUN_BY = {
    ("README.md", "A first message in five minutes", ""): (
        f"{HERE}test_every_make_target_of_a_page_is_there",
        f"{README}test_the_readme_s_first_message_is_there_at_once",
    ),
    ("README.md", "The demo", ""): (f"{HERE}test_every_make_target_of_a_page_is_there",),
    ("README.md", "With the AWS command line", ""): (
        f"{README}test_an_order_put_by_the_aws_command_line_is_in_the_inbox_and_in_the_metric",
    ),
    ("README.md", "Put order events", "json"): (
        f"{HERE}test_the_smallest_event_of_the_readme_is_one",
    ),
    ("README.md", "Customers, pauses and parked items", ""): (
        f"{README}test_an_operator_sets_customers_pauses_and_redrives",
        f"{PAGE}test_what_arrived_is_recorded_and_replayed",
    ),
    ("README.md", "Look up results", ""): (f"{README}test_an_analyst_looks_up_results",),
    ("README.md", "Deploy it to AWS", ""): (
        f"{HERE}test_every_make_target_of_a_page_is_there",
        f"{PAGE}test_the_rollups_are_compared_and_written_down",
    ),
    ("README.md", "Work on it", ""): (f"{HERE}test_every_make_target_of_a_page_is_there",),
    ("docs/doctor.md", "Is the account ready?", ""): (
        "cli/test_doctor.py::test_an_account_that_is_ready_has_nothing_to_look_at",
    ),
    ("docs/doctor.md", "Sending yourself a test", ""): (
        "cloud/commands/test_doctor.py::test_a_text_and_an_e_mail_are_followed_to_their_receipts",
    ),
    ("docs/doctor.md", "On a local cloud", "json"): (
        "cli/test_doctor.py::test_what_the_page_simulates_is_named",
    ),
    ("docs/rollups.md", "Comparing", ""): (
        f"{PAGE}test_the_rollups_are_compared_and_written_down",
    ),
    ("docs/local-cloud.md", "A history to look at", ""): (
        "cli/test_history.py::test_the_commands_that_the_page_shows_are_taken",
    ),
    ("docs/local-cloud.md", "Providers that fail", ""): (
        "cli/test_simulator.py::test_the_commands_that_the_page_shows_are_taken",
    ),
    ("docs/contract.md", "A first event", "json"): (
        f"{CONTRACT}test_an_example_that_we_publish_is_an_event",
    ),
    ("docs/contract.md", "Earlier shapes", "json"): (
        f"{CONTRACT}test_an_example_that_we_publish_is_an_event",
    ),
    ("docs/contract.md", "From Python", "python"): (
        f"{HERE}test_a_shop_s_back_end_in_python_puts_an_order_s_events_in_order",
    ),
    ("docs/contract.md", "From Node", "js"): (
        "operations/test_order_in_node.py::test_the_page_shows_what_the_example_does",
    ),
    ("docs/customers.md", "Customers", "json"): (
        "operations/test_customer_files.py::test_the_examples_that_we_publish_are_customers",
    ),
    ("docs/customers.md", "Promotional messages", ""): (
        "cli/test_promotions.py::test_the_commands_that_the_page_shows_are_taken",
    ),
    ("docs/templates.md", "Promotional messages", "python"): (
        "templates/test_statuses.py::test_the_page_shows_how_a_template_becomes_promotional",
    ),
    ("docs/budgets.md", "Budgets", ""): (
        "cli/test_budget.py::test_the_commands_that_the_page_shows_are_taken",
    ),
    ("docs/first-deployment.md", "What exists already", "toml"): (
        "pipeline/storage/test_existing.py::test_the_page_shows_what_a_stage_s_file_takes",
    ),
    ("docs/replay.md", "In tests", "python"): (
        f"{HERE}test_a_test_that_a_page_shows_passes_in_a_suite_of_one_s_own",
    ),
    ("docs/costs.md", "What a month costs", ""): (
        "cli/test_cost_forecast.py::test_the_commands_that_the_page_shows_are_taken",
    ),
    ("docs/figures.md", "Figures", ""): (f"{PAGE}test_figures_are_asked_for",),
    ("docs/prices.md", "Prices, and what a text may cost", ""): (
        f"{PAGE}test_prices_are_shown_and_compared",
    ),
    ("docs/replay.md", "Record", ""): (f"{PAGE}test_what_arrived_is_recorded_and_replayed",),
    ("docs/replay.md", "Replay", ""): (f"{PAGE}test_what_arrived_is_recorded_and_replayed",),
    ("docs/shops.md", "Install it", ""): (f"{HERE}test_every_make_target_of_a_page_is_there",),
    ("docs/shops.md", "Put events from Python", "python"): (
        f"{SHOPS}test_a_shop_s_code_and_its_tests_pass_as_the_page_shows_them",
        f"{SHOPS}test_a_shop_s_code_puts_its_event_on_the_stream",
    ),
    ("docs/shops.md", "Test what your code puts", "python"): (
        f"{SHOPS}test_a_shop_s_code_and_its_tests_pass_as_the_page_shows_them",
    ),
    ("docs/shops.md", "Put events from Node", "ts"): (
        f"{SHOPS}test_a_shop_s_typescript_makes_an_event",
    ),
    ("docs/shops.md", "Check events in any language", ""): (
        "cli/test_validate.py::test_the_commands_that_the_page_shows_are_taken",
    ),
    ("docs/shops.md", "Try it without AWS", ""): (
        f"{PAGE}test_a_shop_s_code_puts_its_event_on_a_local_cloud",
    ),
    ("docs/status-events.md", "What became of each message, for shops", "json"): (
        "operations/test_asyncapi.py::test_the_page_on_status_events_shows_the_document_s_example",
    ),
    ("docs/status-events.md", "With the AWS CLI", ""): (
        "cloud/flow/test_status_events.py::test_a_delivered_message_is_told_to_its_own_shop_alone",
    ),
    ("docs/status-events.md", "With the CDK", ""): (
        "pipeline/test_status_events_example.py::test_the_example_s_queue_takes_one_shop_s_events",
    ),
    ("docs/templates.md", "Change a word", ""): (
        f"{PAGE}test_a_new_order_shows_the_words_of_its_template",
    ),
    **{
        ("docs/templates.md", heading, ""): (
            "authoring/test_templates_page.py::test_the_commands_that_the_page_shows_are_taken",
        )
        for heading in ("Add a language", "Add a status", "Add a brand", "See and check them")
    },
    ("docs/runbook.md", "Runbook", ""): (f"{PAGE}test_an_operator_finds_the_names_of_resources",),
    ("docs/runbook.md", "Permissions of operators", ""): (
        "pipeline/test_outputs.py::test_every_output_is_a_parameter_too",
    ),
    ("docs/runbook.md", "Ending a suppression", ""): (f"{PAGE}test_a_suppression_is_ended",),
    ("docs/runbook.md", "Suppressing an address", "csv"): (
        "cli/suppressions/test_suppressions.py::test_the_file_of_the_page_is_imported",
    ),
    ("docs/runbook.md", "Taking it down again", ""): (
        f"{HERE}test_every_make_target_of_a_page_is_there",
        f"{PAGE}test_the_account_s_stack_may_be_taken_down",
    ),
    ("docs/sending.md", "Originations", "toml"): (
        "pipeline/settings/test_originations.py::test_the_originations_of_the_page_are_taken",
    ),
    ("docs/sending.md", "A second Region", "toml"): (
        "pipeline/settings/test_second_region.py::test_the_second_region_of_the_page_is_taken",
    ),
}
"""By page, heading and language: the tests that run it."""


def test_every_snippet_of_every_page_is_run_by_a_test_that_exists() -> None:
    shown = {(s.page, s.heading, s.language) for page in PAGES for s in all_snippets(page)}

    assert {each for each in shown if each[2] != NO_CODE} == set(RUN_BY)
    for file, _, test in (name.partition("::") for names in RUN_BY.values() for name in names):
        assert f"\ndef {test}(" in (ROOT / "tests" / file).read_text()


RECORDING = ROOT / "tests/recordings/kinesis/typical_batch.json"
RELAY = "def handler(event, context):\n    return {'batchItemFailures': []}\n"


@pytest.mark.parametrize("page", ["docs/replay.md"])
def test_a_test_that_a_page_shows_passes_in_a_suite_of_one_s_own(page: str, tmp_path: Path) -> None:
    """With the handler that it imports, the plugin that the page names, and a recording."""
    (shown,) = snippets(page, language="python")
    (tmp_path / "relay.py").write_text(RELAY)
    (tmp_path / "tests/recordings").mkdir(parents=True)
    (tmp_path / "tests/recordings/incident.jsonl.gz").write_bytes(RECORDING.read_bytes())
    (tmp_path / "test_shown.py").write_text(shown)

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", ".", "."],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_a_shop_s_back_end_in_python_puts_an_order_s_events_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (shown,) = snippets("docs/contract.md", language="python")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        kinesis = boto3.client("kinesis")
        kinesis.create_stream(StreamName="orders", ShardCount=1)

        exec(shown, {})  # noqa: S102 - it is ours

        (shard,) = kinesis.list_shards(StreamName="orders")["Shards"]
        start = kinesis.get_shard_iterator(
            StreamName="orders", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        (record,) = kinesis.get_records(ShardIterator=start["ShardIterator"])["Records"]
    parts = open_envelope(
        StreamRecord(sequence_number="1", partition_key="", arrived_at=None, payload=record["Data"])
    )
    payloads = [part.payload for part in parts if isinstance(part, StreamRecord)]
    assert ["confirmed", "shipped"] == [
        re.findall(r'"status": ?"(\w+)"', payload.decode())[0] for payload in payloads
    ]


def test_the_smallest_event_of_the_readme_is_one() -> None:
    (shown,) = snippets("README.md", language="json")

    assert contract_error_of_bytes(shown.encode()) is None


def test_every_make_target_of_a_page_is_there() -> None:
    """What it would do is printed, and not done: some deploy to AWS."""
    shell_code = [code for page in PAGES for code in _codes(page)]
    lines = {
        shlex.join(words) for code in shell_code for words in _lines(code) if words[:1] == ["make"]
    }

    assert {"make", "make demo KEEP=1", "make deploy STAGE=dev", "make prove"} <= lines
    for line in lines:
        done = subprocess.run(
            [*shlex.split(line), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert 0 == done.returncode, done.stderr


def test_every_command_of_a_page_has_the_options_that_are_written_there() -> None:
    seen = 0
    for page in PAGES:
        for words in (words for code in _codes(page) for words in _lines(code)):
            if words and words[0].rpartition("/")[2] == "ordercast" and words[1:]:
                assert [] == _unknown(words[1:]), f"{page}: {shlex.join(words)}"
                seen += 1
    assert seen > 60


def _codes(page: str) -> Iterator[str]:
    text = (ROOT / page).read_text()
    yield from (each.text for each in all_snippets(page) if not each.language)
    yield from re.findall(
        r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    )


def _lines(code: str) -> Iterator[list[str]]:
    """Yield the words of each command, which ends at a line's end, a pipe or a semicolon."""
    for line in re.split(r"\n|\||;|&&", code.replace("\\\n", " ")):
        lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
        lexer.whitespace_split = True
        try:
            yield list(lexer)
        except ValueError:  # a quotation that was cut: no command of ours
            yield []


def _unknown(words: list[str]) -> list[str]:
    """Return what of a command's words is neither a command nor an option of it."""
    command: Any = typer.main.get_command(cli.app)
    while getattr(command, "commands", None) and words and not words[0].startswith("-"):
        if words[0] not in command.commands:
            return words[:1]
        command, words = command.commands[words[0]], words[1:]
    known = {
        "--help",
        *(name for each in command.params for name in each.opts + each.secondary_opts),
    }
    return [each for each in words if each.startswith("--") and each.partition("=")[0] not in known]

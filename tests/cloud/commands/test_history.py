"""A history on a local cloud is right, and is read like anything else."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.history.write import WrittenHistory, write_history
from ordercast.cli import app as cli
from ordercast.notifications.lifecycle import State
from ordercast.operations.reconciliation import compare
from ordercast.operations.target import Target
from ordercast.queries.message_filter import MessageFilter
from ordercast.queries.messages import messages
from ordercast.rollups.statistics import in_all
from ordercast.usage_error import UsageError
from ordercast.workflows.read_rollups import rollups_between

NOW = datetime.now(UTC) - timedelta(days=5)
"""So that it is apart from what other tests put and count."""


@pytest.fixture(scope="module")
def written() -> dict[str, WrittenHistory]:
    """What was written to the session's cloud, once."""
    return {}


@pytest.fixture
def history(target: Target, written: dict[str, WrittenHistory]) -> WrittenHistory:
    if not written:
        written["it"] = write_history(target, now=NOW, days=2, messages_a_day=80)
    return written["it"]


def period(history: WrittenHistory) -> tuple[datetime, datetime]:
    first, until = history.first, history.until
    return (
        datetime(first.year, first.month, first.day, tzinfo=UTC),
        datetime(until.year, until.month, until.day, tzinfo=UTC),
    )


def test_verify_finds_ledger_rollups_and_cloudwatch_alike(target, history) -> None:
    result = compare(target, *period(history), second_look=timedelta(), scan=True)

    assert result.is_right
    assert history.messages == result.found.notifications > 100
    assert [] == [n for n, (here, there) in result.cloudwatch.items() if abs(here - there) > 1e-6]


def test_figures_and_lists_have_all_of_it(target, history) -> None:
    since, until = period(history)
    buckets = rollups_between(target.rollups(), since, until)
    asked = MessageFilter(since=since, until=until)
    page = messages(asked, target.lists(), now=datetime.now(UTC), size=1000)

    assert history.messages == in_all(buckets.values()).notifications == len(page.rows)
    assert len(Counter(row.state for row in page.rows)) > 2


def test_what_failed_and_what_a_customer_got_is_found_by_the_ledger_s_indexes(
    target, history
) -> None:
    since, until = period(history)
    asked = MessageFilter(since=since, until=until)
    listed = messages(asked, target.lists(), now=datetime.now(UTC), size=1000).rows
    failed = MessageFilter(since=since, until=until, states=frozenset({State.FAILED}))
    found = messages(failed, target.lists(), now=datetime.now(UTC)).rows

    assert {r.id for r in listed if r.state == State.FAILED} == {r.id for r in found} != set()


def test_a_second_history_of_the_same_days_is_refused(target, history) -> None:
    with pytest.raises(UsageError, match="has a history of these days already"):
        write_history(target, now=NOW, days=2, messages_a_day=80)


def test_a_deployed_stage_gets_none(target) -> None:
    prod = replace(target, settings=msgspec.structs.replace(target.settings, name="prod"))

    with pytest.raises(UsageError, match="local cloud only, not for stage prod"):
        write_history(prod, now=NOW)


def test_a_history_that_would_outlive_its_rows_is_refused(target) -> None:
    with pytest.raises(UsageError, match="--days: 50 are more than the 41"):
        write_history(target, now=NOW, days=50)


def test_the_command_says_what_was_written(
    cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of yesterday, which the other tests leave out."""
    options = ("--days", "1", "--messages-a-day", "5", "--seed", "3", "--json")
    monkeypatch.setattr("sys.argv", ["ordercast", "history", "--cloud", cloud.name, *options])
    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert not ended.value.code
    said = json.loads(capsys.readouterr().out)
    assert {"messages", "since", "until"} == said.keys()
    assert f"{datetime.now(UTC).date()}" == said["until"]

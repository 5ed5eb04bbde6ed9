"""The pages that only read say what there is, and what could not be read."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ordercast.audit import Act, Verb
from ordercast.console.live import ALARMS_EVERY, INTERVAL
from ordercast.errors import LedgerUnavailable, QueueUnavailable
from tests.busy_day import busy_day
from tests.console.asking import Browser, operator
from tests.console.example_stage import NOW, Example


def test_the_first_page_says_what_flows_what_waits_and_what_is_held_back(reader: Browser) -> None:
    page = reader.get("/").body
    for words in (
        "texts to SE",
        "the carrier asks for it",
        "1 message waiting",
        "all/day",
        "sns/us-east-1/default",
    ):
        assert words in page, words
    assert "sms, normal" in page
    assert "309" in page


def test_rates_are_what_was_counted_between_two_looks(on: Example, reader: Browser) -> None:
    assert "<td>0.0</td>" not in reader.get("/").body
    key = next(key for key in busy_day() if key.channel == "sms" and key.hour.endswith("T14"))
    counted = on.target.counted.written[key, 0]
    counted["state#delivered"] = counted.get("state#delivered", 0) + 6
    on.now = NOW + INTERVAL

    page = reader.get("/").body

    assert "<td>2.0</td><td>0.0</td><td>2.0</td>" in page.replace("\n", "")


def test_open_pages_are_told_by_server_sent_events(reader: Browser) -> None:
    stream = reader.get("/live")
    assert "text/event-stream; charset=utf-8" == stream.headers["content-type"]
    assert stream.body.startswith("event: now\ndata: ")
    assert 'data: <h2 id="holds">Held back</h2>' in stream.body


def test_what_rings_is_on_the_first_page_with_since_when_and_what_to_do(
    on: Example, reader: Browser
) -> None:
    page = reader.get("/").body
    assert "1 alarm rings" in page
    assert "SweeperBehind" in page
    assert "docs/runbook.md#sweeperbehind" in page
    assert "Value 1234; rings at least 600 in 3 x 5 min." in page
    assert (NOW - timedelta(minutes=12)).isoformat(timespec="milliseconds") in page

    on.alarms = []
    on.now += INTERVAL
    assert "1 alarm rings" in reader.get("/").body
    on.now += ALARMS_EVERY
    assert "No alarm rings." in reader.get("/").body


def test_alarms_that_cannot_be_read_hide_nothing_else_and_are_not_called_quiet(
    on: Example,
) -> None:
    def denied() -> Any:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "DescribeAlarms")

    page = operator(_with(on, alarms=denied)).get("/").body
    assert "Could not be read: the alarms." in page
    assert "No alarm rings" not in page
    assert "texts to SE" in page


def test_queues_that_cannot_be_read_hide_nothing_else(on: Example) -> None:
    def unavailable() -> Any:
        raise QueueUnavailable("down")

    page = operator(_with(on, queues=unavailable)).get("/").body
    assert "Could not be read: the queues." in page
    assert "texts to SE" in page


def _with(on: Example, **changes: Any) -> Any:
    from dataclasses import replace  # noqa: PLC0415

    return replace(on.stage(), **changes)


def test_what_cannot_be_read_is_said_by_its_kind_and_quotes_nothing(on: Example) -> None:
    def unavailable() -> Any:
        raise LedgerUnavailable("ada@example.com")

    answer = operator(_with(on, parked=unavailable)).get("/parked/groups", hx_request="true")
    assert 503 == answer.status
    assert "LedgerUnavailable" in answer.body
    assert "ada@" not in answer.body
    assert "<html" not in answer.body


def test_a_bug_is_said_by_its_kind_and_logged_without_what_it_was_about(
    on: Example, caplog: pytest.LogCaptureFixture
) -> None:
    def bug() -> Any:
        raise ZeroDivisionError("ada@example.com")

    answer = operator(_with(on, account=bug)).get("/doctor/findings")
    assert 500 == answer.status
    assert "ada@" not in answer.body + caplog.text
    assert "console_failed" in caplog.text


def test_acts_are_listed_with_who_why_and_what_came_of_it(on: Example, reader: Browser) -> None:
    act = Act(
        verb=Verb.DROP, of="101", by="bob", at=NOW - timedelta(hours=1), tag="0", reason="x-y"
    )
    on.target.trail.intend(act)
    page = reader.get("/audit").body
    for words in ("bob", "101", "x-y", "none"):
        assert words in page
    assert "bob" in reader.get("/audit?verb=drop").body
    assert "No such act is kept." in reader.get("/audit?verb=pause").body


def test_figures_are_those_of_a_period_and_part(reader: Browser) -> None:
    assert "of 600 notifications" in reader.get("/figures").body
    narrowed = reader.get("/figures?channel=sms&country=SE").body
    assert "of 600 notifications" not in narrowed
    assert "<option selected>SE</option>" in narrowed
    assert "Nothing was accepted" in reader.get("/figures?since=2026-01-01&until=2026-01-02").body
    assert 400 == reader.get("/figures?since=soon").status


def test_figures_are_had_as_csv_as_the_command_prints_them(reader: Browser) -> None:
    answer = reader.get("/figures.csv?by=channel")
    rows = list(csv.DictReader(io.StringIO(answer.body)))
    assert [("email", "291"), ("sms", "309")] == [(r["channel"], r["notifications"]) for r in rows]
    assert "cost_usd" in reader.get("/figures.csv?of=cost&channel=sms").body


def test_settings_and_findings_are_shown(reader: Browser) -> None:
    settings = reader.get("/settings").body
    assert "retention" in settings
    assert "ledger_table" in settings
    found = reader.get("/doctor/findings").body
    assert found.index("spend limit") < found.index("SES sandbox")
    assert "1 bad" in found


def test_templates_are_shown_as_the_preview_shows_them(reader: Browser) -> None:
    assert 'src="/templates/preview"' in reader.get("/templates").body
    assert "srcdoc" in reader.get("/templates/preview").body


def test_messages_are_listed_by_what_the_address_says(on: Example, reader: Browser) -> None:
    parked = reader.get("/messages?state=parked").body
    [row] = [r for r in on.target.world.ledger.rows.values() if r.state == "parked"]
    assert f"/orders/{row.id[:22]}#{row.id}" in parked
    assert "No such message" in reader.get("/messages?state=parked&channel=sms").body
    assert 400 == reader.get("/messages?state=lost").status
    assert 400 == reader.get("/messages?cursor=nowhere").status


def test_a_row_of_a_plot_leads_to_its_messages(reader: Browser) -> None:
    page = reader.get("/figures?channel=sms").body
    assert "channel=sms&amp;state=undelivered" in page
    assert "state=suppressed&amp;rule=stale" in page
    assert "country=SE" in page

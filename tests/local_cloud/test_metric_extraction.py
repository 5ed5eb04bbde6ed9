"""Lines in the embedded metric format become metric data by the specification, each line once."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local_cloud.metric_extraction.emf import InvalidDocument, Metric, metrics_in
from local_cloud.metric_extraction.log_tail import PAGE, LogTail

NOW = datetime(2026, 11, 21, 12, 1, tzinfo=UTC)
AT = datetime(2026, 11, 21, 12, 0, 5, tzinfo=UTC)
RECORDINGS = Path(__file__).parents[1] / "recordings/aws"


def a_document(**changes: Any) -> dict[str, Any]:
    """One metric `Sent` of 3 for the stage; `changes` go into the directive, `root` beside it."""
    root = changes.pop("root", {})
    timestamp = changes.pop("timestamp", int(AT.timestamp() * 1000))
    directive = {
        "Namespace": "Ordercast",
        "Dimensions": [["stage"]],
        "Metrics": [{"Name": "Sent", "Unit": "Count"}],
    } | changes
    metadata = {"Timestamp": timestamp, "CloudWatchMetrics": [directive]}
    return {"_aws": metadata, "stage": "local", "Sent": 3} | root


def read(document: Any) -> list[Metric]:
    return metrics_in(json.dumps(document), now=NOW)


def datum(**fields: Any) -> dict[str, Any]:
    return {
        "MetricName": "Sent",
        "Unit": "Count",
        "StorageResolution": 60,
        "Dimensions": [{"Name": "stage", "Value": "local"}],
        "Timestamp": AT,
    } | fields


def test_a_document_becomes_a_datum_with_its_own_time():
    assert [Metric(namespace="Ordercast", datum=datum(Value=3))] == read(a_document())


def test_every_dimension_set_gets_every_metric():
    document = json.loads((RECORDINGS / "emf_example_pipeline.json").read_text())

    found = metrics_in(json.dumps(document), now=AT)

    assert 6 == len(found)
    assert {
        (name, dimensions)
        for name in ("Sent", "Failed", "EndToEndLatency")
        for dimensions in (1, 2)
    } == {(m.datum["MetricName"], len(m.datum["Dimensions"])) for m in found}


def test_the_specifications_own_example_is_read():
    line = (RECORDINGS / "emf_example_doc.json").read_text()

    (found,) = metrics_in(line, now=datetime(2019, 11, 18, 20, 42, 12, tzinfo=UTC))

    assert "lambda-function-metrics" == found.namespace
    assert 100 == found.datum["Value"]
    assert [{"Name": "functionVersion", "Value": "$LATEST"}] == found.datum["Dimensions"]


def test_a_list_of_values_keeps_each_value_with_its_count():
    (found,) = read(a_document(root={"Sent": [812, 930.5, 812]}))

    assert datum(Values=[812, 930.5], Counts=[2, 1]) == found.datum


def test_a_list_of_one_is_a_value():
    (found,) = read(a_document(root={"Sent": [812]}))

    assert datum(Value=812) == found.datum


def test_an_empty_dimension_set_is_a_metric_without_dimensions():
    (found,) = read(a_document(Dimensions=[[]]))

    assert datum(Value=3, Dimensions=[]) == found.datum


def test_unit_and_resolution_may_be_left_out_or_given():
    (plain,) = read(a_document(Metrics=[{"Name": "Sent"}]))
    (fine,) = read(
        a_document(Metrics=[{"Name": "Sent", "Unit": "Bytes/Second", "StorageResolution": 1}])
    )

    assert datum(Value=3, Unit="None") == plain.datum
    assert datum(Value=3, Unit="Bytes/Second", StorageResolution=1) == fine.datum


def test_corrections_may_be_negative():
    (found,) = read(a_document(root={"Sent": -2}))

    assert -2 == found.datum["Value"]


@pytest.mark.parametrize(
    "line",
    [
        "START RequestId: 1",
        '{"level": "INFO"}',
        '{"_aws": "a word"}',
        '{"_aws": {"Timestamp": 1}}',
        '["_aws"]',
        "",
        'the word "_aws" in a sentence',
    ],
)
def test_a_line_that_claims_no_metrics_has_none(line):
    assert [] == metrics_in(line, now=NOW)


@pytest.mark.parametrize(
    "document",
    [
        a_document(Namespace=""),
        a_document(Namespace=7),
        a_document(Namespace="x" * 1025),
        a_document(Dimensions=[]),
        a_document(Dimensions=["stage"]),
        a_document(Dimensions=[["stage", "missing"]]),
        a_document(
            Dimensions=[[f"d{n}" for n in range(31)]], root={f"d{n}": "x" for n in range(31)}
        ),
        a_document(root={"stage": 7}),
        a_document(root={"stage": ""}),
        a_document(root={"stage": "x" * 1025}),
        a_document(Metrics=[]),
        a_document(Metrics=[{"Name": "Sent"}] * 101),
        a_document(Metrics=[{"Unit": "Count"}]),
        a_document(Metrics=[{"Name": "Missing"}]),
        a_document(Metrics=[{"Name": "Sent", "Unit": "Parsecs"}]),
        a_document(Metrics=[{"Name": "Sent", "StorageResolution": 5}]),
        a_document(root={"Sent": "3"}),
        a_document(root={"Sent": True}),
        a_document(root={"Sent": [1, "2"]}),
        a_document(root={"Sent": []}),
        a_document(root={"Sent": [1] * 101}),
        a_document(root={"Sent": 2.0**361}),
        a_document(root={"Sent": float("nan")}),
        a_document(timestamp=None),
        a_document(timestamp="1795262405000"),
        a_document(timestamp=True),
        a_document(timestamp=10**18),
        a_document(timestamp=-(10**18)),
        a_document(timestamp=int((NOW - timedelta(days=15)).timestamp() * 1000)),
        a_document(timestamp=int((NOW + timedelta(hours=3)).timestamp() * 1000)),
        {"_aws": {"Timestamp": int(AT.timestamp() * 1000), "CloudWatchMetrics": {}}},
        {"_aws": {"Timestamp": int(AT.timestamp() * 1000), "CloudWatchMetrics": ["x"]}},
    ],
)
def test_a_document_that_breaks_a_rule_is_invalid_as_a_whole(document):
    with pytest.raises(InvalidDocument):
        read(document)


def test_a_document_that_was_cut_off_is_invalid():
    with pytest.raises(InvalidDocument):
        metrics_in(json.dumps(a_document())[:-5], now=NOW)


def test_what_is_wrong_is_said_without_the_value():
    with pytest.raises(InvalidDocument) as invalid:
        read(a_document(root={"Sent": "ann@example.org"}))

    assert "Sent" in str(invalid.value)
    assert "ann" not in str(invalid.value)


# --- each line once


class Log:
    """A log group that answers like FilterLogEvents; `page` is how much it answers at once."""

    def __init__(self, *, page: int = PAGE, tokens: bool = False, ids: bool = False) -> None:
        self.events: list[dict[str, Any]] = []
        self.page, self.tokens, self.ids, self.clock_ms = page, tokens, ids, 1_000_000
        self.asked: list[int] = []

    def add(self, *lines: str, stream: str = "s", at: int | None = None) -> None:
        for line in lines:
            event = {"logStreamName": stream, "timestamp": at or self.clock_ms, "message": line}
            self.events.append(event | ({"eventId": f"e{len(self.events)}"} if self.ids else {}))

    def fetch(self, start: int, token: str) -> dict[str, Any]:
        self.asked.append(start)
        found = sorted(
            (e for e in self.events if e["timestamp"] >= start), key=lambda e: e["timestamp"]
        )
        first = int(token or 0)
        answer: dict[str, Any] = {"events": found[first : first + self.page]}
        if self.tokens and first + self.page < len(found):
            answer["nextToken"] = str(first + self.page)
        return answer

    def tail(self) -> LogTail:
        return LogTail(self.fetch, clock_ms=lambda: self.clock_ms)


@pytest.mark.parametrize("ids", [True, False])
def test_a_line_is_read_once_however_often_one_looks(ids):
    log = Log(ids=ids)
    tail = log.tail()
    log.add("a", "b")

    assert ["a", "b"] == tail.new_lines()
    assert [] == tail.new_lines()
    log.clock_ms += 60_000
    assert [] == tail.new_lines()
    assert [] == tail.new_lines()


@pytest.mark.parametrize("ids", [True, False])
def test_lines_that_follow_at_the_same_millisecond_are_not_missed(ids):
    log = Log(ids=ids)
    tail = log.tail()
    log.add("a")
    tail.new_lines()
    log.add("b", "a")
    log.add("a", stream="other")

    assert ["b", "a", "a"] == tail.new_lines()
    assert [] == tail.new_lines()


def test_a_line_stamped_a_little_before_it_could_be_seen_is_not_missed():
    log = Log()
    tail = log.tail()
    log.add("a")
    tail.new_lines()
    log.clock_ms += 2_000
    tail.new_lines()
    log.add("late", at=log.clock_ms - 3_000, stream="other")

    assert ["late"] == tail.new_lines()


def test_lines_from_before_the_first_look_are_read():
    log = Log()
    log.add("old", at=5)

    assert ["old"] == log.tail().new_lines()


def test_a_quiet_log_is_not_read_from_the_beginning_again():
    log = Log()
    tail = log.tail()
    log.add("a")
    tail.new_lines()
    log.clock_ms += 3_600_000
    tail.new_lines()
    tail.new_lines()

    assert log.clock_ms - 5_000 == log.asked[-1]


def test_pages_are_followed():
    log = Log(page=3, tokens=True)
    log.add(*map(str, range(10)))

    assert 10 == len(log.tail().new_lines())


def test_a_log_that_cuts_its_answer_short_without_saying_so_is_read_on(monkeypatch):
    monkeypatch.setattr("local_cloud.metric_extraction.log_tail.PAGE", 3)
    log = Log(page=3)
    for n in range(10):
        log.add(str(n), at=1_000 + n // 2)
    tail = log.tail()

    assert [str(n) for n in range(10)] == tail.new_lines()
    assert [] == tail.new_lines()


def test_a_look_that_fails_loses_nothing():
    log = Log()
    tail = log.tail()
    log.add("a")
    fetch, tail._fetch = tail._fetch, lambda *_: 1 / 0  # type: ignore[assignment]  # noqa: SLF001
    with pytest.raises(ZeroDivisionError):
        tail.new_lines()
    tail._fetch = fetch  # noqa: SLF001

    assert ["a"] == tail.new_lines()

"""Faults on a stream: errors, timeouts, partial batch responses, throttling, poison."""

import json
from base64 import b64decode
from datetime import timedelta
from typing import Any

from lambda_event_sources.harness.items import (
    ALWAYS,
    Raises,
    ReportsFailure,
    Returns,
    Throttled,
    TimePasses,
    TimesOut,
)

SECOND = timedelta(seconds=1)


def test_an_invocation_that_raises_is_retried(event_source, handler):
    report = event_source(handler, [b"a", Raises(times=2), b"b"])

    assert [["1", "2"]] * 2 == report.retried
    assert [["a", "b"]] == handler.delivered


def test_a_function_that_raises_late_has_done_its_work(event_source, handler):
    event_source(handler, [Raises(late=True), b"a"])

    assert [["a"], ["a"]] == handler.delivered


def test_a_handler_s_own_exception_is_one_too(event_source):
    def broken(*_: Any) -> None:
        raise ValueError

    report = event_source(broken, [b"a"], retry_attempts=1)

    assert [("RetryAttemptsExhausted", ["1"])] == report.discarded


def test_a_time_out_takes_its_time_and_the_work_is_done(event_source, handler):
    report = event_source(handler, [TimesOut(), b"a"], timeout=30 * SECOND)

    first, second = report.invocations
    assert [["a"], ["a"]] == handler.delivered
    assert second.at - first.at >= 30 * SECOND


def test_a_poison_record_is_bisected_out_and_discarded_alone(event_source, handler):
    report = event_source(
        handler,
        [b"a", Raises(times=ALWAYS), b"poison", b"b"],
        bisect_batch_on_error=True,
        retry_attempts=1,
    )

    assert [["1", "2", "3"], ["1", "2"]] == report.bisected
    assert [("RetryAttemptsExhausted", ["2"])] == report.discarded
    assert [["a"], ["b"]] == handler.delivered


def test_a_discarded_batch_has_the_record_that_a_bucket_would_receive(event_source, handler):
    report = event_source(handler, [Raises(times=ALWAYS), b"poison"], retry_attempts=0)

    (discards,) = report.discards
    assert "Unhandled" == discards.failure["responseContext"]["functionError"]
    (record,) = json.loads(discards.failure["payload"])["Records"]
    assert b"poison" == b64decode(record["kinesis"]["data"])


def test_a_partial_answer_redelivers_the_rest_done_or_not(event_source, handler):
    report = event_source(handler, [b"a", ReportsFailure(), b"b", b"c"])

    assert [["1", "2", "3"]] == report.retried
    assert [["a", "b", "c"], ["b", "c"]] == handler.delivered
    assert ["1", "2", "3"] == report.done


def test_what_the_function_itself_calls_failed_stays_failed(event_source):
    failures = {"batchItemFailures": [{"itemIdentifier": "1"}]}
    answers: list[Any] = [failures, None]

    report = event_source(lambda *_: answers.pop(0), [b"a", ReportsFailure(), b"b"])

    assert [["1", "2"], ["1", "2"]] == report.invoked


def test_an_answer_can_be_anything(event_source, handler):
    report = event_source(handler, [Returns(response={"batchItemFailures": [{"id": "1"}]}), b"a"])

    assert [["1"]] == report.retried


def test_an_answer_that_is_not_json_is_an_error(event_source):
    answers: list[Any] = [object(), None]

    report = event_source(lambda *_: answers.pop(0), [b"a"])

    assert [["1"]] == report.retried


def test_a_throttled_invocation_uses_up_no_retry(event_source, handler):
    report = event_source(handler, [Throttled(times=3), b"a"], retry_attempts=0)

    assert [["1"]] * 3 == report.not_invoked
    assert ["1"] == report.done


def test_a_record_that_no_invocation_can_hold_is_refused_until_it_is_too_old(event_source, handler):
    large = b"x" * (5 * 1024 * 1024)

    report = event_source(
        handler,
        [large, TimePasses(time=timedelta(minutes=5)), b"a"],
        max_record_age=timedelta(minutes=10),
    )

    assert [("RecordAgeExceeded", ["1"])] == report.discarded
    assert [["a"]] == handler.delivered


def test_without_limits_a_poison_record_holds_up_its_shard_until_it_expires(event_source, handler):
    report = event_source(
        handler, [Raises(times=ALWAYS), b"poison", TimePasses(time=timedelta(hours=1)), b"a"]
    )

    assert [("Expired", ["1"])] == report.discarded
    assert [["a"]] == handler.delivered

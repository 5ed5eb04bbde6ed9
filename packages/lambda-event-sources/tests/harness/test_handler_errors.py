"""Exceptions of the handler are reported and named once; the context has Lambda's fields."""

import sys
from datetime import timedelta
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambda_event_sources.harness.items import ALWAYS, Fault, Raises, Returns, TimesOut


def broken(*_: Any) -> None:
    message = "ada@example.org"
    raise LookupError(message)


def test_the_story_names_what_the_handler_raises_but_not_its_words(event_source):
    report = event_source(broken, [b"a"], retry_attempts=0)

    lines, _ = str(report).splitlines()
    assert lines.endswith("retried   1  LookupError")
    assert "ada@" not in f"{report} {report!r}"


def test_what_the_handler_raises_is_kept_for_each_invocation(event_source):
    report = event_source(broken, [b"a"], retry_attempts=1)

    assert [LookupError, LookupError] == [type(each.raised) for each in report.invocations]
    assert ["ada@example.org"] * 2 == [str(each) for each in report.raised]


def test_of_a_queue_s_batch_it_is_kept_too(event_source):
    first = event_source(once(LookupError()), ["a"]).invocations[0]

    assert isinstance(first.raised, LookupError)


@pytest.mark.parametrize("fault", [Raises(late=True), TimesOut(), Returns(response=None)])
def test_a_fault_does_not_hide_what_the_handler_raises_in_it(event_source, fault: Fault):
    (raised,) = event_source(once(LookupError()), [fault, b"a"]).raised

    assert isinstance(raised, LookupError)


def test_a_fault_of_the_input_is_no_error_of_the_handler(event_source, handler):
    assert [] == event_source(handler, [Raises(), b"a"]).raised


def test_leaving_the_process_is_an_error_of_the_function(event_source):
    report = event_source(lambda *_: sys.exit(0), [b"a"], retry_attempts=0)

    assert [SystemExit] == [type(each) for each in report.raised]
    assert [("RetryAttemptsExhausted", ["1"])] == report.discarded


def test_equal_entries_in_a_row_are_printed_once(event_source, handler):
    report = event_source(handler, [Raises(times=ALWAYS), b"a"], max_record_age=timedelta(hours=1))

    first, again, discarded = str(report).splitlines()
    assert first.endswith("retried   1")
    assert again.endswith(f"… × {len(report.retried) - 1}")  # noqa: RUF001 - times
    assert str(report.invocations[-1]).split("  ")[0] == again.split("  ")[0]
    assert discarded.endswith("RecordAgeExceeded: 1")


def test_the_context_has_what_a_library_asks_of_it(event_source):
    """Powertools' logger reads name, ARN, memory and request of every invocation."""

    @Logger(service="rehearsed").inject_lambda_context
    def handler(_: dict[str, Any], context: LambdaContext) -> None:
        assert context.invoked_function_arn.endswith(f":function:{context.function_name}")

    assert [] == event_source(handler, [b"a"]).raised


@pytest.mark.parametrize("name", [n for n in dir(LambdaContext) if not n.startswith("_")])
def test_the_context_has_every_field_that_lambda_s_has(event_source, name: str):
    seen = []
    event_source(lambda _, context: seen.append(hasattr(context, name)), [b"a"])

    assert [True] == seen


def test_the_context_names_the_function_of_the_mapping(event_source):
    arn = "arn:aws:lambda:eu-north-1:000000000000:function:relay"
    seen = []
    event_source(
        lambda _, c: seen.append((c.function_name, c.log_group_name)), [b"a"], function_arn=arn
    )

    assert [("relay", "/aws/lambda/relay")] == seen


def once(error: Exception) -> Any:
    """Raise at first, and be content from then on."""
    errors = [error]

    def handler(*_: Any) -> None:
        if errors:
            raise errors.pop()

    return handler

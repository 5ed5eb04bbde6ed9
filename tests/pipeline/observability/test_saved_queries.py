"""Each saved query asks for fields that the functions' log lines have, of the functions that write them."""

import dataclasses
import json
import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from analytics import processor
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.reconciliation.comparison import Findings
from ordercast.reconciliation.tracing import TracedRecords
from ordercast.workflows.count_changes import Count
from ordercast.workflows.publish_status_events import PublishStatusEvents
from ordercast.workflows.reconcile import compare_in_passes
from ordercast.workflows.sweep.swept import Swept
from pipeline.constructs.observability.saved_queries import QUERIES
from processors import order_relay, receipt_tracker, sender, status_events, sweeper
from tests.examples import notification, payload
from tests.fakes.rollups import FakeRollups
from tests.fakes.status_topic import FakeStatusTopic
from tests.fakes.world import World
from tests.pipeline.synthesis import Synthesis
from tests.processors.lambda_events import kinesis_event, queue_event, request

Lines = list[dict[str, Any]]

OF_LAMBDA = {"request_id"}
"""A key that the log of an invocation has besides (gateways/invocations/request_log.py)."""


def written(write: Callable[[Logger], object]) -> Lines:
    stream = StringIO()
    write(Logger(service=f"saved-queries-{id(stream)}", stream=stream))
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def by_the_relay() -> Lines:
    world = World()
    event = kinesis_event(payload(channel="email"))

    def relay(log: Logger) -> None:
        order_relay.respond(event, world.relayer, log, time_left=world.time_left)
        world.ledger.unavailable.add("look_up")
        order_relay.respond(event, world.relayer, log, time_left=world.time_left)

    return written(relay)


def by_a_sender() -> Lines:
    world = World()
    row = notification()
    world.enter(row)
    sending = sender.Sender(
        send=world.sender(Channel.EMAIL),
        delay=lambda *_: None,
        stage="dev",
        metrics="full",
        write=lambda _: None,
    )
    lines = written(
        lambda log: sender.respond(
            queue_event(request(row.id)), sending, log, time_left=world.time_left
        )
    )
    # A state that nothing was settled in is left out.
    return [line | {"settled": {str(state): 0 for state in State}} for line in lines]


def by_the_tracker() -> Lines:
    world = World()
    return written(lambda log: receipt_tracker.respond(queue_event("{broken"), world.tracker, log))


def by_the_sweeper() -> Lines:
    world = World()
    lines = written(
        lambda log: sweeper.respond(
            {}, world.sweeper(), log, time_left=lambda: timedelta(minutes=1)
        )
    )
    # What is not known is left out.
    return [line | Swept().counts() for line in lines]


def by_status_events() -> Lines:
    publish = PublishStatusEvents(topic=FakeStatusTopic(), source="urn:ordercast:stage:dev")
    return written(lambda log: status_events.respond({"Records": []}, publish, log))


def by_analytics() -> Lines:
    count = Count(rollups=FakeRollups(), pause=lambda _: None, chance=lambda: 0.5)
    return written(
        lambda log: processor.respond({"Records": []}, count, log, write_metrics=lambda _: None)
    )


def by_the_verifier() -> Lines:
    """Those of an hour whose records are still on the stream."""
    judged = compare_in_passes._judged(Findings(notifications=0, ended=0))  # noqa: SLF001
    figures = judged | compare_in_passes.figures_of(TracedRecords())
    fields = {"hour": "2026-03-02T09", "hours_ago": 3, **figures}
    return written(lambda log: log.info("hour_compared", extra=fields))


WRITERS = {
    "OrderRelay": by_the_relay,
    "SmsSender": by_a_sender,
    "EmailSender": by_a_sender,
    "ReceiptTracker": by_the_tracker,
    "Sweeper": by_the_sweeper,
    "Analytics": by_analytics,
    "StatusEvents": by_status_events,
    "Verifier": by_the_verifier,
}


@pytest.mark.parametrize("name", QUERIES)
def test_every_field_and_every_line_of_a_query_is_written(name: str) -> None:
    """A misspelt field gives an empty column, and says nothing."""
    query = QUERIES[name]
    lines = [line for function in query.functions for line in WRITERS[function]()]
    known = {field for line in lines for field in _fields(line)} | OF_LAMBDA
    asked = _asked(query.steps)

    assert {each for each in asked.fields if not each.startswith("@")} <= known
    assert asked.messages <= {line["message"] for line in lines}


def test_a_field_that_nothing_writes_would_be_found() -> None:
    steps = ("filter message = 'batch_sent'", "stats sum(setled.sent) by bin(5m)", "limit 20")
    assert {"message", "setled.sent"} == _asked(steps).fields
    assert {"batch_sent"} == _asked(steps).messages


@pytest.mark.synth
def test_queries_are_saved_by_stage_over_the_log_groups_of_their_functions(
    synthesis: Synthesis,
) -> None:
    saved = {each["Name"]: each for each in synthesis.properties("AWS::Logs::QueryDefinition")}
    assert {f"Ordercast/{synthesis.stage}/{name}" for name in QUERIES} == set(saved)
    for name, query in QUERIES.items():
        made = saved[f"Ordercast/{synthesis.stage}/{name}"]
        optional = {"StatusEvents"} & set(query.functions)
        assert len(query.functions) - len(optional) == len(made["LogGroupNames"])
        assert "\n| ".join(query.steps) == made["QueryString"]


@dataclasses.dataclass
class Asked:
    fields: set[str]
    messages: set[str]


def _asked(steps: tuple[str, ...]) -> Asked:
    """Return the fields that a query names, and the slugs of the lines that it looks for."""
    words, messages = set(), set()
    for step in steps:
        if step.startswith("filter message "):
            messages |= set(re.findall(r"'(\w+)'", step))
        plain = re.sub(r"'[^']*'|/[^/]*/", " ", step)
        words |= set(re.findall(r"(?<![\w.@])[@a-zA-Z_][\w.]*\b(?!\()", plain))
    return Asked(fields=words - _OF_THE_LANGUAGE, messages=messages)


_OF_THE_LANGUAGE = {
    "filter",
    "fields",
    "stats",
    "sort",
    "limit",
    "by",
    "in",
    "or",
    "and",
    "like",
    "desc",
    "asc",
}


def _fields(line: dict[str, Any], path: str = "") -> set[str]:
    """Return the names as Logs Insights finds them: with points between levels."""
    found = set()
    for name, value in line.items():
        found |= {path + name}
        if isinstance(value, dict):
            found |= _fields(value, f"{path}{name}.")
    return found

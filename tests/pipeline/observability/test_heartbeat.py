"""The heartbeat: an order of our own that is delivered on every stage that has one."""

import json
import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.decisions.audience import Policy, audience_of
from ordercast.events.order_event import Channel
from ordercast.events.parse import parse_order_event
from ordercast.notifications.lifecycle import State
from ordercast.people.person import QuietHours
from ordercast.sending.send_rules import decide
from ordercast.settings.processors import recipient_patterns
from ordercast.typed_values import Duration
from pipeline.constructs.observability.heartbeat import heartbeats
from pipeline.settings.checks import contradictions
from pipeline.settings.files import read_stage
from tests.examples import POLICY
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth

WITH_ONE = ("dev", "prod")
DEV = read_stage("dev")
AT_NIGHT = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


def rule(synthesis: Synthesis) -> dict[str, Any]:
    (found,) = [
        each
        for each in synthesis.properties("AWS::Events::Rule")
        if "KinesisParameters" in each["Targets"][0]
    ]
    return found


@pytest.mark.parametrize("stage", WITH_ONE)
def test_the_heartbeat_is_an_order_that_is_sent_at_any_hour(
    syntheses: dict[str, Synthesis], stage: str
) -> None:
    """As EventBridge fills it in; by the stage's own allow-list, in the middle of quiet hours."""
    template = rule(syntheses[stage])["Targets"][0]["InputTransformer"]["InputTemplate"]
    event_id, moment = '"6a7e8feb-b491-4cf7-a9f1-bf3703467718"', '"2026-03-02T23:30:00Z"'
    inside = re.sub(r"(?<=[\w-])<id>", event_id.strip('"'), template)
    body = inside.replace("<id>", event_id).replace("<time>", moment)

    event = parse_order_event(body.encode(), default_currency="USD")
    allowed = recipient_patterns(read_stage(stage).allowed_recipients)
    policy = Policy(
        default_country="US",
        default_time_zone="America/New_York",
        retention=POLICY.retention,
        republish_after=POLICY.republish_after,
        cap=POLICY.cap,
        quiet=QuietHours(start=time(21), end=time(8)),
        allowed=tuple(allowed),
        countries=frozenset(),
        landlines=False,
    )
    verdicts = decide(event, audience_of(event, {}), {}, policy=policy, now=AT_NIGHT)

    assert {Channel.EMAIL: State.REQUESTED} == {c: v.state for c, v in verdicts.items()}
    assert AT_NIGHT == event.occurred_at
    assert json.loads(body)["order_id"].endswith(json.loads(body)["event_id"])


@pytest.mark.parametrize("stage", WITH_ONE)
def test_its_absence_rings(syntheses: dict[str, Synthesis], stage: str) -> None:
    """Where a heartbeat beats something is delivered always: no figure at all is trouble."""
    alarms = syntheses[stage].properties("AWS::CloudWatch::Alarm")
    (missing,) = [
        each
        for each in alarms
        if "breaching" == each["TreatMissingData"] and "Ordercast" == each["Namespace"]
    ]
    every = int(re.findall(r"\d+", rule(syntheses[stage])["ScheduleExpression"])[0]) * 60

    assert ("Ordercast", "Delivered", "Sum") == (
        missing["Namespace"],
        missing["MetricName"],
        missing["Statistic"],
    )
    assert (every, 3, 1) == (missing["Period"], missing["EvaluationPeriods"], missing["Threshold"])
    assert "LessThanThreshold" == missing["ComparisonOperator"]


def test_a_text_beats_only_where_a_stage_names_a_number_and_at_its_own_interval() -> None:
    """Each is paid for; a text that does not arrive says nothing of e-mail."""
    with_number = replace(DEV, sms_heartbeat_number="+12065550100")

    assert ["Heartbeat"] == [each.name for each in heartbeats(DEV)]
    email, text = heartbeats(with_number)
    assert ("SmsHeartbeat", "sms", timedelta(hours=1)) == (text.name, text.channel, text.every)
    assert {"phone": "+12065550100"} == text.contact
    assert {"email": "success@simulator.amazonses.com"} == email.contact


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sms_heartbeat_number": "+12065550100"}, "sms_heartbeat_number"),
        ({"sms_heartbeat_every": Duration(hours=9)}, "sms_heartbeat_every"),
        ({"sms_heartbeat_every": Duration(seconds=90)}, "sms_heartbeat_every"),
    ],
)
def test_a_heartbeat_that_would_be_suppressed_or_that_no_alarm_can_miss_is_refused(
    changes, field
) -> None:
    assert [field] == [each for each, _ in contradictions(replace(DEV, **changes))]


def test_its_own_number_may_be_allowed_by_a_pattern() -> None:
    allowed = replace(
        DEV, sms_heartbeat_number="+12065550100", allowed_recipients="*@example.com,+1206555*"
    )
    assert [] == list(contradictions(allowed))


def test_a_stage_without_a_heartbeat_has_neither(syntheses: dict[str, Synthesis]) -> None:
    """The local cloud's rollups would show orders that no shop has put."""
    local = syntheses["local"]
    rules = local.properties("AWS::Events::Rule")
    assert [] == [each for each in rules if "KinesisParameters" in each["Targets"][0]]
    assert {"notBreaching"} == {
        each["TreatMissingData"]
        for each in local.properties("AWS::CloudWatch::Alarm")
        if "Ordercast" == each.get("Namespace")
    }

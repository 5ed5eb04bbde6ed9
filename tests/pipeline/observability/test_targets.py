"""Each channel has alarms on what was promised of it."""

import re

import pytest

from tests.pipeline.observability.alarms import alarm_of, metrics
from tests.pipeline.synthesis import Synthesis

pytestmark = pytest.mark.synth


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_each_channel_has_alarms_of_its_own_on_its_targets(
    synthesis: Synthesis, channel: str
) -> None:
    """Texts in trouble would else go unseen among more e-mails, and the other way round."""
    name = channel.capitalize()
    for alarm, statistics in (
        (f"{name}ProcessingSlow", {("ProcessingTime", "p95"), ("ProcessingTime", "SampleCount")}),
        (f"{name}ErrorsHigh", {("SendErrors", "Sum"), ("ProcessingTime", "SampleCount")}),
        (f"{name}DeliveryLow", {("Delivered", "Sum"), ("Undelivered", "Sum")}),
    ):
        found = alarm_of(synthesis, alarm)
        queries = [each["MetricStat"] for each in found["Metrics"] if "MetricStat" in each]
        assert {channel} == {each["channel"] for _, each in metrics(found)}
        assert statistics == {(each["Metric"]["MetricName"], each["Stat"]) for each in queries}


ORDERS_A_DAY = 3_000  # of a shop that is no large one; each has a message by each channel


def test_a_shop_of_3_000_orders_a_day_has_enough_messages_for_every_target(
    synthesis: Synthesis,
) -> None:
    """Below `enough_to_judge` an alarm never rings, however slow or broken a channel is."""
    for name in (
        *(f"{c}{each}" for c in ("Sms", "Email") for each in ("ProcessingSlow", "ErrorsHigh")),
        *("SmsDeliveryLow", "EmailDeliveryLow", "DecidedLate"),
    ):
        alarm = alarm_of(synthesis, name)
        (shown,) = [each["Expression"] for each in alarm["Metrics"] if "Expression" in each]
        (enough,) = re.findall(r"IF\(.*? >= (\d+),", shown)
        periods = {
            each["MetricStat"]["Period"] for each in alarm["Metrics"] if "MetricStat" in each
        }
        assert 1 == alarm["EvaluationPeriods"]
        assert int(enough) <= ORDERS_A_DAY * min(periods) / 86_400, name


def test_the_targets_are_what_was_promised(syntheses: dict[str, Synthesis]) -> None:
    targets = {
        "EmailProcessingSlow": 500,
        "SmsProcessingSlow": 750,
        "EmailErrorsHigh": 1,
        "SmsErrorsHigh": 2,
        "DecidedLate": 99.9,
    }
    prod = syntheses["prod"]
    assert targets == {name: alarm_of(prod, name)["Threshold"] for name in targets}

"""Turn what became of a sender's batch into CloudWatch metrics. Used by the SMS and the e-mail sender."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ordercast.embedded_metric_format import (
    BACK_PRESSURE,
    PARKED_METRIC,
    PROCESSING_TIME,
    SEND_ERRORS,
    SLOT_WAIT,
    SLOTS_USED,
    VALUES,
    MetricSeries,
    MetricsLevel,
    emf_line,
)
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import BackPressure
from ordercast.workflows.send.sent import Sent


def emf_lines(
    sent: Sent, channel: Channel, *, stage: str, level: MetricsLevel, at: datetime
) -> Iterator[str]:
    """Yield the lines to print: what alarms watch, and at `full` the pace of the channel."""
    for kind, calls in sent.refused.items():
        if level == "full" or kind is BackPressure.ACCOUNT:
            yield emf_line(
                {BACK_PRESSURE: calls}, stage=stage, at=at, series=MetricSeries("kind", kind)
            )
    if parked := sent.settled[State.PARKED]:
        yield emf_line({PARKED_METRIC: parked}, stage=stage, at=at)
    own = MetricSeries("channel", channel)
    errors = sent.errors
    for start in range(0, len(sent.processing), VALUES):
        took = [each // _MILLISECOND for each in sent.processing[start : start + VALUES]]
        figures = {PROCESSING_TIME: took, SEND_ERRORS: errors}
        yield emf_line(figures, stage=stage, at=at, series=own)
        errors = 0
    if level == "full" and sent.slots:
        waited = sent.waited // _MILLISECOND
        pace = {SLOTS_USED: sent.slots, SLOT_WAIT: waited}
        yield emf_line(pace, stage=stage, at=at, series=own)


_MILLISECOND = timedelta(milliseconds=1)

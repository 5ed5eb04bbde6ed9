"""Run a function at regular times. Used by the sweeper and the verifier."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets

from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.function import Function


def run_every(
    function: Function, every: timedelta, *, inputs: Sequence[Mapping[str, int]] = ()
) -> None:
    """Invoke *function* once an interval, or once for each of *inputs*.

    A failed run is not repeated: the next one finds the same work, and newer.
    """
    interval = duration(every)
    function.function.configure_async_invoke(max_event_age=interval, retry_attempts=0)
    messages = [events.RuleTargetInput.from_object(dict(each)) for each in inputs]
    events.Rule(
        function,
        "Schedule",
        schedule=events.Schedule.rate(interval),
        targets=[
            targets.LambdaFunction(function.function, max_event_age=interval, event=message)
            for message in messages or (None,)
        ],
    )

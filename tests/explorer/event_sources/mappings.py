"""Read the event source mappings as they are deployed. Used by the explorer's stage."""

from datetime import timedelta

from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.queues.standard_queue import ARN
from tests.explorer.event_sources import changes

STREAM = EventSourceMapping(
    uuid="orders",
    source_arn="arn:aws:kinesis:us-east-1:000000000000:stream/orders",
    function_arn="arn:aws:lambda:us-east-1:000000000000:function:explored",
    batch_size=100,
    max_batching_window=timedelta(seconds=1),
    report_batch_item_failures=True,
    bisect_batch_on_error=True,
    max_record_age=timedelta(hours=12),
)
CHANGES = EventSourceMapping(
    uuid="changes",
    source_arn=changes.ARN,
    function_arn="arn:aws:lambda:us-east-1:000000000000:function:explored",
    batch_size=100,
    max_batching_window=timedelta(seconds=10),
    report_batch_item_failures=True,
    bisect_batch_on_error=True,
    max_record_age=timedelta(hours=12),
)


def of_queue(name: str) -> EventSourceMapping:
    return EventSourceMapping(
        uuid=name,
        source_arn=ARN + name,
        function_arn="arn:aws:lambda:us-east-1:000000000000:function:explored",
        batch_size=100,
        max_batching_window=timedelta(seconds=5),
        report_batch_item_failures=True,
    )

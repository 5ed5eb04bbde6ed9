"""Decide how many pollers a queue has. Used by the queue driver."""

from lambda_event_sources.mapping import EventSourceMapping


def pollers_needed(mapping: EventSourceMapping, *, visible: int, limit: int) -> int:
    """Return the number of pollers for so many visible messages: one a batch, and at least one.

    There are never more than the mapping's maximum concurrency, nor than *limit*.
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    AWS begins with five pollers and adds up to 300 a minute; here they follow the queue at once.
    """
    most = min(limit, mapping.max_concurrency or limit)
    batches = -(-visible // mapping.batch_size)
    return max(1, min(batches, most))

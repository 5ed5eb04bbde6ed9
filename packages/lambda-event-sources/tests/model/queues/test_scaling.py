"""How many pollers a queue has."""

import pytest
from support.doubles import a_mapping

from lambda_event_sources.queues.scaling import pollers_needed

QUEUE = "arn:aws:sqs:us-east-1:1:q"


@pytest.mark.parametrize(
    ("visible", "needed"), [(0, 1), (1, 1), (10, 1), (11, 2), (30, 3), (1000, 5)]
)
def test_a_queue_has_a_poller_for_each_batch_that_waits(visible: int, needed: int) -> None:
    mapping = a_mapping(source_arn=QUEUE, batch_size=10)

    assert needed == pollers_needed(mapping, visible=visible, limit=5)


def test_a_queue_never_has_more_pollers_than_its_max_concurrency() -> None:
    mapping = a_mapping(source_arn=QUEUE, batch_size=10, max_concurrency=2)

    assert 2 == pollers_needed(mapping, visible=1000, limit=5)

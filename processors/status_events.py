"""Lambda: tell shops what became of their messages. Invoked by the ledger's stream, where a stage has it on."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from ordercast.gateways import clients
from ordercast.gateways.invocations.batch_response import BatchResponse, from_lowest
from ordercast.gateways.invocations.request_log import request_log
from ordercast.gateways.ledger.status_changes import status_changes
from ordercast.gateways.messaging.status_topic import SnsStatusTopic
from ordercast.gateways.messaging.topic import Topic
from ordercast.settings.status_events import StatusEventsFunctionSettings
from ordercast.wiring.status_events import publish_status_events
from ordercast.workflows.publish_status_events import PublishStatusEvents

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> BatchResponse:
    """Publish one batch; what SNS did not certainly take is delivered again, under the same ids."""
    log = request_log("status-events", context)
    return respond(event, _wired(), log)


def respond(event: Mapping[str, Any], publish: PublishStatusEvents, log: Logger) -> BatchResponse:
    """Unwrap, publish and answer."""
    changes, bugs = status_changes(event["Records"])
    published = publish(changes)
    log.info(
        "batch_published",
        extra={
            "changes": len(event["Records"]),
            "events": published.events,
            "undone": len(published.undone),
            "bugs": bugs,
        },
    )
    return from_lowest(each.sequence_number for each in published.undone)


@cache
def _wired() -> PublishStatusEvents:
    """Build once per execution environment, on the first invocation."""
    settings = StatusEventsFunctionSettings.from_env(os.environ)
    topic = Topic(
        client=clients.sns_topics(),
        arn=settings.status_events_topic_arn,
        executor=ThreadPoolExecutor(clients.WORKERS),
    )
    return publish_status_events(SnsStatusTopic(topic=topic), stage=settings.stage)

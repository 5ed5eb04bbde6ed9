"""Lambda: forward the account's SMS delivery logs to every stage's receipts queue. Invoked by CloudWatch Logs."""

import json
import os
from base64 import b64decode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from gzip import decompress
from typing import TYPE_CHECKING, Any

from ordercast.errors import NotificationsTopicUnavailable
from ordercast.gateways import clients
from ordercast.gateways.invocations.request_log import request_log
from ordercast.gateways.messaging.topic import Topic, TopicMessage
from ordercast.settings.processors import SmsLogForwarderSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def handler(event: dict[str, Any], context: "LambdaContext") -> None:
    """Forward one subscription delivery.

    CloudWatch Logs invokes asynchronously: a failed delivery is retried and then goes, whole, to the
    function's failure destination. A line may be forwarded twice; receipts are idempotent.
    """
    log = request_log("sms-log-forwarder", context)
    lines = log_lines(event)
    taken = _wired().publish([TopicMessage(body=line) for line in lines])
    log.info("lines_forwarded", extra={"lines": len(lines), "taken": sum(taken)})
    if not all(taken):
        message = f"{taken.count(False)} of {len(taken)} lines were not taken"
        raise NotificationsTopicUnavailable(message)


def log_lines(event: Mapping[str, Any]) -> list[str]:
    """Return the log lines of a subscription delivery; a control message has none."""
    delivery = json.loads(decompress(b64decode(event["awslogs"]["data"])))
    if delivery["messageType"] != "DATA_MESSAGE":
        return []
    return [each["message"] for each in delivery["logEvents"]]


@cache
def _wired() -> Topic:
    """Build once per execution environment, on the first invocation."""
    settings = SmsLogForwarderSettings.from_env(os.environ)
    return Topic(
        client=clients.sns_topics(),
        arn=settings.receipts_topic_arn,
        executor=ThreadPoolExecutor(clients.WORKERS),
    )

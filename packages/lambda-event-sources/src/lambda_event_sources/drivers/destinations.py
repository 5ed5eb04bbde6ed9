"""A batch that was given up comes in; a record of it in the mapping's on-failure destination goes out."""

import json
import uuid
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambda_event_sources.drivers.log import Log
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.on_failure import (
    GivenUp,
    failure_object,
    failure_object_key,
    failure_record,
)


class Destinations:
    """On-failure destinations: buckets get the records, queues and topics only what they were."""

    def __init__(self, *, s3: Any, sqs: Any, sns: Any, log: Log) -> None:  # noqa: ANN401
        self._s3 = s3
        self._sqs = sqs
        self._sns = sns
        self._log = log

    def send(
        self, given_up: GivenUp, mapping: EventSourceMapping, *, shard_id: str, now: datetime
    ) -> None:
        """Write it down where the mapping says; as on AWS, what cannot be delivered is lost."""
        self._log(
            "batch_given_up",
            mapping=mapping.uuid,
            shard=shard_id,
            condition=given_up.condition,
            records=len(given_up.records),
            first=given_up.records[0].sequence_number,
            destination=mapping.failure_destination or "-",
        )
        try:
            self._send(given_up, mapping, shard_id, now)
        except (BotoCoreError, ClientError) as error:
            self._log(
                "destination_delivery_failed", mapping=mapping.uuid, error=type(error).__name__
            )

    def _send(
        self, given_up: GivenUp, mapping: EventSourceMapping, shard_id: str, now: datetime
    ) -> None:
        arn = mapping.failure_destination
        if not arn:
            return
        service, name = arn.split(":")[2], arn.rpartition(":")[2]
        record = failure_record(given_up, mapping, shard_id=shard_id, now=now)
        match service:
            case "s3":
                key = failure_object_key(
                    mapping, shard_id=shard_id, now=now, unique=str(uuid.uuid4())
                )
                body = failure_object(given_up, mapping, shard_id=shard_id, now=now)
                self._s3.put_object(Bucket=name, Key=key, Body=body.encode())
            case "sqs":
                url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
                self._sqs.send_message(QueueUrl=url, MessageBody=json.dumps(record))
            case "sns":
                self._sns.publish(TopicArn=arn, Message=json.dumps(record))
            case _:
                self._log("destination_unknown", mapping=mapping.uuid, service=service)

"""Write the on-failure record of a discarded batch to its destination. Used by the stream driver."""

import json
import uuid
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambda_event_sources.drivers.log import Log
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.on_failure import (
    DiscardBatch,
    on_failure_object,
    on_failure_object_key,
    on_failure_record,
)


class Destinations:
    """On-failure destinations: a bucket receives the payload too, a queue or topic does not."""

    def __init__(self, *, s3: Any, sqs: Any, sns: Any, log: Log) -> None:  # noqa: ANN401
        self._s3 = s3
        self._sqs = sqs
        self._sns = sns
        self._log = log

    def send(
        self, discarded: DiscardBatch, mapping: EventSourceMapping, *, shard_id: str, now: datetime
    ) -> None:
        """Write the record to the mapping's destination; as on AWS, one that cannot be delivered is lost."""
        self._log(
            "batch_discarded",
            mapping=mapping.uuid,
            shard=shard_id,
            condition=discarded.condition,
            records=len(discarded.records),
            first=discarded.records[0].sequence_number,
            destination=mapping.on_failure_destination or "-",
        )
        try:
            self._send(discarded, mapping, shard_id, now)
        except (BotoCoreError, ClientError) as error:
            self._log(
                "destination_delivery_failed", mapping=mapping.uuid, error=type(error).__name__
            )

    def _send(
        self, discarded: DiscardBatch, mapping: EventSourceMapping, shard_id: str, now: datetime
    ) -> None:
        arn = mapping.on_failure_destination
        if not arn:
            return
        service, name = arn.split(":")[2], arn.rpartition(":")[2]
        record = on_failure_record(discarded, mapping, shard_id=shard_id, now=now)
        match service:
            case "s3":
                key = on_failure_object_key(
                    mapping, shard_id=shard_id, now=now, unique=str(uuid.uuid4())
                )
                body = on_failure_object(discarded, mapping, shard_id=shard_id, now=now)
                self._s3.put_object(Bucket=name, Key=key, Body=body.encode())
            case "sqs":
                url = self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
                self._sqs.send_message(QueueUrl=url, MessageBody=json.dumps(record))
            case "sns":
                self._sns.publish(TopicArn=arn, Message=json.dumps(record))
            case _:
                self._log("destination_unknown", mapping=mapping.uuid, service=service)

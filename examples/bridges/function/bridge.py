"""Lambda: put the order events of a queue on Ordercast's stream, each order's in their order.

An event goes on the stream as it is, also in EventBridge's or SNS's envelope, which Ordercast reads;
what is no event is put as well, so that Ordercast parks it and tells its operators.
"""

import json
import os

import boto3

MOST_RECORDS, MOST_BYTES = 500, 5 * 2**20  # of one call of PutRecords

kinesis = boto3.client("kinesis")


def handler(event, context):
    """Answer the ids of the messages that the stream did not take: SQS delivers those again."""
    waiting = [(_key(each), each["body"].encode(), each["messageId"]) for each in event["Records"]]
    failed = []
    while waiting:
        call, waiting = _next_call(waiting)
        answer = kinesis.put_records(
            StreamName=os.environ["ORDERS_STREAM"],
            Records=[{"PartitionKey": key, "Data": data} for key, data, _ in call],
        )
        refused = {
            key
            for (key, _, _), record in zip(call, answer["Records"], strict=True)
            if "ErrorCode" in record
        }
        # What comes after a refused event of the same order waits with it.
        failed += [id_ for key, _, id_ in [*call, *waiting] if key in refused]
        waiting = [each for each in waiting if each[0] not in refused]
    return {"batchItemFailures": [{"itemIdentifier": each} for each in failed]}


def _next_call(waiting):
    """Return the next records to put, one of each key, and the others.

    PutRecords promises no order within a call.
    """
    call, later, keys, size = [], [], set(), 0
    for each in waiting:
        key, data, _ = each
        size += len(key.encode()) + len(data)
        if key in keys or len(call) == MOST_RECORDS or (call and size > MOST_BYTES):
            later.append(each)
        else:
            call.append(each)
        keys.add(key)
    return call, later


def _key(message):
    """Return the order's id, by which the stream keeps its events in order."""
    try:
        found = _order_id(json.loads(message["body"]))
    except ValueError:
        found = None
    return found or message["messageId"]


def _order_id(document, depth=3):
    """Find the id in the event, or in the event that an envelope holds."""
    if isinstance(document, str) and document.startswith("{"):
        document = json.loads(document)
    if not isinstance(document, dict) or not depth:
        return None
    own = document.get("order_id") or document.get("orderId")
    if own:
        return str(own)[:128]
    inner = (document.get(each) for each in ("detail", "data", "Message"))
    return next((found for each in inner if (found := _order_id(each, depth - 1))), None)

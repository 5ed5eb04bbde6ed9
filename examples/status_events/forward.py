"""Forward a queue of status events to a shop's endpoint as signed webhooks, with retries.

    WEBHOOK_SECRET=whsec_… python forward.py QUEUE_URL https://shop.example.com/webhooks

Needs boto3, and permission for sqs:ReceiveMessage, sqs:DeleteMessage and sqs:ChangeMessageVisibility.
An event that the endpoint does not take waits in the queue, so a crash loses no attempt; after ten
receives it is with the queue's dead letters.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from webhooks import Webhook

WAITS = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600, 10 * 3600, 10 * 3600)
"""Seconds after each attempt that failed, two days in all; SQS hides a message for 12 hours at most."""

TIMEOUT = 15
"""Seconds for which the endpoint is waited for; shorter than the queue's visibility timeout."""

Post = Callable[[str, Mapping[str, str], bytes], int]
"""Post a body with headers to an address; return the status, or 0 where there was no answer."""


class Gone(Exception):
    """The endpoint answered 410: it wants no more, and its operator removes it."""


def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Post once, and follow no redirection: who has moved says so to the sender."""
    request = Request(url, data=body, headers=dict(headers), method="POST")
    try:
        with _OPENER.open(request, timeout=TIMEOUT) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code
    except (OSError, HTTPException):
        return 0


class _NoRedirection(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_OPENER = build_opener(_NoRedirection)


def forward(
    sqs: Any,
    queue_url: str,
    url: str,
    webhook: Webhook,
    *,
    post: Post = post,
    now: Callable[[], float] = time.time,
    chance: Callable[[], float] = random.random,
    wait: int = 20,
) -> int:
    """Make one attempt for each message that a receive brings; answer how many were taken. Raises `Gone`.

    Taken is a status of 200 to 299. *chance* (0 to 1) keeps apart what failed together.
    """
    answer = sqs.receive_message(
        QueueUrl=queue_url,
        MaxNumberOfMessages=1,  # the next one must not wait for a slow endpoint while it is hidden
        WaitTimeSeconds=wait,
        MessageSystemAttributeNames=["ApproximateReceiveCount"],
    )
    taken = 0
    for message in answer.get("Messages", []):
        body = message["Body"].encode()
        # A CloudEvent's id has a point, which a webhook's must not have.
        headers = webhook.headers(json.loads(body)["id"].replace(".", "-"), body, now=now())
        status = post(url, {**headers, "content-type": "application/cloudevents+json"}, body)
        named = {"QueueUrl": queue_url, "ReceiptHandle": message["ReceiptHandle"]}
        if 200 <= status < 300:
            sqs.delete_message(**named)
            taken += 1
            continue
        attempts = int(message["Attributes"]["ApproximateReceiveCount"])
        pause = WAITS[min(attempts, len(WAITS)) - 1] * (0.9 + 0.2 * chance())
        sqs.change_message_visibility(**named, VisibilityTimeout=round(pause))
        if status == 410:
            raise Gone(url)
    return taken


def main() -> None:
    """Forward until interrupted, or until the endpoint wants no more."""
    import boto3

    queue_url, url = sys.argv[1:]
    sqs, webhook = boto3.client("sqs"), Webhook(os.environ["WEBHOOK_SECRET"])
    while True:
        forward(sqs, queue_url, url, webhook)


if __name__ == "__main__":
    main()

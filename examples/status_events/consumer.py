"""Keep what became of each message: read a queue of status events, and store the highest version of each.

    python consumer.py QUEUE_URL statuses.db

Needs boto3, and permission to receive and delete messages of the queue (sqs:ReceiveMessage,
sqs:DeleteMessage). Events come at least once and in any order; keeping the highest version makes
both harmless.
"""

import json
import sqlite3
import sys
from typing import Any

TYPE = "ordercast.notification.status.v1"


class Statuses:
    """A table with a row for each message; a shop has its own database."""

    def __init__(self, path: str) -> None:
        self._kept = sqlite3.connect(path)
        self._kept.execute(
            "CREATE TABLE IF NOT EXISTS statuses (source TEXT, notification_id TEXT, version INTEGER,"
            " order_id TEXT, channel TEXT, state TEXT, reason TEXT, changed_at TEXT,"
            " PRIMARY KEY (source, notification_id))"
        )

    def take(self, body: str) -> bool:
        """Store an event; answer whether it was news. Raises `ValueError` for what is no CloudEvent."""
        event = json.loads(body)
        if event.get("specversion") != "1.0" or "type" not in event:
            raise ValueError("not a CloudEvent 1.0 in structured mode")
        if event["type"] != TYPE:  # of another kind, or a later version that this does not know
            return False
        told = event["data"]
        with self._kept:
            done = self._kept.execute(
                "INSERT INTO statuses VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (source, notification_id) DO UPDATE SET version = excluded.version,"
                " state = excluded.state, reason = excluded.reason, changed_at = excluded.changed_at"
                " WHERE excluded.version > version",
                (
                    *(event["source"], told["notification_id"], told["version"]),
                    *(told["order_id"], told["channel"], told["state"]),
                    *(told.get("reason"), told["changed_at"]),
                ),
            )
        return done.rowcount > 0

    def close(self) -> None:
        """Close the database."""
        self._kept.close()

    def of_order(self, order_id: str) -> list[tuple[str, str, str | None]]:
        """Return channel, state and reason of each message of an order."""
        return self._kept.execute(
            "SELECT channel, state, reason FROM statuses WHERE order_id = ? ORDER BY channel",
            (order_id,),
        ).fetchall()


def drain(sqs: Any, queue_url: str, statuses: Statuses, *, wait: int = 20) -> int:
    """Take what one receive brings, and delete what was stored; answer how many messages came.

    What cannot be stored stays, and after some receives the queue's redrive policy puts it aside.
    """
    answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=wait)
    messages = answer.get("Messages", [])
    for message in messages:
        try:
            news = statuses.take(message["Body"])
        except (ValueError, KeyError) as error:
            print(f"left in the queue: {error!r}", file=sys.stderr)
            continue
        sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        if news:
            event = json.loads(message["Body"])
            print(event["data"]["order_id"], event["data"]["channel"], event["data"]["state"])
    return len(messages)


def main() -> None:
    """Read the queue until interrupted."""
    import boto3

    queue_url, path = sys.argv[1:]
    sqs, statuses = boto3.client("sqs"), Statuses(path)
    while True:
        drain(sqs, queue_url, statuses)


if __name__ == "__main__":
    main()

"""Put orders all the while, and look that each has gone out once on each channel. Used by `run`."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

from local_cloud.deploy_proof.operator import Operator
from local_cloud.deploy_proof.steps import Broken, hold, wait_until
from local_cloud.inbox import InboxReader, SentMessage
from ordercast.producer import Producer

PAUSE = 0.2  # seconds between two orders of a flow
LONGEST = timedelta(minutes=3)
"""Within which all messages are sent: the sweeper, which runs once a minute, has looked twice."""
LATEST = timedelta(seconds=5)
"""For so long after the last message a second one would be noticed."""
CHANNELS = ("sms", "email")

_ORDER = re.compile(r"proof-\d{5}")


class Orders:
    """The orders of the proof: each has a number, an address and, of a few, a phone of its own."""

    def __init__(self, operator: Operator, stream: str) -> None:
        self.stream = stream
        self.put: list[str] = []
        self.messages: list[SentMessage] = []
        self._operator = operator
        self._client = operator.client("kinesis")
        self._numbers = count(1)
        self._inbox = InboxReader(operator.cloud.inbox)

    def put_some(self, many: int) -> list[str]:
        """Put so many new orders, and return their ids."""
        made = [an_order(next(self._numbers)) for _ in range(many)]
        Producer(client=self._client, stream=self.stream).put(made)
        ids = [each["order_id"] for each in made]
        self.put += ids
        return ids

    @contextmanager
    def flowing(self, pause: float = PAUSE) -> Iterator[None]:
        """Put order after order while a block runs, *pause* seconds apart; raises what putting raised."""
        over, failed = threading.Event(), []

        def flow() -> None:
            try:
                while not over.wait(pause):
                    self.put_some(1)
            except Exception as error:  # noqa: BLE001 - the block's thread raises it
                failed.append(error)

        thread = threading.Thread(target=flow, daemon=True, name="orders")
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(timeout=30)
        if failed:
            raise failed[0]

    def written(self) -> Counter[tuple[str, str]]:
        """Count the messages so far by order and channel."""
        self.messages += self._inbox.new()
        return Counter(
            (_ORDER.findall(f"{m.subject} {m.text}")[0], m.channel) for m in self.messages
        )

    def all_written_once(self) -> None:
        """Wait until every order has gone out, and then a little; raises `Broken` if one is lost or doubled."""
        wanted = {(order, channel) for order in self.put for channel in CHANNELS}
        within = LONGEST.total_seconds()
        try:
            wait_until(
                lambda: wanted <= self.written().keys(), within=within, why="all have gone out"
            )
        except Broken:
            lost = sorted(wanted - self.written().keys())
            raise Broken(f"{len(lost)} messages were not sent, first {lost[:3]}") from None
        threading.Event().wait(LATEST.total_seconds())
        doubled = [each for each, times in self.written().items() if times > 1]
        hold(not doubled, f"{len(doubled)} messages were sent twice, first {doubled[:3]}")


def an_order(number: int) -> dict[str, Any]:
    """Return the event of an order."""
    name = f"proof-{number:05}"
    # 90 numbers are for fiction and free of scenarios, and an hour has a cap for each.
    phone = f"+1206555{100 + number % 90:04}"
    contact = {"email": f"{name}@example.com", "phone": phone}
    return {"order_id": name, "channel": "both", "contact": contact}

"""Make up the orders of a chaos run, and put them at a steady rate. Used by `run` and `soak`."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from ordercast.events.order_event import Channel
from ordercast.producer import Producer

Wanted = tuple[str, str]
"""An order and a channel by which its customer has to hear of it."""

AMERICAN = [f"+1206555{100 + number:04}" for number in range(90)]
AUSTRALIAN = ["+61491570006", "+61491570110", "+61491570156", "+61491570157", "+61491570158"]
"""Numbers for fiction that have no scenario; texts to the second take End User Messaging."""

UNREADABLE = b'{"order_id": "chaos-unreadable", "status":'


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaosOrder:
    """An order: its event, and the channels that it wants."""

    id: str
    event: Mapping[str, Any]
    channels: tuple[Channel, ...]


def orders(count: int, *, seed: int) -> Iterator[ChaosOrder]:
    """Make up so many orders; the same seed makes the same ones."""
    chance = Random(seed)  # noqa: S311 - sample data, not secrets
    for number in range(1, count + 1):
        name = f"chaos-{number:05}"
        (channel,) = chance.choices(("sms", "email", "both"), (50, 30, 20))
        phone = chance.choice(AUSTRALIAN if chance.random() < _BY_VOICE else AMERICAN)
        event = {
            "event_id": f"{name}-confirmed",
            "order_id": name,
            "status": chance.choice(("confirmed", "shipped", "failed")),
            "customer_id": f"c-{name}",
            "channel": channel,
            "contact": {"phone": phone, "email": f"{name}@example.com"},
            **({"fallback": "none"} if channel == "sms" else {}),
        }
        wanted = (Channel.SMS, Channel.EMAIL) if channel == "both" else (Channel(channel),)
        yield ChaosOrder(id=name, event=event, channels=wanted)


def put_all(
    made: list[ChaosOrder],
    producer: Producer,
    *,
    seconds: float,
    chance: Random,
    look: Callable[[int], None],
) -> int:
    """Put the orders over so many seconds, some twice, some unreadable records between; return those.

    *look* is called after each second with how many orders are put. What the stream does not take
    under trouble is put again: events are recognised by their ids.
    """
    began, place, unreadable = time.monotonic(), 0, 0
    while place < len(made):
        due = min(len(made), 1 + int(len(made) * (time.monotonic() - began) / max(seconds, 1)))
        chosen = made[place:due]
        again = [each for each in made[:place] if chance.random() < _TWICE / max(place, 1)]
        producer.put([each.event for each in (*chosen, *again)])
        if chosen and chance.random() < _UNREADABLE:
            producer.put_payloads([("chaos-unreadable", UNREADABLE + str(place).encode())])
            unreadable += 1
        place = due
        look(place)
        time.sleep(1.0)
    return unreadable


_BY_VOICE = 0.2
_TWICE = 1.0  # orders a second that are put again
_UNREADABLE = 0.1  # records a second that hold no event

"""Write down what the simulated provider charges for each message, and read it again. Used by `api` and the demo.

It is independent of the receipts: the demo compares both with what the pipeline counted.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from local_cloud.provider_simulator.outcomes_and_delays import (
    EmailEvent,
    SmsDelivery,
    last_sms_delivery,
)
from local_cloud.provider_simulator.text_message import TextMessage

FILE_NAME = "charges.jsonl"

DeliveryOutcome = Literal["arrived", "failed", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What one message costs in US dollars, all its parts together (an e-mail has none); no recipient."""

    message_id: str
    channel: Literal["sms", "email"]
    parts: int
    price: Decimal
    outcome: DeliveryOutcome


class ChargesFile:
    """The charges in the inbox folder, a line of JSON for each message."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()

    def append(self, charge: Charge) -> None:
        """Append a line."""
        fields = asdict(charge) | {"price": str(charge.price), "simulated": True}
        with self._lock, self._path.open("a") as file:
            file.write(json.dumps(fields) + "\n")


def read_charges(folder: Path) -> list[Charge]:
    """Read all charges, the oldest first; a last line that is still being written is left for later."""
    try:
        written = (folder / FILE_NAME).read_text()
    except FileNotFoundError:
        return []
    complete = written[: written.rfind("\n") + 1]
    return [_charge(json.loads(line)) for line in complete.splitlines()]


def charge_for_text(message: TextMessage, message_id: str) -> Charge:
    """Charge a text message by its parts, whether it arrives or not."""
    delivery = last_sms_delivery(message)
    return Charge(
        message_id=message_id,
        channel="sms",
        parts=message.parts,
        price=delivery.price,
        outcome=_of_text(delivery),
    )


def charge_for_email(message_id: str, events: Sequence[EmailEvent]) -> Charge:
    """Charge an e-mail, which costs the same whether it arrives or not."""
    return Charge(
        message_id=message_id, channel="email", parts=0, price=_EMAIL, outcome=_of_email(events)
    )


# https://aws.amazon.com/ses/pricing/: in the plan Essentials, a thousand for sixteen cents.
_EMAIL = Decimal("0.00016")


def _of_text(delivery: SmsDelivery) -> DeliveryOutcome:
    if not delivery.delivered:
        return "failed"
    return "arrived" if delivery.by_handset else "unknown"


def _of_email(events: Sequence[EmailEvent]) -> DeliveryOutcome:
    if any(event.bounce and event.bounce[0] == "Permanent" for event in events):
        return "failed"
    return "arrived" if any(event.kind == "Delivery" for event in events) else "unknown"


def _charge(fields: dict[str, Any]) -> Charge:
    del fields["simulated"]
    return Charge(**fields | {"price": Decimal(fields["price"])})

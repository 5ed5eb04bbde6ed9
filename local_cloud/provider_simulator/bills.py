"""A message that was taken and its fates come in; a line of the carrier's bill goes out, and all of them again.

The bill is the carrier's own word, beside the receipts: what it asks for each message, and whether
it brought it.
"""

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from local_cloud.provider_simulator.fates import EmailEvent, SmsFate, sms_fate
from local_cloud.provider_simulator.text_message import TextMessage

FILE_NAME = "bills.jsonl"

Outcome = Literal["arrived", "failed", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What one message costs, in US dollars, of all its parts (an e-mail has none); nobody is named."""

    message_id: str
    channel: Literal["sms", "email"]
    parts: int
    price: Decimal
    outcome: Outcome


class Bills:
    """The bill in the carrier's folder, a line of JSON a message."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / FILE_NAME
        self._lock = threading.Lock()

    def keep(self, bill: Bill) -> None:
        """Append a line."""
        fields = asdict(bill) | {"price": str(bill.price), "simulated": True}
        with self._lock, self._path.open("a") as file:
            file.write(json.dumps(fields) + "\n")


def read_bills(folder: Path) -> list[Bill]:
    """Read what was billed, the oldest first; a last line that is still being written is left for later."""
    try:
        written = (folder / FILE_NAME).read_text()
    except FileNotFoundError:
        return []
    complete = written[: written.rfind("\n") + 1]
    return [_bill(json.loads(line)) for line in complete.splitlines()]


def bill_of_text(message: TextMessage, message_id: str) -> Bill:
    """Bill a text message by its parts, whether it arrives or not."""
    fate = sms_fate(message)
    return Bill(
        message_id=message_id,
        channel="sms",
        parts=message.parts,
        price=fate.price,
        outcome=_of_text(fate),
    )


def bill_of_email(message_id: str, events: Sequence[EmailEvent]) -> Bill:
    """Bill an e-mail, which costs the same whatever becomes of it."""
    return Bill(
        message_id=message_id, channel="email", parts=0, price=_EMAIL, outcome=_of_email(events)
    )


# https://aws.amazon.com/ses/pricing/: a thousand for ten cents.
_EMAIL = Decimal("0.0001")


def _of_text(fate: SmsFate) -> Outcome:
    if not fate.delivered:
        return "failed"
    return "arrived" if fate.by_handset else "unknown"


def _of_email(events: Sequence[EmailEvent]) -> Outcome:
    if any(event.bounce and event.bounce[0] == "Permanent" for event in events):
        return "failed"
    return "arrived" if any(event.kind == "Delivery" for event in events) else "unknown"


def _bill(fields: dict[str, Any]) -> Bill:
    del fields["simulated"]
    return Bill(**fields | {"price": Decimal(fields["price"])})

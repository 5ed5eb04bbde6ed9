"""Read from the ledger's stream records what shops see of messages. Used by the status events function and redriving.

Only those attributes are read that are published: a recipient or customer never gets near an event.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ordercast.events.order_event import Channel
from ordercast.gateways.dynamodb.codec import INSTANT, Item
from ordercast.gateways.ledger.keys import id_of, is_notification
from ordercast.gateways.ledger.links import OTHER, RESEND_OF
from ordercast.notifications.lifecycle import State
from ordercast.status_events.status_event import StatusChange


def status_changes(records: Iterable[Mapping[str, Any]]) -> tuple[list[StatusChange], list[str]]:
    """Return the changes of notifications among stream records, and the errors of those that cannot be read.

    What is removed is no change: retention deletes rows, and nothing becomes unsent by it. A row that
    cannot be read must not hold up its neighbours until they are too old.
    """
    changes, bugs = [], []
    for record in records:
        written = record["dynamodb"]
        if "NewImage" not in written or not is_notification(written["NewImage"]):
            continue
        try:
            changes.append(_change(written))
        except Exception as error:  # noqa: BLE001 - as above
            bugs.append(type(error).__name__)
    return changes, bugs


def _change(written: Mapping[str, Any]) -> StatusChange:
    image: Item = written["NewImage"]
    order = image["pk"]["S"]
    replaced_by = image.get("fallback", {"M": {}})["M"]
    return StatusChange(
        id=id_of(image),
        version=int(image["version"]["N"]),
        state=State(image["state"]["S"]),
        rule=_text(image, "rule"),
        order_id=image["order_id"]["S"],
        shop=_text(image, "shop"),
        status=image["status"]["S"],
        channel=Channel(image["channel"]["S"]),
        template=image["template"]["S"],
        occurred_at=INSTANT.read(image["occurred_at"]) if "occurred_at" in image else None,
        # DynamoDB says it in whole seconds since 1970.
        changed_at=datetime.fromtimestamp(written["ApproximateCreationDateTime"], UTC),
        fallback_id=order + image[OTHER]["S"] if "entered_at" in replaced_by else None,
        fallback_for=order + image["fallback_for"]["S"] if "fallback_for" in image else None,
        resend_of=order + image[RESEND_OF]["S"] if RESEND_OF in image else None,
        sequence_number=written["SequenceNumber"],
    )


def _text(image: Item, name: str) -> str | None:
    value = image.get(name)
    return value["S"] if value else None

"""Make up the order event whose message is sent to a template's author. Used by `templates send-test`."""

from datetime import datetime
from typing import Any

import msgspec

from ordercast.authoring.samples import SAMPLES

CAMPAIGN = "template-test"
"""The campaign of such messages, so that statistics tell them from customers'."""


def trial_event(
    template: str, to: str, *, language: str, shop: str | None, at: datetime
) -> dict[str, Any]:
    """Return an order event as a shop would put it: one recipient, one channel, all fields."""
    order = SAMPLES["typical"]
    channel = "email" if "@" in to else "sms"
    event: dict[str, Any] = {
        "order_id": f"test-{template}-{at:%Y%m%d%H%M%S}",
        "status": template,
        "occurred_at": at.isoformat(),
        "amount": msgspec.to_builtins(order.amount),
        "items": msgspec.to_builtins(order.items),
        "contact": {"email" if channel == "email" else "phone": to, "locale": language},
        "channel": channel,
        "priority": "high",
        "tracking_url": order.tracking_url,
        "campaign": CAMPAIGN,
    }
    return event | ({"shop": shop} if shop else {})

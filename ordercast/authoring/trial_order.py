"""Make up the order event whose message is sent to a template's author. Used by `templates send-test`."""

from datetime import datetime
from typing import Any

CAMPAIGN = "template-test"
"""The campaign of such messages, so that statistics tell them from customers'."""


def trial_event(
    template: str, to: str, *, language: str, shop: str | None, at: datetime
) -> dict[str, Any]:
    """Return an order event as a shop would put it: one recipient, one channel, all fields."""
    channel = "email" if "@" in to else "sms"
    event: dict[str, Any] = {
        "order_id": f"test-{template}-{at:%Y%m%d%H%M%S}",
        "status": template,
        "occurred_at": at.isoformat(),
        "amount": {"value": "1179.90", "currency": "SEK"},
        "items": [
            {"name": "Rain jacket, dark green, size M"},
            {"name": "Merino socks", "quantity": 2},
        ],
        "contact": {"email" if channel == "email" else "phone": to, "locale": language},
        "channel": channel,
        "priority": "high",
        "tracking_url": "https://shop.example.com/track/7Hq2",
        "campaign": CAMPAIGN,
    }
    return event | ({"shop": shop} if shop else {})

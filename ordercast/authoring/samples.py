"""Make up orders to show and check templates with. Used by lint, the preview, the pictures and `send-test`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType

from ordercast.events.order_event import Channel, Money, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification, OrderDetails, OrderItem

SHOP = "Example Tea & Coffee"
"""What a shop without a brand is called."""

MARK = "<no-html>"
"""Markup in the fields of an unusual order, which no layout has."""

UNUSUAL = "unusual"
"""An order that no shop has every day: whatever is cut or not escaped is seen in it."""

SAMPLES: Mapping[str, OrderDetails] = MappingProxyType(
    {
        "typical": OrderDetails(
            order_id="100417",
            shop=SHOP,
            amount=Money(value=Decimal("1179.90"), currency="SEK"),
            items=(
                OrderItem(name="Rain jacket, dark green, size M"),
                OrderItem(name="Merino socks", quantity=2),
            ),
            day=date(2026, 11, 29),
            tracking_url="https://shop.example.com/track/7Hq2",
        ),
        # Nothing but the id: every other field of an order event may be missing.
        "bare": OrderDetails(order_id="100417"),
        # As long as these fields are in real shops; a shop's name is a brand's, or this one.
        "long": OrderDetails(
            order_id="2026-1130-0417-000000017",
            shop=SHOP,
            amount=Money(value=Decimal("12345678.90"), currency="SEK"),
            items=tuple(
                OrderItem(name=f"Merino socks, knee-high, {n} pairs", quantity=n)
                for n in range(2, 12)
            ),
            day=date(2026, 11, 29),
            tracking_url="https://shop.example.com/account/orders/track?key=Zk3v9QmT7xR2bLw8uY5nDc1P",
        ),
        UNUSUAL: OrderDetails(
            order_id=f"first-half-{MARK}-{'0' * 97}-last-half",
            shop=f"{SHOP} {MARK}",
            items=(OrderItem(name=f"Merino socks {MARK}"),),
        ),
    }
)
"""Orders by what they are samples of."""

_NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def sample(
    name: str,
    channel: Channel,
    *,
    template: str,
    language: str,
) -> Notification:
    """Return a message about a sample order, as the ledger would have it."""
    return Notification(
        id=f"sample-{name}",
        order=SAMPLES[name],
        status=template,
        channel=channel,
        priority=Priority.NORMAL,
        template=template,
        locale=language,
        recipient=None,
        customer_id=None,
        campaign=None,
        consent=None,
        state=State.REQUESTED,
        rule=None,
        occurred_at=None,
        effective_at=_NOW,
        expires_at=_NOW,
        due_at=None,
        # Half of them, so that what a fallback says besides is looked at as well.
        fallback_for="sample-text" if name in {"long", UNUSUAL} else None,
    )

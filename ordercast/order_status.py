"""An order's name in, what became of each of its notifications out."""

from datetime import datetime

from rich.table import Table as Grid

from notifications.identity import order_hash_for
from notifications.notification import Notification
from ordercast.target import Target


def notifications_of(target: Target, order_id: str, *, shop: str | None) -> list[Notification]:
    """Return the order's notifications from the ledger, oldest first."""
    return target.ledger().of_order(order_hash_for(shop=shop, order_id=order_id))


def status_grid(notifications: list[Notification]) -> Grid:
    """Draw one line a notification; times are UTC."""
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for column in ("status", "channel", "to", "state", "because", "accepted", "sent", "closed"):
        grid.add_column(column, overflow="fold")
    for each in notifications:
        grid.add_row(
            each.status,
            each.channel,
            each.recipient or "-",
            each.state,
            each.rule or "-",
            _clock(each.accepted_at),
            _clock(each.sent_at),
            _clock(each.closed_at),
        )
    return grid


def _clock(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "-"

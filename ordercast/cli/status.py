"""List the notifications of an order or a customer. Used by `ordercast status`."""

from collections.abc import Sequence
from itertools import chain, islice

from rich.console import RenderableType
from rich.text import Text

from ordercast.cli.output.timeline import OrderHistory, headline, timeline
from ordercast.events.identity import customer_key, order_hash_for
from ordercast.notifications.notification import Notification
from ordercast.operations.target import Target
from ordercast.operations.units import count


def order_listing(target: Target, order_id: str, *, shop: str | None) -> RenderableType | None:
    """Return an order's timeline, from the ledger and the receipt logs; None if there is none."""
    ledger, order = target.ledger(), order_hash_for(shop=shop, order_id=order_id)
    decisions, rows = ledger.decisions_of(order), ledger.of_order(order)
    messages = {message_id for row in rows for message_id in row.messages}
    receipt_logs = target.receipt_logs().find(messages) if messages else {}
    return (
        timeline(OrderHistory(decisions=decisions, rows=rows, receipt_logs=receipt_logs))
        if decisions or rows
        else None
    )


def customer_listing(
    target: Target, customer_id: str, *, shop: str | None, last: int
) -> RenderableType | None:
    """List the customer's *last* notifications (0 is all), newest first; None if there is none."""
    pages = target.ledger().of_customer(customer_key(shop=shop, customer_id=customer_id))
    rows = list(islice(chain.from_iterable(pages), last or None))
    return status_listing(rows) if rows else None


def status_listing(notifications: Sequence[Notification]) -> Text:
    """Show each notification's order, state and rule, and its times (UTC) and figures below."""
    listing = Text()
    for place, each in enumerate(notifications):
        listing.append("\n\n" if place else "")
        listing.append(f"order {each.order.order_id}: ").append_text(headline(each))
        for line in (_moments(each), _figures(each)):
            listing.append(f"\n  {', '.join(line)}" if line else "", style="dim")
    return listing


def _moments(row: Notification) -> list[str]:
    """Return its times, with each day once, so that they fit into 80 columns."""
    times, day = [], ""
    for word, moment in (
        ("effective", row.effective_at),
        ("in doubt since", row.in_doubt_since),
        ("sent", row.sent_at),
        ("closed", row.closed_at),
        # The sweeper's next look; a deferred notification is released then.
        ("due", row.due_at),
    ):
        if moment:
            today = f"{moment:%Y-%m-%d} "
            times.append(f"{word} {'' if today == day else today}{moment:%H:%M:%S}")
            day = today
    return times


def _figures(row: Notification) -> list[str]:
    figures = []
    if row.parts:
        figures.append(count(row.parts, "part"))
    if row.attempts:
        figures.append(count(row.attempts, "attempt"))
    if row.estimate is not None:
        figures.append(f"{row.estimate.normalize():f} USD estimated")
    return figures

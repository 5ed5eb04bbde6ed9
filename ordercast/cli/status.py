"""An order's name or a customer's in, what became of each of its notifications out."""

from collections.abc import Sequence
from itertools import chain, islice

from rich.console import RenderableType
from rich.text import Text

from ordercast.cli.output.timeline import Story, story_listing
from ordercast.events.identity import customer_key, order_hash_for
from ordercast.notifications.notification import Notification
from ordercast.operations.target import Target


def order_listing(target: Target, order_id: str, *, shop: str | None) -> RenderableType | None:
    """Tell an order's story, from the ledger and from what providers said; None where there is none."""
    ledger, order = target.ledger(), order_hash_for(shop=shop, order_id=order_id)
    decisions, rows = ledger.decisions_of(order), ledger.of_order(order)
    messages = {message_id for row in rows for message_id in row.messages}
    receipt_logs = target.receipt_logs().find(messages) if messages else {}
    return (
        story_listing(Story(decisions=decisions, rows=rows, receipt_logs=receipt_logs))
        if decisions or rows
        else None
    )


def customer_listing(
    target: Target, customer_id: str, *, shop: str | None, last: int
) -> RenderableType | None:
    """List the customer's *last* notifications (0 is all), newest first; None where there is none."""
    pages = target.ledger().of_customer(customer_key(shop=shop, customer_id=customer_id))
    rows = list(islice(chain.from_iterable(pages), last or None))
    return status_listing(rows, naming_orders=True) if rows else None


def status_listing(notifications: Sequence[Notification], *, naming_orders: bool = False) -> Text:
    """Say of each where it stands and why, and below that what is known of it; times are UTC."""
    listing = Text()
    for place, each in enumerate(notifications):
        listing.append("\n\n" if place else "")
        to = f" to {each.recipient}" if each.recipient else ""
        order = f"order {each.order.order_id}: " if naming_orders else ""
        listing.append(f"{order}{each.status}, {each.channel}{to}: ")
        listing.append(each.state, style="bold")
        listing.append(f" ({each.rule})" if each.rule else "")
        for line in (_moments(each), _figures(each)):
            listing.append(f"\n  {', '.join(line)}" if line else "", style="dim")
    return listing


def _moments(row: Notification) -> list[str]:
    """Say when what happened, each day once, so that it fits into 80 columns."""
    told, day = [], ""
    for word, moment in (
        ("accepted", row.accepted_at),
        ("sent", row.sent_at),
        ("closed", row.closed_at),
        # When the sweeper looks at it next: a deferred one is released then.
        ("due", row.due_at),
    ):
        if moment:
            today = f"{moment:%Y-%m-%d} "
            told.append(f"{word} {'' if today == day else today}{moment:%H:%M:%S}")
            day = today
    return told


def _figures(row: Notification) -> list[str]:
    told = []
    if row.parts:
        told.append(_count(row.parts, "part"))
    if row.attempts:
        told.append(_count(row.attempts, "attempt"))
    if row.reserved is not None:
        told.append(f"{row.reserved.normalize():f} USD estimated")
    return told


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"

"""List the notifications of an order or a customer. Used by `ordercast status`."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from rich.console import Group, RenderableType
from rich.text import Text

from ordercast.cli.output.holds import listing
from ordercast.cli.output.timeline import OrderHistory, headline, timeline
from ordercast.decisions.lookup import LookupKeys
from ordercast.events.identity import customer_key, order_hash_for
from ordercast.notifications.notification import Notification
from ordercast.operations.target import Target
from ordercast.operations.units import count
from ordercast.pacing.holds import OF_A_CHANNEL


def order_listing(target: Target, order_id: str, *, shop: str | None) -> RenderableType | None:
    """Return an order's timeline, from the ledger and the receipt logs; None if there is none."""
    ledger, order = target.ledger(), order_hash_for(shop=shop, order_id=order_id)
    decisions, rows = ledger.decisions_of(order), ledger.of_order(order)
    messages = {message_id for row in rows for message_id in row.messages}
    receipt_logs = target.receipt_logs().find(messages) if messages else {}
    if not (decisions or rows):
        return None
    history = OrderHistory(decisions=decisions, rows=rows, receipt_logs=receipt_logs)
    return Group(timeline(history), *_held_back(target, rows))


def customer_listing(
    target: Target, customer_id: str, *, shop: str | None, last: int
) -> RenderableType | None:
    """List the customer's *last* notifications (0 is all), newest first; None if there is none."""
    pages = target.ledger().of_customer(customer_key(shop=shop, customer_id=customer_id))
    rows = list(islice(chain.from_iterable(pages), last or None))
    return Group(status_listing(rows), *_held_back(target, rows)) if rows else None


def status_listing(notifications: Sequence[Notification]) -> Text:
    """Show each notification's order, state and rule, and its times (UTC) and figures below."""
    shown = Text()
    for place, each in enumerate(notifications):
        shown.append("\n\n" if place else "")
        shown.append(f"order {each.order.order_id}: ").append_text(headline(each))
        for line in (_moments(each), _figures(each)):
            shown.append(f"\n  {', '.join(line)}" if line else "", style="dim")
    return shown


def _held_back(target: Target, rows: Iterable[Notification]) -> Iterator[Text]:
    """Yield the holds that *rows* wait behind, and those of whole channels, which concern all."""
    ledger = target.ledger()
    behind = {row.held_by for row in rows if row.is_held}
    holds = [
        each
        for each in ledger.look_up(LookupKeys(holds=True)).holds
        if each.is_active and (each.why in OF_A_CHANNEL or each.id in behind)
    ]
    if holds:
        yield Text("\nHeld back:", style="bold")
        yield listing(holds, ledger.waiting([each.id for each in holds]))


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
    figures = [f"behind {row.held_by}"] if row.is_held else []
    if row.parts:
        figures.append(count(row.parts, "part"))
    if row.attempts:
        figures.append(count(row.attempts, "attempt"))
    if row.estimate is not None:
        figures.append(f"{row.estimate.normalize():f} USD estimated")
    return figures

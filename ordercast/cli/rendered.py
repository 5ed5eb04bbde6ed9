"""Show the words of an order's messages as they were sent. Used by `ordercast status --rendered`."""

from collections.abc import Iterator

from rich.text import Text

from ordercast.events.identity import order_hash_for
from ordercast.notifications.notification import Notification
from ordercast.operations.target import Target
from ordercast.templates.rendering_again import rendered_again


def words_of_order(target: Target, order_id: str, *, shop: str | None) -> Text:
    """Return each message with its words, rendered again from the version that its row names."""
    rows = target.ledger().of_order(order_hash_for(shop=shop, order_id=order_id))
    kept = target.template_versions().find(
        {row.template_version for row in rows if row.template_version}
    )
    return Text("\n").join(Text("\n".join(_said(row, kept))) for row in rows)


def _said(row: Notification, kept: dict[str, bytes]) -> Iterator[str]:
    yield f"\n{row.channel} {row.status}, made from {row.template_version or 'nothing yet'}"
    if row.forgotten:
        yield f"Its person was forgotten on {row.forgotten.at:%Y-%m-%d}, and its words with them."
    elif row.template_version is None:
        yield "It was not claimed, so nothing was written."
    elif row.template_version not in kept:
        yield "What it was made from is not stored."
    else:
        made = rendered_again(row, kept[row.template_version])
        if not made.is_the_same:
            yield f"Figures may look different: they were written by {made.then}, and are now by {made.now}."
        if made.words.subject:
            yield f"Subject: {made.words.subject}"
        yield f"\n{made.words.text}"

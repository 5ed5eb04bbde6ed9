"""Cancel messages that wait and write an audit entry. Used by `ordercast cancel` and the console."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ordercast.audit import Verb
from ordercast.events.identity import order_of
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.operations.acts import audited
from ordercast.operations.target import Target
from ordercast.operations.units import count
from ordercast.workflows.cancel_messages import CancelMessages, CancelReport, Pages

MOST = 1_000_000
"""How many waiting messages are looked at for a campaign, unless the operator says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeantMessages:
    """What an operator means: `name` is how the audit entry names it, `pages` are the ids when they are read.

    With `campaign`, only what is of it is meant, among at most `most` messages.
    """

    name: str
    pages: Callable[[CancelMessages], Pages]
    campaign: str | None = None
    most: int = MOST


def of_message(row: Notification) -> MeantMessages:
    """Mean one message and, as it is not to be sent either, its fallback."""
    return MeantMessages(name=row.id, pages=lambda cancel: cancel.of_ids([row.id]))


def of_order(rows: Sequence[Notification]) -> MeantMessages:
    """Mean an order's messages, one at least; the audit entry has the hash that the ledger has of its id."""
    ids = [row.id for row in rows]
    return MeantMessages(name=f"order {order_of(ids[0])}", pages=lambda cancel: cancel.of_ids(ids))


def of_campaign(campaign: str, *, most: int = MOST) -> MeantMessages:
    """Mean what waits of a campaign."""
    return MeantMessages(
        name=f"campaign {campaign}",
        pages=lambda cancel: cancel.waiting(),
        campaign=campaign,
        most=most,
    )


def plan_cancel(where: Target, meant: MeantMessages) -> CancelReport:
    """Return what would be cancelled; nothing is changed."""
    cancel = _cancelling(where)
    return cancel.plan(meant.pages(cancel), most=meant.most, campaign=meant.campaign)


def cancel(where: Target, meant: MeantMessages, *, reason: str) -> CancelReport:
    """Cancel what waits; may be interrupted and repeated."""
    cancelling = _cancelling(where)
    with audited(where, Verb.CANCEL, meant.name, reason=reason) as doing:
        report = cancelling(meant.pages(cancelling), most=meant.most, campaign=meant.campaign)
        doing.outcome = said(report)
    return report


def said(report: CancelReport) -> str:
    """Return what came of it in words: `3 messages cancelled; left alone: 1 sent`."""
    parts = [f"{count(report.cancelled.total(), 'message')} cancelled"]
    if report.moving:
        parts.append(f"{report.moving} changed at that moment")
    if report.left:
        parts.append(f"left alone: {by_state(report.left)}")
    return "; ".join(parts)


def by_state(counted: Counter[State]) -> str:
    """Return `2 deferred, 1 requested`, the most frequent first."""
    ordered: Iterable[tuple[State, int]] = sorted(
        counted.items(), key=lambda each: (-each[1], each[0])
    )
    return ", ".join(f"{count(number)} {state.replace('_', ' ')}" for state, number in ordered)


def _cancelling(where: Target) -> CancelMessages:
    return CancelMessages(ledger=where.ledger(), now=lambda: datetime.now(UTC))

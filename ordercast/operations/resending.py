"""Have a message sent again and write an audit entry. Used by `ordercast resend` and the console."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from ordercast.audit import Verb
from ordercast.gateways import clients
from ordercast.gateways.messaging.notifications_topic import SnsNotificationsTopic
from ordercast.gateways.messaging.topic import Topic
from ordercast.notifications.notification import Notification
from ordercast.operations.acts import audited
from ordercast.operations.named_messages import named_message
from ordercast.operations.target import Target
from ordercast.usage_error import UsageError
from ordercast.wiring.relay import policy_of
from ordercast.wiring.resend import ResendPorts, resend_message
from ordercast.workflows.ports import NotificationsTopic
from ordercast.workflows.resend_message import Resend, ResendMessage


def next_number(where: Target, named: Notification) -> int:
    """Return which resend of a message, or of what it is a resend of, comes next."""
    first = named_message(where, named.resend_of) if named.resend_of else named
    return (first or named).last_resend + 1


def look_at_resend(where: Target, named: Notification, number: int, *, may_double: bool) -> Resend:
    """Return what would be entered as resend *number*, or why it is refused."""
    return _resending(where).plan(named, number, may_double=may_double)


def plan_resend(where: Target, named: Notification, number: int, *, may_double: bool) -> Resend:
    """Return what would be entered as resend *number*; raises `UsageError` where that is refused."""
    return _insist(look_at_resend(where, named, number, may_double=may_double))


def resend(
    where: Target, named: Notification, number: int, *, may_double: bool, reason: str
) -> Resend:
    """Send it again; raises `UsageError` where that is refused. May be killed and repeated."""
    # What is refused was no act.
    plan_resend(where, named, number, may_double=may_double)
    of = f"{named.id} number {number}{', may double' if may_double else ''}"
    with audited(where, Verb.RESEND, of, reason=reason) as doing:
        done = _resending(where)(named, number, may_double=may_double)
        doing.outcome = f"refused: {done.refusal.what}" if done.refusal else said(done)
    return _insist(done)


def said(done: Resend) -> str:
    """Return what a resend is by now, in words; one that is not refused."""
    row = done.row
    if row is None:
        return "nothing"
    rule = f" ({row.rule})" if row.rule else ""
    there = "was there: " if done.is_there else ""
    return f"resend {done.number} {there}{row.id}: {row.state.replace('_', ' ')}{rule}"


def notifications_topic_of(where: Target) -> NotificationsTopic:
    """Return the topic that feeds the queues of a stage's senders."""
    executor = ThreadPoolExecutor(clients.WORKERS)
    arn = where.names.notifications_topic
    topic = Topic(client=clients.sns_topics(), arn=arn, executor=executor)
    return SnsNotificationsTopic(topic=topic)


def _insist(found: Resend) -> Resend:
    if found.refusal:
        raise UsageError(found.refusal.what, hint=found.refusal.hint)
    return found


def _resending(where: Target) -> ResendMessage:
    ports = ResendPorts(
        ledger=where.ledger(),
        notifications_topic=notifications_topic_of(where),
        now=lambda: datetime.now(UTC),
    )
    return resend_message(ports, policy_of(where.settings))

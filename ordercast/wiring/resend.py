"""Build the workflow that sends a message again. Used by `ordercast resend`, the console and tests."""

from msgspec import Struct

from ordercast.decisions.audience import Policy
from ordercast.people.quiet_policy import QuietPolicy
from ordercast.sending.send_rules import SendWithin
from ordercast.templates.statuses import send_within
from ordercast.workflows.ports import Clock, NotificationsTopic
from ordercast.workflows.resend_message import ResendLedger, ResendMessage


class ResendPorts(Struct, frozen=True, kw_only=True):
    """What resending reads and writes."""

    ledger: ResendLedger
    notifications_topic: NotificationsTopic
    now: Clock
    send_within: SendWithin = send_within


def resend_message(ports: ResendPorts, policy: Policy) -> ResendMessage:
    """Build it by a stage's policy."""
    quiet = QuietPolicy(
        default_country=policy.default_country,
        default_time_zone=policy.default_time_zone,
        quiet=policy.quiet,
        promotional_quiet=policy.promotional_quiet,
    )
    return ResendMessage(
        ledger=ports.ledger,
        notifications_topic=ports.notifications_topic,
        quiet=quiet,
        first_wait=policy.republish_after,
        send_within=ports.send_within,
        allowed=policy.allowed,
        now=ports.now,
    )

"""Build the workflows of the sweeper around their ports. Used by the sweeper and tests."""

from msgspec.structs import replace

from ordercast.pacing.reputation import ReputationLimits
from ordercast.sending.due_policy import DuePolicy
from ordercast.sending.routes import home_route
from ordercast.sending.send_rules import SendWithin
from ordercast.sending.tries import RetryPolicy
from ordercast.settings.processors import SweepPolicy, recipient_patterns
from ordercast.settings.retries import retries
from ordercast.templates.statuses import send_within
from ordercast.wiring.quiet import quiet_policy
from ordercast.wiring.receipts import ReceiptPorts
from ordercast.workflows.match_receipts import MatchReceipts
from ordercast.workflows.ports import (
    Accounts,
    NotificationsTopic,
    ReceiptQueue,
    SendQuotas,
)
from ordercast.workflows.release_room import Senders
from ordercast.workflows.sweep.enter_fallbacks import EnterFallbacks
from ordercast.workflows.sweep.keep_budgets import KeepBudgets
from ordercast.workflows.sweep.keep_reputation import KeepReputation, Reputations
from ordercast.workflows.sweep.keep_send_quota import CHANNEL, KeepSendQuota
from ordercast.workflows.sweep.look_at_due import LookAtDue
from ordercast.workflows.sweep.probe_holds import ProbeHolds, RouteProbes
from ordercast.workflows.sweep.release_deferred import ReleaseDeferred
from ordercast.workflows.sweep.release_paid import ReleasePaid
from ordercast.workflows.sweep.sweep import Sweep
from ordercast.workflows.sweep.sweep_holds import SweepHolds
from ordercast.workflows.sweep_receipts import SweepReceipts
from ordercast.workflows.take_in_adjustments import Adjustments

A_ROUND = 800
"""How many rows, or receipt logs, are read in one round."""


class SweeperPorts(ReceiptPorts, frozen=True, kw_only=True):
    """What the sweeper reads and writes."""

    notifications_topic: NotificationsTopic
    receipt_queue: ReceiptQueue
    accounts: Accounts
    adjustments: Adjustments
    senders: Senders
    send_quotas: SendQuotas
    quotas_of_second_region: SendQuotas | None = None
    reputations: Reputations
    route_probes: RouteProbes
    send_within: SendWithin = send_within
    function: str = "sweeper"


def sweep_receipts(
    ports: SweeperPorts, policy: SweepPolicy, *, limit: int = A_ROUND
) -> SweepReceipts:
    """Build what acts on receipt logs."""
    return SweepReceipts(
        receipt_logs=ports.receipt_logs,
        merge=ports.merge(policy),
        suppress=ports.suppress(policy),
        match=MatchReceipts(
            ledger=ports.ledger, receipt_logs=ports.receipt_logs, lease=policy.claim_lease
        ),
        receipt_timeout=policy.receipt_timeout,
        now=ports.now,
        limit=limit,
    )


def sweep(
    ports: SweeperPorts, policy: SweepPolicy, receipts: SweepReceipts, *, limit: int = A_ROUND
) -> Sweep:
    """Build the sweeper; *receipts* also matches texts in doubt that are looked at."""
    due_policy = DuePolicy(
        first_wait=policy.republish_after,
        resend_email_after=policy.resend_email_after or None,
        receipt_timeout=policy.receipt_timeout,
        quiet=quiet_policy(policy),
        fallback_grace=policy.fallback_grace,
        fallback_unknown_after=policy.fallback_unknown_after or None,
    )
    release = ReleaseDeferred(
        ledger=ports.ledger,
        notifications_topic=ports.notifications_topic,
        send_within=ports.send_within,
        due_policy=due_policy,
        now=ports.now,
        limit=2 * limit,  # there are four times as many partitions
    )
    probe = ProbeHolds(
        ledger=ports.ledger,
        notifications_topic=ports.notifications_topic,
        routes=ports.route_probes,
        release=release,
    )
    holds = SweepHolds(ledger=ports.ledger, release=release, probe=probe, now=ports.now)
    paid = ReleasePaid(
        ledger=ports.ledger, notifications_topic=ports.notifications_topic, release=release
    )
    return Sweep(
        ledger=ports.ledger,
        senders=ports.senders,
        now=ports.now,
        receipts=receipts,
        look=LookAtDue(
            ledger=ports.ledger,
            enter_fallbacks=EnterFallbacks(
                ledger=ports.ledger,
                notifications_topic=ports.notifications_topic,
                send_within=ports.send_within,
                due_policy=due_policy,
                allowed=recipient_patterns(policy.allowed_recipients),
            ),
            notifications_topic=ports.notifications_topic,
            receipts=ports.receipt_queue,
            match_texts=receipts.match_texts,
            due_policy=due_policy,
            retries=RetryPolicy(
                by_priority=retries(policy.retry_after_receipt), for_now=policy.retry_for_now
            ),
            send_within=ports.send_within,
            now=ports.now,
            limit=limit,
        ),
        release=release,
        quotas=_quotas(ports, policy),
        budgets=KeepBudgets(
            ledger=ports.ledger,
            accounts=ports.accounts,
            adjustments=ports.adjustments,
            release=paid,
            now=ports.now,
        ),
        reputation=KeepReputation(
            ledger=ports.ledger,
            reputations=ports.reputations,
            limits=ReputationLimits(
                bounces=policy.hold_bounce_percent, complaints=policy.hold_complaint_percent
            ),
            is_done=holds.is_done,
            by=ports.function,
            now=ports.now,
        ),
        holds=holds,
    )


def _quotas(ports: SweeperPorts, policy: SweepPolicy) -> list[KeepSendQuota]:
    """Build what asks the provider of e-mails, in each Region."""
    usual = ports.senders.originations[CHANNEL]
    own = KeepSendQuota(
        ledger=ports.ledger,
        quotas=ports.send_quotas,
        buckets=ports.senders.buckets,
        origination=usual,
        account=ports.account(policy),
    )
    if not ports.quotas_of_second_region:
        return [own]
    route = home_route(CHANNEL, policy.second_region).key
    return [
        own,
        replace(
            own,
            quotas=ports.quotas_of_second_region,
            origination=replace(usual, key=route),
            route=route,
        ),
    ]

"""Build the receipt tracker around its ports. Used by the receipt tracker, the sweeper's wiring, and tests."""

from msgspec import Struct

from ordercast.events.order_event import Channel
from ordercast.sending.routes import home_route
from ordercast.settings.processors import ReceiptPolicy, SweepPolicy
from ordercast.wiring.clock import utc_now
from ordercast.workflows.account_trouble import AccountTrouble
from ordercast.workflows.apply_receipts import ApplyReceipts
from ordercast.workflows.merge_receipts import MergeReceipts, SuppressFromReceipts
from ordercast.workflows.ports import Clock, Ledger, ReceiptLogs, Suppressions


class ReceiptPorts(Struct, frozen=True, kw_only=True):
    """What the merging of receipts reads and writes; `function` is whose holds it writes."""

    ledger: Ledger
    people: Suppressions
    receipt_logs: ReceiptLogs
    now: Clock = utc_now
    function: str = "receipt-tracker"

    def account(self, policy: ReceiptPolicy | SweepPolicy) -> AccountTrouble:
        """Build what holds a channel, or a Region's route of it, for trouble with the account."""
        return self.account_in(policy.region, second_region=policy.second_region)

    def account_in(self, region: str, *, second_region: str) -> AccountTrouble:
        """Build the same for a stage in *region*; without a second one trouble holds the channel."""
        return AccountTrouble(
            holds=self.ledger,
            by=self.function,
            now=self.now,
            first_routes={c: home_route(c, region).key for c in Channel if second_region},
        )

    def merge(self, policy: ReceiptPolicy | SweepPolicy) -> MergeReceipts:
        """Build the merging of receipts."""
        return MergeReceipts(
            ledger=self.ledger,
            account=self.account(policy),
            receipt_timeout=policy.receipt_timeout,
            # The sweeper alone looks at what nothing was heard of.
            unknown_after=policy.fallback_unknown_after or None
            if isinstance(policy, SweepPolicy)
            else None,
            now=self.now,
        )

    def suppress(self, policy: ReceiptPolicy | SweepPolicy) -> SuppressFromReceipts:
        """Build the suppressing by their evidence."""
        return SuppressFromReceipts(
            ledger=self.ledger, people=self.people, soft_bounces=policy.soft_bounces
        )


def apply_receipts(ports: ReceiptPorts, policy: ReceiptPolicy) -> ApplyReceipts:
    """Build the receipt tracker's workflow."""
    return ApplyReceipts(
        receipt_logs=ports.receipt_logs,
        merge=ports.merge(policy),
        suppress=ports.suppress(policy),
        receipt_timeout=policy.receipt_timeout,
        orphan_wait=policy.orphan_wait,
        retention=policy.receipt_retention,
        now=ports.now,
    )

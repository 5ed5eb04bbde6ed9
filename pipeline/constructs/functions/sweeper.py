"""Deploy the function that looks for what is due: deferred, unclaimed, in doubt, without receipt."""

from constructs import Construct

from ordercast.settings.processors import SweeperSettings
from ordercast.settings.senders import write_senders
from ordercast.settings.texts import SNS, named_providers
from pipeline.constructs.functions.parts import StageFunction, StageParts
from pipeline.constructs.storage.ledger import FAILURE_INDEX
from pipeline.constructs.storage.table import DUE_INDEX


class Sweeper(StageFunction):
    """Release what was deferred, publish again what was lost, and close what had no receipt."""

    def __init__(self, scope: Construct, *, parts: StageParts) -> None:
        stage, tables, receipts = parts.stage, parts.tables, parts.queues.receipts
        super().__init__(
            scope,
            parts,
            "processors.sweeper.handler",
            SweeperSettings,
            receipts_queue_url=receipts.queue.queue_url,
            receipts_dead_letters_url=receipts.dead_letters.queue_url,
            senders=write_senders(parts.senders),
        )
        tables.let_merge_receipts(self)
        parts.secret.let_read(self)
        # Fallbacks are entered here; the first hold of all opens their list.
        tables.ledger.let(self, "PartiQLInsert")
        tables.rollups.let(self, "BatchGetItem")
        tables.ledger.let_query(self, index=DUE_INDEX)
        tables.ledger.let_query(self, index=FAILURE_INDEX)
        tables.receipts.let_query(self, index=DUE_INDEX)
        receipts.let_count(self)
        for queue in (*parts.queues.sms, *parts.queues.email):
            queue.let_measure(self)
        parts.notifications.let_publish(self)
        # What tells whether a provider answers takes no resource (service authorization reference).
        self.allow("ses:GetAccount", on=["*"])
        if SNS in named_providers(stage):
            self.allow("sns:GetSMSAttributes", on=["*"])
        if parts.texts:
            self.allow("sms-voice:DescribeAccountAttributes", on=["*"])
        groups = stage.sweeper.groups
        self.run_every(
            stage.sweep_every, inputs=[{"group": each, "groups": groups} for each in range(groups)]
        )

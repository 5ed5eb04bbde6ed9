"""Deploy the function that sends e-mails through SES."""

from constructs import Construct

from ordercast.settings.processors import EmailSenderSettings
from pipeline.constructs.functions.function import Function
from pipeline.constructs.functions.parts import StageParts


class EmailSender(Function):
    """Claim each notification in the ledger, then send it."""

    def __init__(self, scope: Construct, name: str, *, parts: StageParts) -> None:
        stage, tables = parts.stage, parts.tables
        super().__init__(
            scope,
            name,
            defaults=parts.defaults,
            handler="processors.email_sender.handler",
            environment=EmailSenderSettings(
                stage=stage.name,
                ledger_table=tables.ledger.name,
                customers_table=tables.customers.name,
                receipts_table=tables.receipts.name,
                email_from=stage.email_from,
                configuration_set=parts.mail.configuration_set.configuration_set_name,
                claim_lease=stage.claim_lease,
                receipt_retention=stage.receipt_retention,
                receipt_timeout=stage.receipt_timeout,
            ),
            settings=stage.email_sender,
        )
        tables.let_claim(self)
        parts.mail.let_send(self, sender=stage.email_from)
        for queue in parts.queues.email:
            queue.feed(self)

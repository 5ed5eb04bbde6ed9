"""The e-mail queues, the tables and the mail identity come in; the function that mails goes out."""

from collections.abc import Sequence

from constructs import Construct

from pipeline.constructs.functions.function import Function, Surroundings
from pipeline.constructs.messaging.mail import Mail
from pipeline.constructs.messaging.work_queue import WorkQueue
from pipeline.constructs.storage.tables import Tables
from pipeline.stage import Stage
from processors.settings import EmailSenderSettings


class EmailSender(Construct):
    """Claims each notification on the ledger, then sends it through SES."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        within: Surroundings,
        queues: Sequence[WorkQueue],
        tables: Tables,
        mail: Mail,
    ) -> None:
        super().__init__(scope, name)
        settings = EmailSenderSettings(
            stage=stage.name,
            ledger_table=tables.ledger.name,
            customers_table=tables.customers.name,
            receipts_table=tables.receipts.name,
            email_from=stage.email_from,
            configuration_set=mail.configuration_set.configuration_set_name,
            claim_lease=stage.claim_lease,
            receipt_retention=stage.receipt_retention,
            silence=stage.silence_after,
        )
        self.function = Function(
            self,
            "Sender",
            within=within,
            handler="processors.email_sender.handler",
            environment=settings.to_env(),
            numbers=stage.email_sender,
        )
        tables.let_claim(self.function)
        mail.let_send(self.function, sender=stage.email_from)
        for queue in queues:
            queue.feed(self.function)

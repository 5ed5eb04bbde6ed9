"""Deploy the function that sends e-mails through SES."""

from constructs import Construct

from ordercast.settings.processors import EmailSenderSettings
from pipeline.constructs.functions.function import Function
from pipeline.constructs.functions.parts import StageParts


class EmailSender(Function):
    """Claim each notification in the ledger, then send it."""

    def __init__(self, scope: Construct, *, parts: StageParts) -> None:
        stage, tables = parts.stage, parts.tables
        super().__init__(
            scope,
            defaults=parts.defaults,
            handler="processors.email_sender.handler",
            environment=parts.environment(EmailSenderSettings),
            settings=stage.email_sender,
        )
        tables.let_claim(self)
        parts.mail.let_send(self, sender=stage.email_from)
        for queue in parts.queues.email:
            queue.feed(self)

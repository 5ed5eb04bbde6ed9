"""Deploy the function that sends e-mails through SES."""

from constructs import Construct

from ordercast.settings.brands import own_senders
from ordercast.settings.processors import EmailSenderSettings
from pipeline.constructs.functions.parts import StageFunction, StageParts


class EmailSender(StageFunction):
    """Claim each notification in the ledger, then send it."""

    def __init__(self, scope: Construct, *, parts: StageParts) -> None:
        stage, tables = parts.stage, parts.tables
        own = parts.sender_environment("email")
        super().__init__(
            scope, parts, "processors.email_sender.handler", EmailSenderSettings, **own
        )
        tables.let_claim(self)
        parts.secret.let_read(self)
        shops = own_senders(stage.brand_senders).values()
        parts.mail.let_send(self, senders=[stage.email_from, *shops], elsewhere=parts.elsewhere)
        for queue in parts.queues.email:
            queue.feed(self)

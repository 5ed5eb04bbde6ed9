"""Compose what messages of a stage are sent with in another Region, and what brings their receipts home."""

from aws_cdk import Environment, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from ordercast.settings.second_region import SecondRegionNames
from ordercast.settings.stage import StageSettings
from ordercast.settings.texts import has_end_user_messaging, protect_rules
from pipeline.constructs.messaging.end_user_messaging import EndUserMessaging
from pipeline.constructs.messaging.mail import Mail
from pipeline.constructs.messaging.mail_identities import MailIdentities
from pipeline.constructs.messaging.second_region_receipts import topics_of
from pipeline.constructs.messaging.work_queue import dead_letter_queue
from pipeline.constructs.observability.alarm_topic import AlarmTopic
from pipeline.constructs.observability.service_alarms import watch_account
from pipeline.constructs.storage.encryption_key import SES, SMS_VOICE, EncryptionKey
from pipeline.stacks.account import AccountStack

_HANDLING_ENCRYPTED_DATA = (
    "sns.amazonaws.com",  # leaves what it could not deliver in an encrypted queue
    SES,  # publishes events on an encrypted topic
    "cloudwatch.amazonaws.com",  # publishes alarms on an encrypted topic
)


class SecondRegionStack(Stack):
    """Identities, configuration sets and topics; they have names, since a stack exports nothing to another Region.

    The topics deliver to the stage's queue of receipts; what they cannot deliver waits here, where SNS
    wants it: in the Region of the topic. SNS's own receipts come by *account*, the account's stack in this
    Region, where the stage's texts go by SNS. Alarms have to be where their metrics are.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        env: Environment,
        stage: StageSettings,
        account: AccountStack | None,
    ) -> None:
        super().__init__(scope, name, env=env)
        names = SecondRegionNames(stage=stage.name)
        texts = has_end_user_messaging(stage)
        services = (*_HANDLING_ENCRYPTED_DATA, *((SMS_VOICE,) if texts else ()))
        key = EncryptionKey(self, "Key", services=services, removal=stage.removal).key
        existing = stage.second_region.existing_identities
        MailIdentities(self, "Identities", stage=stage, existing=existing)
        Mail(self, "Mail", key=key, tls=stage.email_tls, names=names)
        if texts:
            protect = protect_rules(stage.end_user_messaging.protect)
            EndUserMessaging(self, "EndUserMessaging", key=key, protect=protect, names=names)
        undelivered = dead_letter_queue(
            self,
            "Undelivered",
            retention=stage.queues.dead_letter_retention,
            key=key,
            queue_name=names.undelivered,
        )
        undelivered.add_to_resource_policy(_let_in(undelivered, topics_of(self, stage)))
        alarms = AlarmTopic(self, "Alarms", key=key, email=stage.alarms.email, url=stage.alarms.url)
        alarms.dead_letters("UndeliveredDeadLetters", undelivered, stage.alarms.period)
        if account:
            failures = account.forwarder.failures
            alarms.dead_letters("SmsLogForwarderFailures", failures, stage.alarms.period)
        watch_account(alarms, stage)


def _let_in(queue: sqs.IQueue, topics: list[str]) -> iam.PolicyStatement:
    """Let these topics leave what they cannot deliver."""
    return iam.PolicyStatement(
        principals=[iam.ServicePrincipal("sns.amazonaws.com")],
        actions=["sqs:SendMessage"],
        resources=[queue.queue_arn],
        conditions={"ArnEquals": {"aws:SourceArn": topics}},
    )

"""Compose the running pipeline: from order events to messages to receipts."""

import re

from aws_cdk import Environment, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from ordercast.settings.published import StageNames
from ordercast.settings.stage import StageSettings
from ordercast.settings.texts import (
    END_USER_MESSAGING,
    has_end_user_messaging,
    named_providers,
    protect_rules,
)
from pipeline.bundling.package import package
from pipeline.constructs.access.operator_policies import OperatorPolicies
from pipeline.constructs.functions.analytics import Analytics
from pipeline.constructs.functions.email_sender import EmailSender
from pipeline.constructs.functions.function import Function, FunctionDefaults
from pipeline.constructs.functions.network import Network
from pipeline.constructs.functions.order_relay import OrderRelay
from pipeline.constructs.functions.parts import StageParts
from pipeline.constructs.functions.receipt_tracker import ReceiptTracker
from pipeline.constructs.functions.release import Releases
from pipeline.constructs.functions.sms_sender import SmsSender
from pipeline.constructs.functions.status_events import StatusEvents
from pipeline.constructs.functions.sweeper import Sweeper
from pipeline.constructs.functions.verifier import Verifier
from pipeline.constructs.messaging.end_user_messaging import EndUserMessaging
from pipeline.constructs.messaging.mail import Mail
from pipeline.constructs.messaging.queues import Queues
from pipeline.constructs.messaging.second_region_receipts import receipts_of
from pipeline.constructs.messaging.topic import EncryptedTopic
from pipeline.constructs.outputs import Outputs
from pipeline.constructs.storage.published import Published
from pipeline.stacks.account import AccountStack
from pipeline.stacks.data import DataStack


class PipelineStack(Stack):
    """Topics, queues and functions; what must not be lost is in the data stack."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        env: Environment | None = None,
        stage: StageSettings,
        data: DataStack,
        account: AccountStack,
    ) -> None:
        super().__init__(scope, name, env=env)
        parts = self._parts(stage, data, account)
        self.queues = parts.queues
        self.notifications = parts.notifications.topic
        self.relay = OrderRelay(self, parts=parts)
        senders = (SmsSender(self, parts=parts), EmailSender(self, parts=parts))
        tracker = ReceiptTracker(self, parts=parts)
        sweeper = Sweeper(self, parts=parts)
        self.analytics = Analytics(self, parts=parts)
        verifier = Verifier(self, parts=parts)
        enabled = stage.status_events.enabled
        self.status_events = StatusEvents(self, parts=parts) if enabled else None
        optional = [self.status_events] if self.status_events else []
        made = (self.relay, *senders, tracker, sweeper, self.analytics, verifier, *optional)
        self.functions: dict[str, Function] = {each.node.id: each for each in made}
        if releases := parts.defaults.releases:
            releases.watch([each.alias for each in made if each.alias])
        self.policies = OperatorPolicies(self, "Policies", parts=parts)
        Published(self, "Published", stage=stage, names=_names(parts, sweeper, self.status_events))
        Outputs(self, "Outputs", stage=stage.name, values=self._outputs(parts))

    def _outputs(self, parts: StageParts) -> dict[str, str]:
        """Return the topics, and what invokes each function: its alias, or itself without one."""
        functions = {
            f"{_words(name)}-function-arn": each.invoked.function_arn
            for name, each in self.functions.items()
        }
        events = self.status_events
        return {
            **({"status-events-topic-arn": events.topic.topic.topic_arn} if events else {}),
            "notifications-topic-arn": parts.notifications.topic.topic_arn,
            **self.policies.outputs,
            "mail-events-topic-arn": parts.mail.events.topic.topic_arn,
            **functions,
        }

    def _parts(self, stage: StageSettings, data: DataStack, account: AccountStack) -> StageParts:
        # By its ARN: CDK would add every topic here to the key's policy in the data stack, which
        # must not depend on this one. The key admits SNS and SES by account instead.
        key = kms.Key.from_key_arn(self, "Key", data.key.key_arn)
        notifications = EncryptedTopic(self, "Notifications", key=key)
        mail = Mail(self, "Mail", key=key, tls=stage.email_tls)
        texts = self._texts(stage, key)
        return StageParts(
            stage=stage,
            defaults=FunctionDefaults(
                package=package(self, stage.target),
                key=key,
                log_retention=stage.log_retention,
                log_level=stage.log_level,
                tracing=stage.tracing,
                removal=stage.removal,
                network=self._network(stage, key),
                releases=(
                    None
                    if stage.release == "none"
                    else Releases(self, "Releases", how=stage.release)
                ),
            ),
            orders=data.orders,
            tables=data.tables,
            secret=data.secret,
            parked=data.parked,
            notifications=notifications,
            mail=mail,
            texts=texts,
            queues=Queues(
                self,
                stage=stage,
                key=key,
                notifications=notifications,
                receipts=[mail.events, *([texts.events] if texts else [])],
                sms_receipts=account.sms_receipts,
                second_region=receipts_of(self, stage),
            ),
        )

    def _texts(self, stage: StageSettings, key: kms.IKey) -> EndUserMessaging | None:
        if not has_end_user_messaging(stage):
            return None
        protect = protect_rules(stage.end_user_messaging.protect)
        return EndUserMessaging(self, "EndUserMessaging", key=key, protect=protect)

    def _network(self, stage: StageSettings, key: kms.IKey) -> Network | None:
        if not stage.network.vpc:
            return None
        return Network(
            self,
            "Network",
            settings=stage.network,
            texts=END_USER_MESSAGING in named_providers(stage),
            key=key,
            log_retention=stage.log_retention,
            removal=stage.removal,
        )


def _words(name: str) -> str:
    """Return "order-relay" for "OrderRelay"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()


def _names(parts: StageParts, sweeper: Sweeper, events: StatusEvents | None) -> StageNames:
    """Return what commands look for."""
    queues = parts.queues
    return StageNames(
        **parts.names,
        notifications_topic=parts.notifications.topic.topic_arn,
        status_events_topic=events.topic.topic.topic_arn if events else "",
        senders=parts.senders,
        receipts_queue=queues.receipts.queue.queue_url,
        undelivered_queue=queues.undelivered.queue_url,
        sweeper_function=sweeper.function.function_name,
    )

"""Compose what all stages of an account and Region share: SNS's delivery logs and SMS receipts."""

from aws_cdk import Environment, Stack
from constructs import Construct

from ordercast.settings.second_region import ACCOUNT_RECEIPTS_TOPIC
from ordercast.settings.stage import AccountSettings, StageSettings
from pipeline.bundling.package import package
from pipeline.constructs.functions.function import FunctionDefaults
from pipeline.constructs.functions.sms_attributes import SmsAttributes
from pipeline.constructs.functions.sms_log_forwarder import SmsLogForwarder
from pipeline.constructs.messaging.sms_logs import SmsLogs
from pipeline.constructs.messaging.topic import EncryptedTopic
from pipeline.constructs.messaging.usage_reports import UsageReports
from pipeline.constructs.storage.encryption_key import EncryptionKey


class AccountStack(Stack):
    """SNS has SMS settings and delivery logs per account and Region, not per stage."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        env: Environment | None = None,
        account: AccountSettings,
        stage: StageSettings,
        stack_name: str | None = None,
    ) -> None:
        super().__init__(
            scope,
            name,
            env=env,
            stack_name=stack_name,
            termination_protection=stage.account_protection,
        )
        key = EncryptionKey(self, "Key", services=(), removal=account.removal).key
        defaults = FunctionDefaults(
            package=package(self, stage.target),
            key=key,
            log_retention=account.log_retention,
            removal=account.removal,
        )
        self.sms_receipts = EncryptedTopic(
            self, "SmsReceipts", key=key, topic_name=ACCOUNT_RECEIPTS_TOPIC
        )
        sms_logs = SmsLogs(self, "SmsLogs", account=account, key=key)
        self.forwarder = SmsLogForwarder(
            self,
            account=account,
            defaults=defaults,
            sms_logs=sms_logs,
            receipts=self.sms_receipts,
        )
        reports = None
        if account.usage_reports:
            reports = UsageReports(self, "UsageReports", account=account)
        if stage.sms_attributes:
            SmsAttributes(
                self,
                account=account,
                defaults=defaults,
                delivery_status_role=sms_logs.delivery_status_role,
                reports=reports.bucket if reports else None,
            )

"""Deploy the function that switches on SNS's delivery logging for the account and Region.

These attributes have no CloudFormation type: the function merges them when the stack is deployed
and restores what it changed when the stack is deleted.
"""

from aws_cdk import CustomResource
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import custom_resources as cr
from constructs import Construct

from ordercast.settings.processors import (
    MONTHLY_LIMIT,
    USAGE_REPORTS,
    SmsAttributesSettings,
)
from ordercast.settings.stage import AccountSettings
from pipeline.constructs.functions.function import (
    Function,
    FunctionDefaults,
    log_group,
    own_role,
)


class SmsAttributes(Function):
    """Set the role in which SNS writes delivery logs; the month's limit and reports where they are set."""

    def __init__(
        self,
        scope: Construct,
        *,
        account: AccountSettings,
        defaults: FunctionDefaults,
        delivery_status_role: iam.IRole,
        reports: s3.IBucket | None = None,
    ) -> None:
        role_arn = delivery_status_role.role_arn
        super().__init__(
            scope,
            defaults=defaults,
            handler="processors.sms_attributes.handler",
            environment=SmsAttributesSettings(delivery_status_role_arn=role_arn),
            settings=account.sms_attributes,
        )
        # These calls concern the account; there is no resource to name.
        self.allow("sns:GetSMSAttributes", "sns:SetSMSAttributes", on=["*"])
        self.allow(
            "iam:PassRole",
            on=[role_arn],
            when={"StringEquals": {"iam:PassedToService": "sns.amazonaws.com"}},
        )
        self._apply(defaults, role_arn, _chosen(account, reports), reports)

    def _apply(
        self,
        defaults: FunctionDefaults,
        role_arn: str,
        chosen: dict[str, str],
        reports: s3.IBucket | None,
    ) -> None:
        """Call the function whenever an attribute changes; CDK's provider answers CloudFormation."""
        group = log_group(self, "ProviderLogs", defaults=defaults)
        provider = cr.Provider(
            self,
            "Provider",
            on_event_handler=self.function,
            log_group=group,
            framework_on_event_role=own_role(self, "ProviderRole", log_group=group),
        )
        attributes = CustomResource(
            self,
            "Attributes",
            service_token=provider.service_token,
            properties={"DeliveryStatusRoleArn": role_arn, **chosen},
        )
        if reports:
            attributes.node.add_dependency(reports)  # SNS must be let in before it is told


def _chosen(account: AccountSettings, reports: s3.IBucket | None) -> dict[str, str]:
    """Return the attributes that are set in stages/account.toml, by SNS's names."""
    limit = str(account.sms_monthly_limit) if account.sms_monthly_limit else None
    chosen = {MONTHLY_LIMIT: limit, USAGE_REPORTS: reports.bucket_name if reports else None}
    return {name: value for name, value in chosen.items() if value}

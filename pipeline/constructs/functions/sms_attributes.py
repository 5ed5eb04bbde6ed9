"""Deploy the function that switches on SNS's delivery logging for the account and Region.

These attributes have no CloudFormation type: the function merges them when the stack is deployed
and restores what it changed when the stack is deleted.
"""

from aws_cdk import CustomResource
from aws_cdk import aws_iam as iam
from aws_cdk import custom_resources as cr
from constructs import Construct

from ordercast.settings.processors import SmsAttributesSettings
from ordercast.settings.stage import AccountSettings
from pipeline.constructs.functions.function import (
    Function,
    FunctionDefaults,
    log_group,
    own_role,
)


class SmsAttributes(Function):
    """Set the role in which SNS writes delivery logs."""

    def __init__(
        self,
        scope: Construct,
        *,
        account: AccountSettings,
        defaults: FunctionDefaults,
        delivery_status_role: iam.IRole,
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
        self._apply(defaults, role_arn)

    def _apply(self, defaults: FunctionDefaults, role_arn: str) -> None:
        """Call the function whenever the role changes; CDK's provider answers CloudFormation."""
        group = log_group(self, "ProviderLogs", defaults=defaults)
        provider = cr.Provider(
            self,
            "Provider",
            on_event_handler=self.function,
            log_group=group,
            framework_on_event_role=own_role(self, "ProviderRole", log_group=group),
        )
        CustomResource(
            self,
            "Attributes",
            service_token=provider.service_token,
            properties={"DeliveryStatusRoleArn": role_arn},
        )

"""The delivery-status role comes in; the account's SMS attributes, set and restored, go out.

They belong to the account and Region and have no CloudFormation type, so a function of ours
merges them when this is deployed and restores what it changed when it is deleted.
"""

from aws_cdk import CustomResource
from aws_cdk import aws_iam as iam
from aws_cdk import custom_resources as cr
from constructs import Construct

from pipeline.constructs.functions.function import Function, Surroundings, log_group, own_role
from pipeline.stage import Account
from processors.settings import SmsAttributesSettings


class SmsAttributes(Construct):
    """Switches on delivery logging for text messages, in a role that SNS assumes."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        account: Account,
        within: Surroundings,
        delivery_status_role: iam.IRole,
    ) -> None:
        super().__init__(scope, name)
        role_arn = delivery_status_role.role_arn
        self.function = Function(
            self,
            "Setter",
            within=within,
            handler="processors.sms_attributes.handler",
            environment=SmsAttributesSettings(delivery_status_role_arn=role_arn).to_env(),
            numbers=account.sms_attributes,
        )
        # These calls concern the account; there is no resource to name.
        self.function.allow("sns:GetSMSAttributes", "sns:SetSMSAttributes", on=["*"])
        self.function.allow("iam:PassRole", on=[role_arn])
        self._apply(within, role_arn)

    def _apply(self, within: Surroundings, role_arn: str) -> None:
        """Call the function whenever the role changes; CDK's provider answers CloudFormation."""
        group = log_group(self, "ProviderLogs", within=within)
        provider = cr.Provider(
            self,
            "Provider",
            on_event_handler=self.function.function,
            log_group=group,
            framework_on_event_role=own_role(self, "ProviderRole", log_group=group),
        )
        CustomResource(
            self,
            "Attributes",
            service_token=provider.service_token,
            properties={"DeliveryStatusRoleArn": role_arn},
        )

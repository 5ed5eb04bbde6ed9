"""Make a VPC without a way to the internet, and run functions in it. Used by the pipeline stack.

Functions reach what they call through endpoints, one for each service. A function that calls another
service needs a line in `_INTERFACES` (a test compares them with the functions' policies).
"""

from collections.abc import Mapping
from datetime import timedelta

from aws_cdk import Aws
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from ordercast.settings.stage import NetworkSettings, Removal
from pipeline.constructs.conversions import for_this_account, log_retention, removal_policy

_ZONES = 2  # so many CDK knows of without looking into the account
_HTTPS = 443


class Network(Construct):
    """Private subnets in two zones, endpoints, and a log of refused connections. Set in stages/*.toml as network.

    With *texts*, End User Messaging has an endpoint, too.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        settings: NetworkSettings,
        texts: bool,
        key: kms.IKey,
        log_retention: timedelta,
        removal: Removal,
    ) -> None:
        super().__init__(scope, name)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(settings.addresses),
            max_azs=_ZONES,
            nat_gateways=0,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Functions", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED
                )
            ],
            restrict_default_security_group=False,  # nothing is in it; CDK would deploy a function for that
        )
        self.functions = self._group(
            "Functions", "Functions: outwards to endpoints, nothing inwards"
        )
        self.functions.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(_HTTPS))
        self._add_endpoints({**_INTERFACES, **(_TEXTS if texts else {})})
        self._log_refusals(key, log_retention, removal)

    def let_attach(self, role: iam.Role) -> None:
        """Let Lambda attach a function with this role to the VPC, and the function's code not.

        Lambda's guide ("Giving Lambda functions access to resources in a VPC") names the actions; none
        can be limited to a resource. Code calls with `lambda:SourceFunctionArn`, Lambda itself without.
        """
        role.add_to_policy(
            iam.PolicyStatement(
                actions=[
                    "ec2:AssignPrivateIpAddresses",
                    "ec2:CreateNetworkInterface",
                    "ec2:DeleteNetworkInterface",
                    "ec2:DescribeNetworkInterfaces",
                    "ec2:DescribeSubnets",
                    "ec2:UnassignPrivateIpAddresses",
                ],
                resources=["*"],
                conditions={"Null": {"lambda:SourceFunctionArn": "true"}},
            )
        )

    def _group(self, name: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self, name, vpc=self.vpc, description=description, allow_all_outbound=False
        )

    def _add_endpoints(self, interfaces: Mapping[str, ec2.IInterfaceVpcEndpointService]) -> None:
        group = self._group("Endpoints", "Endpoints: inwards from functions")
        group.add_ingress_rule(self.functions, ec2.Port.tcp(_HTTPS))
        for name, gateway in _GATEWAYS.items():
            self.vpc.add_gateway_endpoint(name, service=gateway).add_to_policy(_ours())
        for name, service in interfaces.items():
            endpoint = self.vpc.add_interface_endpoint(
                name, service=service, security_groups=[group], open=False
            )
            endpoint.add_to_policy(_ours())

    def _log_refusals(self, key: kms.IKey, retention: timedelta, removal: Removal) -> None:
        group = logs.LogGroup(
            self,
            "Refused",
            encryption_key=key,
            retention=log_retention(retention),
            removal_policy=removal_policy(removal),
        )
        role = iam.Role(
            self, "RefusedRole", assumed_by=for_this_account("vpc-flow-logs.amazonaws.com")
        )
        self.vpc.add_flow_log(
            "RefusedConnections",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(group, role),
            traffic_type=ec2.FlowLogTrafficType.REJECT,
        )


def _ours() -> iam.PolicyStatement:
    """Let nobody but principals of this account through an endpoint."""
    return iam.PolicyStatement(
        principals=[iam.AnyPrincipal()],
        actions=["*"],
        resources=["*"],
        conditions={"StringEquals": {"aws:PrincipalAccount": Aws.ACCOUNT_ID}},
    )


_GATEWAYS = {
    "DynamoDb": ec2.GatewayVpcEndpointAwsService.DYNAMODB,
    "S3": ec2.GatewayVpcEndpointAwsService.S3,
}

# Not KMS, SSM, Lambda and CloudWatch Logs: the services use keys for the functions, Lambda writes the logs
# and reads the streams and queues, and no function calls the others.
_INTERFACES = {
    "CloudWatch": ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_MONITORING,
    "Kinesis": ec2.InterfaceVpcEndpointAwsService.KINESIS_STREAMS,
    "Secrets": ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    "Ses": ec2.InterfaceVpcEndpointAwsService.EMAIL,
    "Sns": ec2.InterfaceVpcEndpointAwsService.SNS,
    "Sqs": ec2.InterfaceVpcEndpointAwsService.SQS,
}
_TEXTS = {"SmsVoice": ec2.InterfaceVpcEndpointAwsService.PINPOINT_SMS_VOICE_V2}

"""A handler's path, its environment and its numbers come in; a Lambda function goes out.

Each function has a role of its own that starts with nothing but writing to its own log group;
what it may do is said by the construct that knows why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from pipeline.bundling.package import Package
from pipeline.constructs.conversions import duration, log_retention, removal_policy
from pipeline.stage import FunctionNumbers, Removal


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What all functions of a stack share."""

    package: Package
    key: kms.IKey
    log_retention: timedelta
    removal: Removal


class Function(Construct):
    """Python from the shared bundle, logging to an encrypted group that expires."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        within: Surroundings,
        handler: str,
        environment: Mapping[str, str],
        numbers: FunctionNumbers,
    ) -> None:
        super().__init__(scope, name)
        self.log_group = log_group(self, "Logs", within=within)
        self.role = own_role(self, "Role", log_group=self.log_group)
        self.function = lambda_.Function(
            self,
            "Function",
            code=within.package.code,
            runtime=within.package.runtime,
            architecture=within.package.architecture,
            handler=handler,
            environment=dict(environment),
            memory_size=numbers.memory,
            timeout=duration(numbers.timeout),
            role=self.role,
            log_group=self.log_group,
        )

    def allow(
        self, *actions: str, on: Sequence[str], when: Mapping[str, Any] | None = None
    ) -> None:
        """Let the function do *actions* on these ARNs, under the conditions *when*."""
        self.role.add_to_policy(
            iam.PolicyStatement(actions=list(actions), resources=list(on), conditions=when)
        )


def log_group(scope: Construct, name: str, *, within: Surroundings) -> logs.LogGroup:
    """Make an encrypted log group that forgets in time."""
    return logs.LogGroup(
        scope,
        name,
        encryption_key=within.key,
        retention=log_retention(within.log_retention),
        removal_policy=removal_policy(within.removal),
    )


def own_role(scope: Construct, name: str, *, log_group: logs.LogGroup) -> iam.Role:
    """Make a role for one function that may do nothing but write to its own log group."""
    role = iam.Role(scope, name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    role.add_to_policy(
        iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[log_group.log_group_arn],
        )
    )
    return role

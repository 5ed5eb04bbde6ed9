"""Make a Lambda function with a role and a log group of its own. The base of every function here.

A role starts with nothing but writing to its own log group. What else a function may do is said in
its own file, beside the reason. Memory and timeout are set in stages/*.toml, in the table of the
function's name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from ordercast.settings.environment import TRACING, EnvironmentSettings
from ordercast.settings.stage import FunctionSettings, LogLevel, Removal
from pipeline.bundling.package import Package
from pipeline.constructs.conversions import duration, log_retention, removal_policy
from pipeline.constructs.functions.network import Network
from pipeline.constructs.functions.release import VERSIONS, Releases


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionDefaults:
    """What all functions of a stack share."""

    package: Package
    key: kms.IKey
    log_retention: timedelta
    removal: Removal
    log_level: LogLevel = "INFO"
    tracing: bool = False
    releases: Releases | None = None
    network: Network | None = None


class Function(Construct):
    """Python from the shared bundle, logging to an encrypted group that expires; its class names it."""

    def __init__(
        self,
        scope: Construct,
        *,
        defaults: FunctionDefaults,
        handler: str,
        environment: EnvironmentSettings,
        settings: FunctionSettings,
    ) -> None:
        super().__init__(scope, type(self).__name__)
        self.log_group = log_group(self, "Logs", defaults=defaults)
        self.role = own_role(self, "Role", log_group=self.log_group)
        network = defaults.network
        if network:
            network.let_attach(self.role)
        self.function = lambda_.Function(
            self,
            "Function",
            code=defaults.package.code,
            runtime=defaults.package.runtime,
            architecture=defaults.package.architecture,
            handler=handler,
            environment=environment.to_env() | _environment(defaults),
            tracing=lambda_.Tracing.ACTIVE if defaults.tracing else None,
            memory_size=settings.memory,
            timeout=duration(settings.timeout),
            reserved_concurrent_executions=settings.reserved,
            role=self.role,
            log_group=self.log_group,
            current_version_options=VERSIONS,
            vpc=network.vpc if network else None,
            security_groups=[network.functions] if network else None,
        )
        releases = defaults.releases
        self.alias = releases.alias_of(self.function) if releases else None

    @property
    def invoked(self) -> lambda_.IFunction:
        """What event sources and schedules invoke."""
        return self.alias or self.function

    def allow(
        self, *actions: str, on: Sequence[str], when: Mapping[str, Any] | None = None
    ) -> None:
        """Let the function do *actions* on these ARNs, under the conditions *when*."""
        self.role.add_to_policy(
            iam.PolicyStatement(actions=list(actions), resources=list(on), conditions=when)
        )

    def allow_key(self, *actions: str, key: kms.IKey, through: str) -> None:
        """Let the function use *key*, and only as a caller of the service *through*, such as "dynamodb"."""
        service = f"{through}.{Aws.REGION}.{Aws.URL_SUFFIX}"
        self.allow(*actions, on=[key.key_arn], when={"StringEquals": {"kms:ViaService": service}})

    def run_every(self, every: timedelta, *, inputs: Sequence[Mapping[str, int]]) -> None:
        """Invoke the function once an interval for each of *inputs*, all at the same time.

        A failed run is not repeated: the next one finds the same work, and newer.
        """
        interval = duration(every)
        self.invoked.configure_async_invoke(max_event_age=interval, retry_attempts=0)
        events.Rule(
            self,
            "Schedule",
            schedule=events.Schedule.rate(interval),
            targets=[
                targets.LambdaFunction(
                    self.invoked,
                    max_event_age=interval,
                    event=events.RuleTargetInput.from_object(dict(each)),
                )
                for each in inputs
            ],
        )


def _environment(defaults: FunctionDefaults) -> dict[str, str]:
    """Return what a stage's functions have in common; the last is read by processors/traced.py."""
    level: dict[str, str] = {"POWERTOOLS_LOG_LEVEL": defaults.log_level}
    return level | {TRACING: "on"} if defaults.tracing else level


def log_group(scope: Construct, name: str, *, defaults: FunctionDefaults) -> logs.LogGroup:
    """Make an encrypted log group that expires. Set in stages/*.toml as log_retention."""
    return logs.LogGroup(
        scope,
        name,
        encryption_key=defaults.key,
        retention=log_retention(defaults.log_retention),
        removal_policy=removal_policy(defaults.removal),
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

"""Move functions from one version to the next, and back when they fail. Used by the pipeline stack.

Event sources and schedules invoke the alias `live` of a function. CodeDeploy moves it: by `canary` a
tenth first, and back while the alarm is on; CloudFormation then rolls the whole update back. By
`at-once` it is over before an alarm of a minute can be on, so that it has none.
"""

from collections.abc import Sequence
from typing import Literal

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_codedeploy as codedeploy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from pipeline.constructs.conversions import for_this_account

LIVE = "live"

How = Literal["at-once", "canary"]


class Releases(Construct):
    """One CodeDeploy application for all functions of a stage. Set in stages/*.toml as release.

    By `canary` it has an alarm, which is on when any function raises an error: a deployment that breaks
    one is taken back whole.
    """

    def __init__(self, scope: Construct, name: str, *, how: How) -> None:
        super().__init__(scope, name)
        self._how = how
        self._application = codedeploy.LambdaApplication(self, "Application")
        self._functions: list[lambda_.Function] = []

    def alias_of(self, function: lambda_.Function) -> lambda_.Alias:
        """Put *function* behind its alias. `watch` must follow, once all have theirs."""
        self._functions.append(function)
        return lambda_.Alias(function, "Live", alias_name=LIVE, version=function.current_version)

    def watch(self, aliases: Sequence[lambda_.Alias]) -> None:
        """Let CodeDeploy move these *aliases*, and by `canary` take each back when a function fails."""
        alarms = [self._alarm()] if self._how == "canary" else []
        for alias, function in zip(aliases, self._functions, strict=True):
            # Without the managed policy, which is about every function of the account.
            role = self._role(function, alarms).without_policy_updates()
            codedeploy.LambdaDeploymentGroup(
                function,
                "Release",
                application=self._application,
                alias=alias,
                deployment_config=_CONFIGS[self._how],
                alarms=alarms,
                role=role,
            )

    def _alarm(self) -> cloudwatch.Alarm:
        period = Duration.minutes(1)
        # Of all versions: an alias that was named here could not wait for its own alarm.
        errors = {
            f"errors{place}": each.metric_errors(period=period)
            for place, each in enumerate(self._functions)
        }
        failed = cloudwatch.MathExpression(
            expression=" + ".join(f"FILL({each}, 0)" for each in errors),
            using_metrics=errors,
            period=period,
            label="errors",
        )
        return cloudwatch.Alarm(
            self,
            "ReleaseFails",
            metric=failed,
            alarm_description="A function fails: what is being deployed is taken back. "
            "docs/runbook.md#releasefails",
            threshold=1,
            comparison_operator=(cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD),
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _role(self, function: lambda_.Function, alarms: Sequence[cloudwatch.Alarm]) -> iam.Role:
        allowed = [_move(function)]
        if alarms:
            arns = [each.alarm_arn for each in alarms]
            allowed.append(
                iam.PolicyStatement(actions=["cloudwatch:DescribeAlarms"], resources=arns)
            )
        return iam.Role(
            function,
            "ReleaseRole",
            assumed_by=for_this_account("codedeploy.amazonaws.com"),
            inline_policies={"Release": iam.PolicyDocument(statements=allowed)},
        )


def _move(function: lambda_.Function) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=[
            "lambda:GetAlias",
            "lambda:GetProvisionedConcurrencyConfig",
            "lambda:UpdateAlias",
        ],
        resources=[function.function_arn, f"{function.function_arn}:{LIVE}"],
    )


_CONFIGS = {
    "at-once": codedeploy.LambdaDeploymentConfig.ALL_AT_ONCE,
    "canary": codedeploy.LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES,
}

VERSIONS = lambda_.VersionOptions(removal_policy=RemovalPolicy.DESTROY)
"""Only the newest version stays: the one before goes when the update, which may be rolled back, is over."""

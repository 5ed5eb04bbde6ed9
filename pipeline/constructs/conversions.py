"""Convert the words of a stage's settings into CDK's own types. Used by every construct."""

from datetime import timedelta

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_logs as logs

from ordercast.settings.stage import Removal
from pipeline.settings.checks import LOG_RETENTIONS


def duration(span: timedelta) -> Duration:
    """Return *span*, which is whole seconds."""
    return Duration.seconds(span // timedelta(seconds=1))


def log_retention(span: timedelta) -> logs.RetentionDays:
    """Return the retention of *span*, one of `LOG_RETENTIONS`."""
    return logs.RetentionDays[LOG_RETENTIONS[span // timedelta(days=1)]]


def removal_policy(removal: Removal) -> RemovalPolicy:
    """Return what becomes of a resource when its stack is deleted. Set in stages/*.toml as removal."""
    return RemovalPolicy.DESTROY if removal == "destroy" else RemovalPolicy.RETAIN

"""A stage's spans of time and words for lifetimes come in; CDK's own types go out."""

from datetime import timedelta

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_logs as logs

from pipeline.stage import LOG_RETENTIONS, Removal


def duration(span: timedelta) -> Duration:
    """Return *span*, which is whole seconds."""
    return Duration.seconds(span // timedelta(seconds=1))


def log_retention(span: timedelta) -> logs.RetentionDays:
    """Return the retention of *span*, one of `LOG_RETENTIONS`."""
    return logs.RetentionDays[LOG_RETENTIONS[span // timedelta(days=1)]]


def removal_policy(word: Removal) -> RemovalPolicy:
    """Return what *word* asks for."""
    return RemovalPolicy.DESTROY if word == "destroy" else RemovalPolicy.RETAIN

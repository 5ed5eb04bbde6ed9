"""Convert the words of a stage's settings into CDK's own types. Used by every construct."""

from datetime import timedelta

from aws_cdk import Aws, CfnResource, Duration, ReferenceStrength, RemovalPolicy, Stack, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import IConstruct

from ordercast.settings.stage import Removal
from pipeline.settings.checks import LOG_RETENTIONS


def duration(span: timedelta) -> Duration:
    """Return *span*, which is whole seconds."""
    return Duration.seconds(span // timedelta(seconds=1))


def log_retention(span: timedelta) -> logs.RetentionDays:
    """Return the retention of *span*, one of `LOG_RETENTIONS`."""
    return logs.RetentionDays[LOG_RETENTIONS[span // timedelta(days=1)]]


def removal_policy(removal: Removal) -> RemovalPolicy:
    """Return what becomes of a resource when its stack is deleted. Set in stages/*.toml as removal.

    What is retained goes nevertheless when the deployment that creates it fails: it holds nothing yet.
    """
    if removal == "destroy":
        return RemovalPolicy.DESTROY
    return RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE


def strong(resource: IConstruct, attribute: str) -> str:
    """Return an *attribute* of a resource, such as "Arn", that another stack knows before it deploys.

    For a property whose change replaces its resource: with a weak reference every deployment might
    (docs/decisions/0035).
    """
    made = resource.node.default_child
    if not isinstance(made, CfnResource):
        raise TypeError("of resources that this app makes only")
    return Stack.consume_reference(
        Token.as_string(made.get_att(attribute)), ReferenceStrength.STRONG
    )


def for_this_account(service: str) -> iam.IPrincipal:
    """Return *service* as one that assumes a role for no account but ours.

    Not every service says for whom it acts (docs/first-deployment.md): one that does not is let in.
    """
    return iam.ServicePrincipal(
        service, conditions={"StringEqualsIfExists": {"aws:SourceAccount": Aws.ACCOUNT_ID}}
    )

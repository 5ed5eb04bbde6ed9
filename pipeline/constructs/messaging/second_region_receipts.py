"""Say which topics of a second Region bring receipts, and to which of its queues what they cannot deliver goes. Used by two stacks.

By names, in either Region: a stack exports nothing to another Region.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Stack
from aws_cdk import aws_sqs as sqs

from ordercast.settings.second_region import ACCOUNT_RECEIPTS_TOPIC, SecondRegionNames
from ordercast.settings.stage import StageSettings
from ordercast.settings.texts import END_USER_MESSAGING, SNS, named_providers


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondRegionReceipts:
    """The topics of receipts in another Region, by their ARNs, and the queue of what they could not deliver."""

    topics: Sequence[str]
    undelivered: sqs.IQueue


def receipts_of(scope: Stack, stage: StageSettings) -> SecondRegionReceipts | None:
    """Return what brings receipts home from the second Region, for a stack of the stage's own."""
    region = stage.second_region.region
    if not region:
        return None
    name = SecondRegionNames(stage=stage.name).undelivered
    arn = scope.format_arn(service="sqs", region=region, resource=name)
    undelivered = sqs.Queue.from_queue_arn(scope, "UndeliveredThere", arn)
    return SecondRegionReceipts(topics=topics_of(scope, stage), undelivered=undelivered)


def topics_of(scope: Stack, stage: StageSettings) -> list[str]:
    """Return the ARNs of the topics of receipts in the second Region, for *scope* in any."""
    names = SecondRegionNames(stage=stage.name)
    providers = named_providers(stage)
    wanted = {
        names.mail_events: True,
        names.text_events: END_USER_MESSAGING in providers,
        ACCOUNT_RECEIPTS_TOPIC: SNS in providers,
    }
    return [
        scope.format_arn(service="sns", region=stage.second_region.region, resource=each)
        for each, used in wanted.items()
        if used
    ]

"""Hold what the functions of a stage are made of and work on. Made by pipeline/stacks/pipeline.py."""

from dataclasses import dataclass

from aws_cdk import aws_kinesis as kinesis

from ordercast.settings.stage import StageSettings
from pipeline.constructs.functions.function import FunctionDefaults
from pipeline.constructs.messaging.mail import Mail
from pipeline.constructs.messaging.queues import Queues
from pipeline.constructs.messaging.topic import EncryptedTopic
from pipeline.constructs.storage.parked_bucket import ParkedBucket
from pipeline.constructs.storage.tables import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class StageParts:
    """One value for all functions: each takes from it what it needs, and grants itself the rest."""

    stage: StageSettings
    defaults: FunctionDefaults
    orders: kinesis.IStream
    tables: Tables
    parked: ParkedBucket
    notifications: EncryptedTopic
    mail: Mail
    queues: Queues

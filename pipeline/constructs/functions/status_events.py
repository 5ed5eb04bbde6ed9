"""Deploy the topic that tells shops what became of messages, and the function that publishes on it."""

from constructs import Construct
from msgspec.structs import replace

from ordercast.settings.stage import StageSettings, StreamReaderSettings
from ordercast.settings.status_events import StatusEventsFunctionSettings
from pipeline.constructs.functions.function import Function
from pipeline.constructs.functions.parts import StageParts
from pipeline.constructs.messaging.stream_mapping import map_stream
from pipeline.constructs.messaging.topic import EncryptedTopic
from pipeline.constructs.storage.ledger import NOTIFICATION_WRITTEN


class StatusEvents(Function):
    """The second reader of the ledger's stream, of the two that it allows. It writes nothing but events.

    Set in stages/*.toml as status_events; the rest is as analytics has it.
    """

    def __init__(self, scope: Construct, *, parts: StageParts) -> None:
        self.topic = EncryptedTopic(scope, "StatusEventsTopic", key=parts.defaults.key)
        settings = reader_settings(parts.stage)
        super().__init__(
            scope,
            defaults=parts.defaults,
            handler="processors.status_events.handler",
            environment=parts.environment(
                StatusEventsFunctionSettings,
                status_events_topic_arn=self.topic.topic.topic_arn,
            ),
            settings=settings,
        )
        self.topic.let_publish(self)
        ledger = parts.tables.ledger
        ledger.let_read_changes(self)
        self.mapping = map_stream(
            ledger.stream_arn,
            to=self,
            settings=settings,
            given_up=parts.parked,
            only=[NOTIFICATION_WRITTEN],
        )


def reader_settings(stage: StageSettings) -> StreamReaderSettings:
    """Return how the function reads the stream: as analytics does, in batches of its own window."""
    return replace(stage.analytics, window=stage.status_events.window, reserved=None)

"""Build the publishing of status events around its topic. Used by the function, by redriving, and by tests."""

from ordercast.status_events.status_event import source_of
from ordercast.workflows.publish_status_events import PublishStatusEvents, StatusTopic


def publish_status_events(topic: StatusTopic, *, stage: str) -> PublishStatusEvents:
    """Build the workflow of a stage."""
    return PublishStatusEvents(topic=topic, source=source_of(stage))

"""Type whether status events are published for shops, and the environment of the function that does.

Set in stages/*.toml, in the table status_events. Written by pipeline/constructs/functions/, read by
processors/status_events.py.
"""

from ordercast.settings.environment import EnvironmentSettings
from ordercast.typed_values import Flag, Settings, Span


class StatusEventsSettings(Settings, frozen=True):
    """Whether the stage has the topic and its function, and how long a batch is gathered.

    All else of the function is as analytics has it, with which it reads the same stream.
    """

    enabled: Flag
    window: Span


class StatusEventsFunctionSettings(EnvironmentSettings, frozen=True, kw_only=True):
    """Settings of the function; `stage` names the source of its events."""

    stage: str
    status_events_topic_arn: str

"""Name a stage's resources, and the SSM parameters in which its deployment publishes them.

Written by pipeline/constructs/storage/published.py. Read by the commands on a deployed stage, and
by a shop's producer, which needs `orders_stream_parameter` only.
"""

from ordercast.settings.senders import ChannelSender
from ordercast.typed_values import Settings, Text


class StageNames(Settings, frozen=True):
    """The names that CloudFormation gave; a topic's and the secret's is its ARN, a queue's its URL.

    A stage without status events has no topic of them.
    """

    orders_stream: Text
    address_secret: Text
    ledger_table: Text
    customers_table: Text
    receipts_table: Text
    rollups_table: Text
    parked_bucket: Text
    notifications_topic: Text
    senders: dict[str, ChannelSender]
    receipts_queue: Text
    undelivered_queue: Text
    configuration_set: Text
    sweeper_function: Text
    status_events_topic: Text = ""

    @property
    def work_queues(self) -> list[str]:
        """The queues that functions read; each names its dead-letter queue itself."""
        return [
            *(url for each in self.senders.values() for url in (each.high, each.normal)),
            self.receipts_queue,
        ]


def settings_parameter(stage: str) -> str:
    """Return the parameter with the settings of a stage, as `read_settings` reads them."""
    return f"/ordercast/{stage}/settings"


def names_parameter(stage: str) -> str:
    """Return the parameter with the `StageNames` of a stage, as JSON."""
    return f"/ordercast/{stage}/names"


def output_parameter(stage: str, name: str) -> str:
    """Return the parameter with one output of a stage, such as "alarms-topic-arn", as text."""
    return f"/ordercast/{stage}/outputs/{name}"


def orders_stream_parameter(stage: str) -> str:
    """Return the parameter with the name of the stream that shops put order events on, as text."""
    return f"/ordercast/{stage}/orders-stream"

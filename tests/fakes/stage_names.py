"""The names of a stage that was never deployed, for tests of commands."""

from ordercast.events.order_event import Channel
from ordercast.settings.published import StageNames
from ordercast.settings.senders import ChannelSender

NAMES = StageNames(
    orders_stream="orders",
    address_secret="arn:secret",  # noqa: S106 - a name
    ledger_table="ledger",
    customers_table="customers",
    receipts_table="receipts",
    rollups_table="rollups",
    parked_bucket="parked",
    notifications_topic="arn:topic",
    senders={
        str(channel): ChannelSender(
            rate=20,
            share=100,
            origination=f"{channel}/default",
            high="https://high",
            normal="https://normal",
        )
        for channel in Channel
    },
    receipts_queue="https://receipts",
    undelivered_queue="https://undelivered",
    configuration_set="set",
    sweeper_function="sweeper",
)

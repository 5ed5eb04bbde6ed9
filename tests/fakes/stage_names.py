"""The names of a stage that was never deployed, for tests of commands."""

from ordercast.settings.published import StageNames

NAMES = StageNames(
    orders_stream="orders",
    ledger_table="ledger",
    customers_table="customers",
    receipts_table="receipts",
    rollups_table="rollups",
    parked_bucket="parked",
    notifications_topic="arn:topic",
    work_queues=["https://queue"],
    receipts_queue="https://receipts",
    undelivered_queue="https://undelivered",
    configuration_set="set",
    sweeper_function="sweeper",
)

"""Build what is known of the senders' queues and rates around AWS. Used by the sweeper and the commands that redrive."""

from collections.abc import Mapping
from concurrent.futures import Executor

from ordercast.events.order_event import Channel, Priority
from ordercast.gateways import clients
from ordercast.gateways.dynamodb.table import Table
from ordercast.gateways.messaging.work_queues import SqsWorkQueues
from ordercast.gateways.pacing.dynamo_buckets import DynamoBuckets
from ordercast.sending.units import units_of
from ordercast.settings.senders import ChannelSender
from ordercast.wiring.clock import utc_now
from ordercast.workflows.release_room import Origination, Senders


def senders(known: Mapping[str, ChannelSender], *, ledger: Table, executor: Executor) -> Senders:
    """Return the senders of all channels, by name; the buckets are in the *ledger* table."""
    of_channel = {Channel(name): each for name, each in known.items()}
    urls = {
        **{(channel, Priority.HIGH): each.high for channel, each in of_channel.items()},
        **{(channel, Priority.NORMAL): each.normal for channel, each in of_channel.items()},
    }
    return Senders(
        work_queues=SqsWorkQueues(client=clients.sqs(), urls=urls, executor=executor),
        buckets=DynamoBuckets(table=ledger),
        originations={
            channel: Origination(key=each.origination, limit=each.rate, share=each.share / 100)
            for channel, each in of_channel.items()
        },
        units=units_of,
        now=utc_now,
    )

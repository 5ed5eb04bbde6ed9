"""Open the channels of a local cloud's stage as soon as it is deployed: nobody outside gets its messages. Used by `deployment`."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from local_cloud.clients import client_of
from ordercast.events.order_event import Channel
from ordercast.gateways.dynamodb.table import Table
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.operations.target import LOCAL_STAGE, published
from ordercast.pacing.opening import opened


def open_channels(endpoint: str) -> None:
    """Write that both channels are opened, unless they are; an update of the stage changes nothing."""
    names = published(LOCAL_STAGE, client_of("ssm", endpoint=endpoint).get_parameters).names
    client = client_of("dynamodb", endpoint=endpoint)
    with ThreadPoolExecutor(1) as executor:
        table = Table(client=client, name=names.ledger_table, executor=executor)
        DynamoLedger(table=table).open_channels(
            opened(Channel, by="ordercast up", at=datetime.now(UTC), reason="a local cloud")
        )

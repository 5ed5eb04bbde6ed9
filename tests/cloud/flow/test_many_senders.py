"""Twenty senders at once on duplicates of every message, before the real conditional writes."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Lock

from msgspec import structs

from local_cloud.cloud import LocalCloud
from ordercast.decisions.lookup import LookupKeys
from ordercast.events.order_event import Channel
from ordercast.gateways.budgets.dynamo_accounts import DynamoAccounts
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.gateways.pacing.dynamo_buckets import DynamoBuckets
from ordercast.gateways.receipt_logs.dynamo_receipt_logs import DynamoReceiptLogs
from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import Outcome, Outgoing, accepted, refused, unknown
from ordercast.wiring.send import SenderPorts, send_messages
from tests.cloud.promises.fresh_resources import table_like
from tests.examples import notification
from tests.fakes.ledger import EVERY_CHANNEL
from tests.fakes.services import SEND_POLICY, cost, only_route
from tests.fakes.template_versions import FakeTemplateVersions
from tests.sampling import SAMPLED, sampled

SENDERS = 20
POLICY = structs.replace(SEND_POLICY, rate=100_000)  # who calls is tried here, not how fast
ROWS = [notification(n) for n in range(sampled(300, whole=1000))]
# A tenth in doubt: with more, a sender whose calls were few finds the route to be down, and closes it.
ENDS = {
    row.id: State.IN_DOUBT if n % 10 == 0 else (State.SENT, State.FAILED)[n % 2]
    for n, row in enumerate(ROWS)
}


class CountingProvider:
    """A provider that counts its calls and answers each message with its own end."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self._lock = Lock()

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        with self._lock:
            self.calls.update(each.notification.id for each in messages)
        answers: dict[State, Callable[[str], Outcome]] = {
            State.SENT: accepted,
            State.FAILED: refused,
            State.IN_DOUBT: unknown,
        }
        return [answers[ENDS[m.notification.id]](m.notification.id[-8:]) for m in messages]


@SAMPLED
def test_twenty_senders_on_duplicates_of_every_message_call_once_for_each(
    cloud: LocalCloud,
) -> None:
    with ThreadPoolExecutor(4) as executor, ThreadPoolExecutor(SENDERS) as senders:
        ledger = DynamoLedger(
            table=table_like(cloud, "ledger_table", executor),
            customers=table_like(cloud, "customers_table", executor),
        )
        receipts = DynamoReceiptLogs(table=table_like(cloud, "receipts_table", executor))
        ledger.open_channels(EVERY_CHANNEL)
        ledger.accept(ROWS, [])
        counting_provider = CountingProvider()
        ports = SenderPorts(
            ledger=ledger,
            receipt_logs=receipts,
            buckets=DynamoBuckets(table=ledger.table),
            accounts=DynamoAccounts(table=ledger.table),
            provider=counting_provider,
            template_versions=FakeTemplateVersions(),
            cost=cost,
            routes=only_route(Channel.EMAIL),
            send_within=lambda _: timedelta(days=36_500),
        )
        ids = [row.id for row in ROWS]
        apart = len(ids) // SENDERS
        batches = [ids[n * apart :] + ids[: n * apart] for n in range(SENDERS)]
        list(
            senders.map(
                lambda batch: send_messages(Channel.EMAIL, ports, POLICY)(
                    dict.fromkeys(batch, 1), time_left=lambda: timedelta(hours=1)
                ),
                batches,
            )
        )
        found = ledger.look_up(LookupKeys(notifications=frozenset(ids))).notifications

    assert {row.id: 1 for row in ROWS} == dict(counting_provider.calls)
    assert ENDS == {key: row.state for key, row in found.items()}

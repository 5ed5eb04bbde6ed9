"""Our fakes keep the promises of their ports; `tests/cloud` asks the same of the gateways."""

from typing import Any

import pytest

from notifications.order_event import Channel
from notifications.outcome import Outcome, Outgoing, not_now
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.hub import FakeHub
from tests.fakes.ledger import FakeLedger, TwoStatementsOnOneKey
from tests.fakes.message_ids import FakeMessageIds
from tests.fakes.parked_records import FakeParkedRecords
from tests.fakes.provider import FakeProvider
from tests.promises.hub import Heard, HubPromises, Listener
from tests.promises.ledger import LedgerPromises
from tests.promises.message_ids import MessageIdsPromises
from tests.promises.parked_records import Kept, ParkedRecordsPromises
from tests.promises.provider import ProviderPromises, outgoing


class TestFakeLedger(LedgerPromises):
    @pytest.fixture
    def ledger(self) -> FakeLedger:
        return FakeLedger()

    def test_it_refuses_what_dynamodb_refuses(self, ledger: FakeLedger) -> None:
        """A bulk call with two statements on one key fails as a whole; emulators let it pass."""
        one = notification(1)

        with pytest.raises(TwoStatementsOnOneKey):
            ledger.enter([one, one])
        with pytest.raises(TwoStatementsOnOneKey):
            ledger.claim([one.id, one.id], owner="me", lease_until=START)
        assert {} == ledger.rows


class TestFakeHub(HubPromises):
    @pytest.fixture
    def hub(self) -> FakeHub:
        return FakeHub()

    @pytest.fixture
    def listening(self, hub: FakeHub) -> Listener:
        def heard(_: int) -> Heard:
            return [(n.id, _routing(n)) for n in hub.published]

        return heard

    def test_what_it_does_not_take_is_not_answered(self, hub: FakeHub) -> None:
        hub.takes = lambda n: n.order.order_id == "o-1"

        assert {notification(1).id} == hub.publish([notification(1), notification(2)])
        assert 1 == len(hub.published)


class TestFakeMessageIds(MessageIdsPromises):
    @pytest.fixture
    def message_ids(self) -> FakeMessageIds:
        return FakeMessageIds()


class TestFakeParkedRecords(ParkedRecordsPromises):
    @pytest.fixture
    def parked(self) -> FakeParkedRecords:
        return FakeParkedRecords()

    @pytest.fixture
    def kept(self, parked: FakeParkedRecords) -> Kept:
        return lambda: [
            (each.record.position, each.reason, each.detail, each.record.payload)
            for each in parked.kept.values()
        ]


class TestFakeProvider(ProviderPromises):
    @pytest.fixture
    def provider(self) -> FakeProvider:
        return FakeProvider()

    @pytest.fixture(params=Channel)
    def channel(self, request: pytest.FixtureRequest) -> Channel:
        return Channel(request.param)

    def test_it_answers_as_it_is_told(self, provider: FakeProvider) -> None:
        def busy(_: Outgoing) -> Outcome:
            return not_now("Throttling")

        provider.answer = busy

        assert [not_now("Throttling")] == provider.send([outgoing(1, Channel.SMS)])


def _routing(notification: Any) -> dict[str, str]:
    names = ("channel", "priority", "template", "status")
    return {name: str(getattr(notification, name)) for name in names}

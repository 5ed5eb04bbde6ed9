"""The fakes of queues, of the topic and of providers keep the promises of their ports."""

from typing import Any

import pytest

from ordercast.errors import LedgerUnavailable, QueueUnavailable
from ordercast.events.order_event import Channel, Priority
from ordercast.sending.outcome import Outcome, Outgoing, not_now
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.notifications_topic import FakeNotificationsTopic, TwoEntriesOfOneId
from tests.fakes.provider import FakeProvider
from tests.fakes.receipt_queue import FakeReceiptQueue
from tests.fakes.work_queues import FakeWorkQueues
from tests.promises.notifications_topic import Heard, Listener, NotificationsTopicPromises
from tests.promises.provider import ProviderPromises, outgoing
from tests.promises.receipt_queue import InboundEvent, ReceiptQueuePromises
from tests.promises.work_queues import Holding, WorkQueuesPromises


class TestFakeWorkQueues(WorkQueuesPromises):
    @pytest.fixture
    def work_queues(self) -> FakeWorkQueues:
        return FakeWorkQueues()

    @pytest.fixture
    def hold(self, work_queues: FakeWorkQueues) -> Holding:
        def hold(channel: Channel, priority: Priority, messages: int) -> None:
            work_queues.held[channel, priority] = messages

        return hold

    def test_it_answers_nothing_while_it_is_unavailable(self, work_queues: FakeWorkQueues) -> None:
        work_queues.unavailable = True

        with pytest.raises(QueueUnavailable):
            work_queues.waiting()


class TestFakeReceiptQueue(ReceiptQueuePromises):
    @pytest.fixture
    def receipts(self) -> FakeReceiptQueue:
        return FakeReceiptQueue()

    @pytest.fixture
    def arrive(self, receipts: FakeReceiptQueue) -> InboundEvent:
        def one() -> None:
            receipts.oldest = START

        return one

    @pytest.fixture
    def taken(self) -> InboundEvent:
        return lambda: None

    def test_it_answers_nothing_while_it_is_unavailable(self, receipts: FakeReceiptQueue) -> None:
        receipts.unavailable = True

        with pytest.raises(LedgerUnavailable):
            receipts.applied_until(now=START)


class TestFakeNotificationsTopic(NotificationsTopicPromises):
    @pytest.fixture
    def notifications_topic(self) -> FakeNotificationsTopic:
        return FakeNotificationsTopic()

    @pytest.fixture
    def listening(self, notifications_topic: FakeNotificationsTopic) -> Listener:
        def merge_receipts(_: int) -> Heard:
            return [(n.id, _routing(n)) for n in notifications_topic.published]

        return merge_receipts

    def test_what_it_does_not_take_is_not_answered(
        self, notifications_topic: FakeNotificationsTopic
    ) -> None:
        notifications_topic.takes = lambda n: n.order.order_id == "o-1"

        assert {notification(1).id} == notifications_topic.publish(
            [notification(1), notification(2)]
        )
        assert 1 == len(notifications_topic.published)

    def test_a_lost_answer_means_that_it_went_out_all_the_same(
        self, notifications_topic: FakeNotificationsTopic
    ) -> None:
        notifications_topic.hears = lambda _: False

        assert set() == notifications_topic.publish([notification(1)])
        assert 1 == len(notifications_topic.published)

    def test_it_refuses_what_sns_refuses(self, notifications_topic: FakeNotificationsTopic) -> None:
        with pytest.raises(TwoEntriesOfOneId):
            notifications_topic.publish([notification(1), notification(1)])


class TestFakeProvider(ProviderPromises):
    @pytest.fixture
    def provider(self) -> FakeProvider:
        return FakeProvider()

    @pytest.fixture(params=Channel)
    def channel(self, request: pytest.FixtureRequest) -> Channel:
        return Channel(request.param)

    def test_it_answers_as_the_test_says(self, provider: FakeProvider) -> None:
        def busy(_: Outgoing) -> Outcome:
            return not_now("Throttling")

        provider.answer = busy

        assert [not_now("Throttling")] == provider.send([outgoing(1, Channel.SMS)])


def _routing(notification: Any) -> dict[str, str]:
    names = ("channel", "priority", "template", "status")
    return {name: str(getattr(notification, name)) for name in names}

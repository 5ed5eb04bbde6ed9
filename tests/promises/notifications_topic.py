"""What every notifications topic promises, in memory or on SNS."""

from collections.abc import Callable

from ordercast.events.order_event import Channel
from ordercast.workflows.ports import NotificationsTopic
from tests.examples import EMAIL, PHONE, notification

Heard = list[tuple[str, dict[str, str]]]
Listener = Callable[[int], Heard]


class NotificationsTopicPromises:
    """Mix in, and define the fixtures `notifications_topic` and `listening`, which waits for so many."""

    def test_a_publication_carries_the_id_and_what_it_is_routed_by(
        self, notifications_topic: NotificationsTopic, listening: Listener
    ) -> None:
        mail, text = notification(1, Channel.EMAIL), notification(2, Channel.SMS)
        taken = notifications_topic.publish([mail, text])

        routing = {"priority": "normal", "template": "confirmed", "status": "confirmed"}
        assert {mail.id, text.id} == taken
        assert {mail.id: routing | {"channel": "email"}, text.id: routing | {"channel": "sms"}} == (
            dict(listening(2))
        )

    def test_nothing_personal_is_published(
        self, notifications_topic: NotificationsTopic, listening: Listener
    ) -> None:
        notifications_topic.publish([notification(1, Channel.EMAIL), notification(2, Channel.SMS)])
        published = repr(listening(2))

        assert not [secret for secret in (EMAIL, PHONE, "o-1", "Teapot") if secret in published]

    def test_a_batch_may_be_larger_than_any_call_takes(
        self, notifications_topic: NotificationsTopic, listening: Listener
    ) -> None:
        many = [notification(n) for n in range(25)]

        assert {each.id for each in many} == notifications_topic.publish(many)
        assert {each.id for each in many} == {identity for identity, _ in listening(25)}

    def test_an_empty_batch_is_nothing_to_do(
        self, notifications_topic: NotificationsTopic, listening: Listener
    ) -> None:
        assert set() == notifications_topic.publish([])
        assert [] == listening(0)

"""What every topic of status events promises, in memory or on SNS."""

from collections.abc import Callable, Sequence

from ordercast.status_events.status_event import StatusEvent, status_event
from ordercast.workflows.publish_status_events import StatusTopic
from tests.examples import notification
from tests.status_events.changes import change

Listening = Callable[[int], Sequence[StatusEvent]]


def events(count: int) -> list[StatusEvent]:
    """Return the event of each of so many notifications."""
    source = "urn:ordercast:stage:dev"
    return [status_event(change(notification(n)), source=source) for n in range(count)]


class StatusTopicPromises:
    """Mix in, and define the fixtures `status_topic` and `listening`, which waits for so many."""

    def test_an_event_arrives_as_it_was_published(
        self, status_topic: StatusTopic, listening: Listening
    ) -> None:
        (event,) = events(1)

        assert {event.id} == status_topic.publish([event])
        assert [event] == list(listening(1))

    def test_a_batch_may_be_larger_than_any_call_takes(
        self, status_topic: StatusTopic, listening: Listening
    ) -> None:
        many = events(25)

        assert {each.id for each in many} == status_topic.publish(many)
        assert {each.id for each in many} == {each.id for each in listening(25)}

    def test_what_is_published_twice_arrives_twice_under_one_id(
        self, status_topic: StatusTopic, listening: Listening
    ) -> None:
        for _ in range(2):
            status_topic.publish(events(1))

        first, again = listening(2)
        assert first == again

    def test_an_empty_batch_is_nothing_to_do(
        self, status_topic: StatusTopic, listening: Listening
    ) -> None:
        assert set() == status_topic.publish([])
        assert [] == list(listening(0))

"""What every map of message ids promises, in memory or in DynamoDB."""

from datetime import timedelta

from tests.fakes.clock import START
from workflows.ports import MessageIds

LATER = START + timedelta(days=30)


class MessageIdsPromises:
    """Mix in, and say with a fixture which `message_ids`."""

    def test_what_was_recorded_is_found(self, message_ids: MessageIds) -> None:
        message_ids.record({"m-1": "n-1", "m-2": "n-2"}, expires_at=LATER)

        assert {"m-1": "n-1"} == message_ids.find(frozenset({"m-1"}))

    def test_what_is_not_known_is_not_answered(self, message_ids: MessageIds) -> None:
        message_ids.record({"m-1": "n-1"}, expires_at=LATER)

        assert {"m-1": "n-1"} == message_ids.find(frozenset({"m-1", "foreign"}))

    def test_recording_twice_is_recording_once(self, message_ids: MessageIds) -> None:
        message_ids.record({"m-1": "n-1"}, expires_at=LATER)
        message_ids.record({"m-1": "n-1"}, expires_at=LATER)

        assert {"m-1": "n-1"} == message_ids.find(frozenset({"m-1"}))

    def test_an_empty_batch_is_nothing_to_do(self, message_ids: MessageIds) -> None:
        message_ids.record({}, expires_at=LATER)

        assert {} == message_ids.find(frozenset())

    def test_a_batch_may_be_larger_than_any_call_takes(self, message_ids: MessageIds) -> None:
        many = {f"m-{n}": f"n-{n}" for n in range(130)}
        message_ids.record(many, expires_at=LATER)

        assert many == message_ids.find(frozenset(many))

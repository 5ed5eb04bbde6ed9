"""What every provider promises, in memory or at the other end of an API."""

from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import Outgoing
from ordercast.templates.rendering import words
from ordercast.workflows.ports import Provider
from tests.examples import notification


def outgoing(number: int, channel: Channel, **changes: str | None) -> Outgoing:
    """Return a claimed notification with its words."""
    one = replace(notification(number, channel), **changes)
    return Outgoing(notification=one, words=words(one))


class ProviderPromises:
    """Mix in, and say with fixtures which `provider` on which `channel`."""

    def test_each_accepted_message_has_an_id_of_its_own(
        self, provider: Provider, channel: Channel
    ) -> None:
        outcomes = provider.send([outgoing(n, channel) for n in range(12)])

        assert [State.SENT] * 12 == [each.state for each in outcomes]
        assert 12 == len({each.message_id for each in outcomes} - {None})

    def test_each_message_is_answered_in_order(self, provider: Provider, channel: Channel) -> None:
        nobody = outgoing(2, channel, recipient=None)
        outcomes = provider.send([outgoing(1, channel), nobody, outgoing(3, channel)])

        assert [State.SENT, State.FAILED, State.SENT] == [each.state for each in outcomes]

    def test_what_was_not_accepted_has_a_reason_and_no_id(
        self, provider: Provider, channel: Channel
    ) -> None:
        (outcome,) = provider.send([outgoing(1, channel, recipient=None)])

        assert ("no-recipient", None) == (outcome.reason, outcome.message_id)

    def test_an_empty_batch_is_nothing_to_do(self, provider: Provider) -> None:
        assert [] == provider.send([])

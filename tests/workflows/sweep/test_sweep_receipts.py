"""A message without receipts in time is unconfirmed: neither delivered nor failed."""

from datetime import timedelta

from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from tests.fakes.services import RECEIPT_TIMEOUT
from tests.fakes.world import World
from tests.workflows.receipts.provider_receipts import (
    CARRIER,
    HANDSET,
    MAIL,
    TEXT,
    mail_says,
    text_says,
)


class TestSilence:
    """No receipt comes for a message: that is no failure, and no delivery."""

    def test_a_message_without_receipts_for_three_days_is_unconfirmed(self, world: World) -> None:
        world.enter(TEXT)
        world.send(TEXT.id, channel=Channel.SMS)
        sent_at = world.row(TEXT.id).sent_at
        world.now.turn(RECEIPT_TIMEOUT - timedelta(seconds=1))
        assert 0 == world.sweep_receipts().timed_out

        world.now.turn(timedelta(seconds=1))
        assert 1 == world.sweep_receipts().timed_out
        row = world.row(TEXT.id)
        assert sent_at is not None
        assert (State.UNCONFIRMED, sent_at + RECEIPT_TIMEOUT) == (row.state, row.closed_at)
        assert 0 == world.sweep_receipts().timed_out

    def test_the_provider_s_own_word_that_it_was_sent_breaks_no_receipt_timeout(
        self, world: World
    ) -> None:
        world.enter(replace(MAIL, state=State.SENT))
        world.apply(mail_says("Send"))
        world.now.turn(RECEIPT_TIMEOUT)
        world.sweep_receipts()

        assert State.UNCONFIRMED == world.state(MAIL.id)

    def test_a_receipt_that_comes_after_all_is_believed(self, world: World) -> None:
        world.enter(TEXT)
        world.send(TEXT.id, channel=Channel.SMS)
        world.now.turn(RECEIPT_TIMEOUT)
        world.sweep_receipts()
        world.apply(text_says(HANDSET))

        assert State.DELIVERED == world.state(TEXT.id)

    def test_a_carrier_s_word_alone_is_not_receipt_timeout(self, world: World) -> None:
        world.enter(TEXT)
        world.send(TEXT.id, channel=Channel.SMS)
        world.apply(text_says(CARRIER))
        world.now.turn(2 * RECEIPT_TIMEOUT)

        assert 0 == world.sweep_receipts().timed_out
        assert State.CARRIER_ACCEPTED == world.state(TEXT.id)

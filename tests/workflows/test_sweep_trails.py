"""What the sweeper makes of receipts: silence is no delivery, and a doubt ends with one that can be of no other."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from notifications.errors import LedgerUnavailable
from notifications.identity import address_key
from notifications.lifecycle import State
from notifications.order_event import Channel
from tests.examples import PHONE, notification
from tests.fakes.clock import START
from tests.fakes.world import ORPHAN_WAIT, SILENCE, World
from tests.workflows.provider_receipts import (
    CARRIER,
    HANDSET,
    MAIL,
    OPTED_OUT,
    TEXT,
    UNREACHABLE,
    mail_says,
    text_says,
)


class TestSilence:
    """Nobody speaks of a message any more: that is no failure, and no delivery."""

    def test_what_nobody_speaks_of_for_three_days_is_unconfirmed(self, world: World) -> None:
        world.enter(TEXT)
        world.send(TEXT.id, channel=Channel.SMS)
        sent_at = world.row(TEXT.id).sent_at
        world.now.turn(SILENCE - timedelta(seconds=1))
        assert 0 == world.sweep_trails().silent

        world.now.turn(timedelta(seconds=1))
        assert 1 == world.sweep_trails().silent
        row = world.row(TEXT.id)
        assert sent_at is not None
        assert (State.UNCONFIRMED, sent_at + SILENCE) == (row.state, row.closed_at)
        assert 0 == world.sweep_trails().silent

    def test_the_provider_s_own_word_that_it_was_sent_breaks_no_silence(self, world: World) -> None:
        world.enter(replace(MAIL, state=State.SENT))
        world.apply(mail_says("Send"))
        world.now.turn(SILENCE)
        world.sweep_trails()

        assert State.UNCONFIRMED == world.state(MAIL.id)

    def test_a_receipt_that_comes_after_all_is_believed(self, world: World) -> None:
        world.enter(TEXT)
        world.send(TEXT.id, channel=Channel.SMS)
        world.now.turn(SILENCE)
        world.sweep_trails()
        world.apply(text_says(HANDSET))

        assert State.DELIVERED == world.state(TEXT.id)

    def test_a_carrier_s_word_alone_is_not_silence(self, world: World) -> None:
        world.enter(TEXT)
        world.send(TEXT.id, channel=Channel.SMS)
        world.apply(text_says(CARRIER))
        world.now.turn(2 * SILENCE)

        assert 0 == world.sweep_trails().silent
        assert State.CARRIER_ACCEPTED == world.state(TEXT.id)


class TestDoubt:
    """A text in doubt is that of a receipt that can be of no other."""

    def doubtful(self, world: World, number: int = 2) -> str:
        row = notification(number, Channel.SMS, state=State.IN_DOUBT, sent_at=START)
        world.enter(row)
        return row.id

    def later(self, world: World) -> None:
        world.now.turn(ORPHAN_WAIT)

    def test_a_receipt_to_the_same_number_at_the_same_time_resolves_it(self, world: World) -> None:
        doubt = self.doubtful(world)
        world.apply(text_says(HANDSET, price="0.02"))
        self.later(world)

        assert 1 == world.sweep_trails().matched
        row = world.row(doubt)
        assert (State.DELIVERED, Decimal("0.02")) == (row.state, row.cost)
        assert doubt == world.trails.kept["message-1"].notification_id

    def test_who_ends_after_the_ledger_has_heard_of_it_leaves_it_to_the_next_round(
        self, world: World
    ) -> None:
        """The text is in doubt no longer, so that nothing would be matched to it any more."""
        doubt = self.doubtful(world)
        world.apply(text_says(OPTED_OUT))
        self.later(world)
        world.ledger.unheard = {"change"}
        with pytest.raises(LedgerUnavailable):
            world.sweep_trails()
        world.ledger.unheard = set()

        assert 1 == world.sweep_trails().applied
        trail = world.trails.kept["message-1"]
        assert (doubt, None, False) == (trail.notification_id, trail.due_at, trail.unattributed)
        assert "opted-out" == world.people.kept[address_key(PHONE)].refusal(Channel.SMS, PHONE)

    def test_of_two_texts_in_doubt_none_is_chosen(self, world: World) -> None:
        doubts = [self.doubtful(world, number) for number in (2, 3)]
        world.apply(text_says(HANDSET))
        self.later(world)

        assert (0, 1) == (world.sweep_trails().matched, len(world.trails.kept))
        assert {State.IN_DOUBT} == {world.state(each) for each in doubts}

    def test_of_two_receipts_none_is_chosen(self, world: World) -> None:
        doubt = self.doubtful(world)
        world.apply(text_says(HANDSET), text_says(UNREACHABLE, "message-2"))
        self.later(world)

        assert 0 == world.sweep_trails().matched
        assert State.IN_DOUBT == world.state(doubt)

    @pytest.mark.parametrize("apart", [timedelta(hours=1), timedelta(hours=-1)])
    def test_a_receipt_of_another_hour_is_another_s(self, world: World, apart: timedelta) -> None:
        doubt = self.doubtful(world)
        world.apply(replace(text_says(HANDSET), sent_at=START + apart))
        self.later(world)

        assert 0 == world.sweep_trails().matched
        assert State.IN_DOUBT == world.state(doubt)

    def test_a_receipt_to_another_number_is_another_s(self, world: World) -> None:
        doubt = self.doubtful(world)
        world.apply(replace(text_says(HANDSET), to=address_key("+12065550111")))
        self.later(world)

        assert 0 == world.sweep_trails().matched
        assert State.IN_DOUBT == world.state(doubt)

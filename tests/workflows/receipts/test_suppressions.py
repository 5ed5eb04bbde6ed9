"""A receipt can suppress its address, and that ends what would be sent to it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.people.person import Person
from ordercast.sending.outcome import Outcome, Outgoing, accepted
from tests.examples import EMAIL, PHONE, notification
from tests.fakes.clock import START
from tests.fakes.services import ORPHAN_WAIT
from tests.fakes.world import World
from tests.workflows.receipts.provider_receipts import (
    BOUNCE,
    DELIVERY,
    MAIL,
    OPTED_OUT,
    TEXT,
    mail_says,
    text_says,
)


class TestLearning:
    """What providers say of an address is remembered, with the message that said it."""

    def known(self, world: World, key: str) -> Person:
        return world.people.kept[key]

    def test_an_opt_out_ends_texts_to_the_number_and_to_its_customer(self, world: World) -> None:
        """STOP is answered by the carrier; the shop still thinks that somebody subscribes."""
        world.enter(replace(TEXT, customer_id="c-1"))
        world.send(TEXT.id, channel=Channel.SMS)
        world.apply(text_says(OPTED_OUT))
        customer = customer_key(shop=TEXT.order.shop, customer_id="c-1")

        for key in (address_key(PHONE), customer):
            suppressions = self.known(world, key).suppressions[address_key(PHONE)]
            assert ("opted-out", OPTED_OUT, "message-1", START) == (
                suppressions.reason,
                suppressions.kind,
                suppressions.message_id,
                suppressions.at,
            )
            assert "opted-out" == self.known(world, key).refusal(Channel.SMS, PHONE)
            assert self.known(world, key).refusal(Channel.EMAIL, EMAIL) is None
        assert self.known(world, customer).refusal(Channel.SMS, "+12065550111") is None

    def test_the_next_message_to_the_address_is_suppressed(self, world: World) -> None:
        world.enter(TEXT, another := notification(3, Channel.SMS))
        world.send(TEXT.id, channel=Channel.SMS)
        world.apply(text_says(OPTED_OUT))
        world.send(another.id, channel=Channel.SMS)

        row = world.row(another.id)
        assert (State.SUPPRESSED, "opted-out") == (row.state, row.rule)

    @pytest.mark.parametrize(
        ("kind", "reason"),
        [
            (BOUNCE, "bounced"),
            ("Complaint/abuse", "complained"),
            ("Bounce/Permanent/OnAccountSuppressionList", "suppression-list"),
            ("Bounce/Transient/General", None),
            ("Complaint/not-spam", None),
            ("Bounce/Transient/ContentRejected", None),
            ("Bounce/Transient/MailboxFull", None),
            (DELIVERY, None),
        ],
    )
    def test_what_is_about_the_address_suppresses_it_and_nothing_else_does(
        self, world: World, kind: str, reason: str | None
    ) -> None:
        world.enter(replace(MAIL, state=State.SENT))
        world.apply(mail_says(kind))
        person = world.people.kept.get(address_key(EMAIL), Person(key=""))

        assert reason == person.refusal(Channel.EMAIL, EMAIL)

    @pytest.mark.parametrize(
        "kind",
        ["MailboxFull", "CustomTimeoutExceeded", "permanent", "General/permanent"],
    )
    def test_repeated_soft_bounces_of_a_month_are_a_refusal(self, world: World, kind: str) -> None:
        full = f"Bounce/Transient/{kind}"
        for number, days in enumerate([0, 40, 50, 60], start=1):
            row = notification(number, state=State.SENT)
            world.enter(row)
            at = START + timedelta(days=days)
            bounce = replace(mail_says(full, f"m-{number}"), notification_id=row.id, at=at)
            refused = world.people.kept.get(address_key(EMAIL), Person(key=""))
            assert refused.refusal(Channel.EMAIL, EMAIL) is None
            world.apply(bounce, bounce)

        suppressions = self.known(world, address_key(EMAIL)).suppressions[address_key(EMAIL)]
        assert ("soft-bounced", "m-4") == (suppressions.reason, suppressions.message_id)

    def test_a_suppression_that_comes_again_writes_nothing(self, world: World) -> None:
        world.enter(replace(MAIL, state=State.SENT))
        world.apply(mail_says(BOUNCE))
        world.receipt_logs.kept.clear()
        calls = len(world.people.calls)
        world.apply(mail_says(BOUNCE))

        assert calls == len(world.people.calls)

    def test_what_a_sender_joined_the_sweeper_learns_from(self, world: World) -> None:
        world.enter(TEXT)

        def carried(_: Outgoing) -> Outcome:
            world.apply(text_says(OPTED_OUT))
            return accepted("message-1")

        world.provider.answer = carried
        world.send(TEXT.id, channel=Channel.SMS)
        assert State.FAILED == world.state(TEXT.id)
        assert {} == world.people.kept

        world.now.turn(ORPHAN_WAIT)
        world.sweep_receipts()
        assert "opted-out" == self.known(world, address_key(PHONE)).refusal(Channel.SMS, PHONE)

    def test_a_failure_to_write_the_suppression_has_the_batch_redelivered(
        self, world: World
    ) -> None:
        world.enter(replace(MAIL, state=State.SENT))
        world.people.unavailable = True
        with pytest.raises(LedgerUnavailable):
            world.apply(mail_says(BOUNCE))

        world.people.unavailable = False
        world.apply(mail_says(BOUNCE))
        assert "bounced" == self.known(world, address_key(EMAIL)).refusal(Channel.EMAIL, EMAIL)

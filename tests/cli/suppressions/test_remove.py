"""Operators end suppressions, with a reason for the record."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from tests.cli.suppressions.suppressed_stage import CUSTOMER, SHOP, Stage, next_text, opted_out
from tests.examples import EMAIL, PHONE, notification
from tests.workflows.receipts.provider_receipts import (
    BOUNCE,
    MAIL,
    mail_says,
)


@pytest.mark.parametrize("words", [(), ("--address", PHONE), ("--address", address_key(PHONE))])
def test_a_customer_gets_texts_again_and_who_said_so_is_on_record(
    stage: Stage, run, words: tuple[str, ...]
) -> None:
    opted_out(stage.world)
    assert State.SUPPRESSED == next_text(stage.world, 3)

    status, out, _ = run(
        "suppressions", "remove", "c-1", "--shop", SHOP, "--by", "ticket 4711", *words
    )
    assert 0 == status
    assert (
        "unsuppressed sms: opted-out, by FAILURE/Phone number is opted out on 2026-03-02 09:30"
        in out
    )
    assert PHONE not in out
    assert State.SENT == next_text(stage.world, 4)

    _, out, _ = run("customers", "show", "c-1", "--shop", SHOP)
    assert "opted-out, by ticket 4711 on " in out


@pytest.mark.parametrize("written", [PHONE, "+1 206 555 0100", address_key(PHONE)])
def test_a_guest_is_found_by_address_or_by_its_hash(stage: Stage, run, written: str) -> None:
    opted_out(stage.world, customer_id=None)
    assert "opted-out" in run("customers", "show", "--address", written)[1]

    status, out, _ = run("suppressions", "remove", "--address", written, "--by", "ticket 4711")
    assert (0, True) == (status, "their record has it too" in out)
    assert State.SENT == next_text(stage.world, 4, customer_id=None)
    assert "opted-out, by ticket 4711 on " in run("customers", "show", "--address", written)[1]


def test_soft_bounces_are_unsuppressed_and_counted_from_there_on(stage: Stage, run) -> None:
    world, full = stage.world, "Bounce/Transient/MailboxFull"
    at = datetime.now(UTC)

    def bounce(number: int, when: datetime) -> None:
        row = notification(number, state=State.SENT)
        world.enter(row)
        said = replace(mail_says(full, f"m-{number}"), notification_id=row.id, at=when)
        world.apply(said)

    def refusal() -> str | None:
        return world.people.kept[address_key(EMAIL)].refusal(Channel.EMAIL, EMAIL)

    for number in (1, 2, 3):
        bounce(number, at - timedelta(hours=number))
    assert "soft-bounced" == refusal()

    run("suppressions", "remove", "--address", EMAIL.upper(), "--by", "ticket 4711")
    bounce(4, at - timedelta(minutes=1))  # heard of late
    for number in (5, 6):
        bounce(number, at + timedelta(minutes=number))
    assert refusal() is None

    bounce(7, at + timedelta(minutes=9))
    assert "soft-bounced" == refusal()


def test_an_old_receipt_that_comes_once_more_teaches_nothing_and_a_new_one_does(
    stage: Stage, run
) -> None:
    world = stage.world
    world.enter(replace(MAIL, state=State.SENT))
    world.apply(mail_says(BOUNCE))
    run("suppressions", "remove", "--address", EMAIL, "--by", "ticket 4711")
    world.receipt_logs.kept.clear()
    world.apply(mail_says(BOUNCE))
    known = world.people.kept[address_key(EMAIL)]
    assert known.refusal(Channel.EMAIL, EMAIL) is None

    later = datetime.now(UTC) + timedelta(days=1)
    world.apply(replace(mail_says(BOUNCE, "m-2"), at=later))
    known = world.people.kept[address_key(EMAIL)]
    assert "bounced" == known.refusal(Channel.EMAIL, EMAIL)


def test_a_concurrent_suppression_is_not_written_over(stage: Stage, run) -> None:
    opted_out(stage.world)
    stage.races = 2

    assert 0 == run("suppressions", "remove", "c-1", "--shop", SHOP, "--by", "ticket 4711")[0]
    assert State.SENT == next_text(stage.world, 4)


def test_who_loses_every_race_gets_an_error(stage: Stage, run) -> None:
    opted_out(stage.world)
    stage.races = 99

    status, _, err = run("suppressions", "remove", "c-1", "--shop", SHOP, "--by", "ticket 4711")
    assert (1, True) == (status, "changes faster than it can be written" in err)


def test_where_one_record_was_left_the_second_time_does_it(stage: Stage, run) -> None:
    """The customer's own contact is not on record, and its suppression has ended already."""
    opted_out(stage.world)
    before = stage.world.people.kept[address_key(PHONE)]
    run("suppressions", "remove", "c-1", "--shop", SHOP, "--by", "ticket 4711")
    stage.world.people.kept[address_key(PHONE)] = before
    assert State.SUPPRESSED == next_text(stage.world, 3)

    assert 0 == run("suppressions", "remove", "c-1", "--shop", SHOP, "--by", "ticket 4711")[0]
    assert State.SENT == next_text(stage.world, 4)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("suppressions", "remove", "--by", "me"), "name a customer, or --address"),
        (("suppressions", "remove", "c-1", "--by", " "), "--by: give the reason"),
        (("suppressions", "remove", "c-1", "--by", "me\nyou"), "--by: give the reason"),
        (
            ("suppressions", "remove", "--address", "ada", "--by", "me"),
            "--address: neither an e-mail address",
        ),
        (
            ("suppressions", "remove", "--address", "206 555 0100", "--by", "me"),
            "--address: neither",
        ),
        (
            ("suppressions", "remove", "c-2", "--by", "me"),
            "no suppression of customer c-2 is stored",
        ),
        (
            ("suppressions", "remove", "--address", "ada@example.org", "--by", "me"),
            "no suppression of that address is stored",
        ),
        (("customers", "show"), "name a customer, or --address"),
        (("customers", "show", "c-1", "--address", EMAIL), "name a customer, or --address"),
        (("customers", "show", "--address", EMAIL), "nothing is stored about that address"),
    ],
)
def test_words_that_make_no_sense_change_nothing(
    stage: Stage, run, words: tuple[str, ...], says: str
) -> None:
    opted_out(stage.world)
    before = dict(stage.world.people.kept)
    status, _, err = run(*words)

    assert 1 == status
    assert says in err
    assert before == stage.world.people.kept


def test_an_opt_out_by_the_customer_s_own_record_is_not_ended(stage: Stage, run) -> None:
    """What the shop was told is ended by the shop: `set --opt-in`."""
    opted_out(stage.world)
    known = stage.world.people.kept[CUSTOMER]
    stage.world.people.kept[CUSTOMER] = replace(known, refusals={Channel.SMS: "opted-out"})
    run("suppressions", "remove", "c-1", "--shop", SHOP, "--by", "ticket 4711")

    assert State.SUPPRESSED == next_text(stage.world, 4)

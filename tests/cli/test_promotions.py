"""Operators record who wants promotional messages, and customers end them by their links."""

from dataclasses import dataclass, field

import pytest

from ordercast.cli import customers, promotions
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.people.person import AGREED
from tests.cli.test_customers import Stage as People
from tests.cli.test_customers import importing
from tests.examples import notification
from tests.fakes.ledger import FakeLedger
from tests.pages import snippets

__all__ = ["importing"]

MINE = notification(1, customer_id="c-1")
KEY = customer_key(shop=MINE.order.shop, customer_id="c-1")
SHOP = ("--shop", str(MINE.order.shop))


@dataclass
class Stage(People):
    """A stage with a ledger, too."""

    rows: FakeLedger = field(default_factory=FakeLedger)

    def ledger(self) -> FakeLedger:
        return self.rows


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage()
    for module in (customers, promotions):
        monkeypatch.setattr(module, "target", lambda _name, _cloud: stage)
    return stage


def test_what_a_customer_said_is_recorded_by_channel(stage, run) -> None:
    run("customers", "promotions", "c-1", "--opt-in", "email", "--opt-in", "sms", *SHOP)
    status, out, _ = run("customers", "promotions", "c-1", "--opt-out", "sms", *SHOP)

    assert (0, "promotional messages: email (agreed), sms (opted-out)\n") == (status, out)
    assert {Channel.EMAIL: AGREED, Channel.SMS: "opted-out"} == stage.kept[KEY].promotions
    assert frozenset() == stage.kept[KEY].consents


def test_without_an_option_nothing_is_written(stage, run) -> None:
    _, out, _ = run("customers", "promotions", "c-9")

    assert ("promotional messages: nothing was said\n", {}) == (out, stage.kept)


def test_one_channel_is_not_opted_in_to_and_out_of_at_once(stage, run) -> None:
    status, _, err = run("customers", "promotions", "c-1", "--opt-in", "sms", "--opt-out", "sms")

    assert status
    assert "cannot be opted in to and out of at once" in err


def test_the_id_in_a_link_or_an_e_mail_unsubscribes(stage, run) -> None:
    """That is all that the page of the link, or the reader of the mailbox, knows."""
    stage.rows.accept([MINE], [])
    run("customers", "promotions", "c-1", "--opt-in", "email", "--opt-in", "sms", *SHOP)
    status, out, _ = run("customers", "unsubscribe", MINE.id)

    assert (0, "customer c-1 gets no more promotional messages by email\n") == (status, out)
    assert {Channel.EMAIL: "unsubscribed", Channel.SMS: AGREED} == stage.kept[KEY].promotions


@pytest.mark.parametrize("identity", ["o-1", notification(2).id])
def test_an_id_that_is_nobody_s_unsubscribes_nobody(stage, run, identity: str) -> None:
    status, _, err = run("customers", "unsubscribe", identity)

    assert status
    assert "id" in err
    assert {} == stage.kept


def test_importing_yesterdays_file_agrees_to_no_promotions_again(stage, run, importing) -> None:
    file = '{"customer_id": "c-1", "promotional_consents": ["sms", "email"]}'
    importing(file)
    run("customers", "promotions", "c-1", "--opt-out", "sms")
    importing(file)

    said = stage.customer("c-1").promotions
    assert {Channel.EMAIL: AGREED, Channel.SMS: "opted-out"} == said


def test_a_record_shows_what_was_said(stage, run, importing) -> None:
    importing('{"customer_id": "c-1", "promotional_consents": ["sms"]}')
    _, out, _ = run("customers", "show", "c-1")

    assert "promotional     sms (agreed)" in out


def test_the_commands_that_the_page_shows_are_taken(stage, run) -> None:
    (shown,) = snippets("docs/customers.md", heading="Promotional messages")
    for command in shown.splitlines():
        words = command.split()
        assert ".venv/bin/ordercast" == words[0]
        assert (0, "") == run(*words[1:])[::2]

    assert {Channel.EMAIL: "opted-out"} == stage.customer("c-42").promotions

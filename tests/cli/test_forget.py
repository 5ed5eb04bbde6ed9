"""`ordercast forget`: an operator forgets a customer or an address, and gets a receipt of it."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from ordercast.audit import Recorded, Verb
from ordercast.cli import forget
from ordercast.events.identity import address_key, customer_key
from ordercast.notifications.lifecycle import State
from ordercast.parked.item import Kind, ParkedItem
from ordercast.settings.stage_files import default_settings
from tests.examples import EMAIL, PHONE, payload, person
from tests.fakes.audit_trail import FakeAuditTrail
from tests.fakes.clock import START
from tests.fakes.world import World

SHOP = "Example Tea"
KEY = customer_key(shop=SHOP, customer_id="c-1")
ASKED = ("forget", "c-1", "--shop", SHOP)
DONE = (*ASKED, "--yes", "--reason", "ticket 4711")
PARKED = ParkedItem(
    kind=Kind.RECORD, id="101", reason="malformed", detail="status", place="p", since=START
)


@pytest.fixture
def searched(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A stage on which a customer has a text and an e-mail that wait; what is looked for in parked events."""
    searched: list[str] = []
    where = SimpleNamespace(
        stage="local",
        settings=default_settings(),
        ledger=lambda: world.ledger,
        people=lambda: world.people,
    )

    def parked_with(_: object, *texts: str) -> list[ParkedItem]:
        searched.extend(texts)
        return [PARKED]

    def said_of(_: object, address: str) -> list[str]:
        return [f"on the list of {'e-mail' if '@' in address else 'texts'}"]

    monkeypatch.setattr(forget, "target", lambda _stage, _cloud: where)
    monkeypatch.setattr(forget, "parked_with", parked_with)
    monkeypatch.setattr(forget, "provider_endpoint", lambda _stage, _cloud: None)
    monkeypatch.setattr(forget, "provider_lists", lambda _where, *, endpoint: [])  # noqa: ARG005
    monkeypatch.setattr(forget, "said_of", said_of)
    world.know(person(email=EMAIL))
    world.relay(payload(customer_id="c-1"))
    return searched


def acts(trail: FakeAuditTrail) -> list[Recorded]:
    ever = {"until": datetime.max.replace(tzinfo=UTC), "since": datetime.min.replace(tzinfo=UTC)}
    return trail.newest(**ever, limit=9)


def recipients(world: World) -> set[str | None]:
    return {row.recipient for row in world.ledger.rows.values()}


def test_without_yes_nothing_is_changed_and_what_would_be_is_said(
    world: World, searched: list[str], run: Any, trail: FakeAuditTrail
) -> None:
    status, out, _ = run(*ASKED)

    assert (0, {EMAIL, PHONE}, []) == (status, recipients(world), acts(trail))
    assert "would be: 2 notifications anonymised, 2 of them waited and will not be sent" in out
    assert "1 parked event of theirs (--drop-parked): 101" in out
    assert "Nothing was changed; --yes does it." in out
    assert ['"c-1"', f'"{SHOP}"'] == searched


def test_a_customer_is_forgotten_with_a_receipt_and_an_entry_that_name_nobody(
    world: World, searched: list[str], run: Any, trail: FakeAuditTrail
) -> None:
    status, out, _ = run(*DONE, "--json")
    receipt = json.loads(out)

    assert (0, {None}) == (status, recipients(world))
    assert {State.SUPPRESSED} == {row.state for row in world.ledger.rows.values()}
    assert (True, KEY, 2, 2, 1) == (
        receipt["done"],
        receipt["key"],
        receipt["notifications"],
        receipt["not_sent"],
        receipt["records"],
    )
    assert {address_key(EMAIL), address_key(PHONE)} == set(receipt["addresses"])
    assert ["on the list of e-mail"] == receipt["provider_lists"]
    assert {"stream", "tables' point-in-time recovery"} <= {e["place"] for e in receipt["remains"]}
    (act,) = acts(trail)
    assert (Verb.FORGET, KEY, "ticket 4711") == (act.act.verb, act.act.of, act.act.reason)
    assert "2 notifications anonymised, 2 of them waited" in str(act.outcome)
    for each in (out, repr(act)):
        assert not [personal for personal in ("c-1", EMAIL, PHONE) if personal in each]


def test_the_hash_of_a_receipt_is_enough_to_repeat_it(
    world: World, searched: list[str], run: Any
) -> None:
    """As after a restore, which brings back what was there before."""
    before = dict(world.ledger.rows)
    key = json.loads(run(*DONE, "--json")[1])["key"]
    world.ledger.rows.update(before)

    assert 0 == run("forget", "--key", key, "--yes", "--reason", "restored")[0]
    assert {None} == recipients(world)


def test_an_address_is_forgotten_as_it_is_written(
    world: World, searched: list[str], run: Any
) -> None:
    status, out, _ = run("forget", "--address", EMAIL.upper(), "--yes", "--reason", "ticket 4711")

    assert (0, {PHONE, None}) == (status, recipients(world))
    assert EMAIL not in out.lower()
    assert [EMAIL.upper()] == searched


def test_parked_events_of_theirs_are_dropped_when_that_is_asked(
    world: World, searched: list[str], run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dropped: list[Any] = []

    def handle(_: object, found: Any, verb: Verb, *, reason: str) -> int:
        dropped.append((found, verb, reason))
        return 1

    sources = SimpleNamespace(find=lambda chosen: chosen.ids, close=lambda: None)
    monkeypatch.setattr(forget, "parked_sources", lambda _: sources)
    monkeypatch.setattr(forget, "handle", handle)
    out = run(*DONE, "--drop-parked")[1]

    assert [(["101"], Verb.DROP, "ticket 4711")] == dropped
    assert "1 parked event dropped" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("forget",), "name a customer, or --address ADDRESS, or --key HASH"),
        (("forget", "c-1", "--address", EMAIL), "name a customer, or --address"),
        ((*ASKED, "--yes"), "--reason: say why"),
        ((*ASKED, "--yes", "--reason", "C-1 asked"), "--reason: it names whom to forget"),
        (("forget", "--address", "ada"), "--address: neither an e-mail address"),
    ],
)
def test_words_that_make_no_sense_change_nothing(
    world: World,
    searched: list[str],
    run: Any,
    trail: FakeAuditTrail,
    words: tuple[str, ...],
    says: str,
) -> None:
    status, _, err = run(*words)

    assert (1, {EMAIL, PHONE}, []) == (status, recipients(world), acts(trail))
    assert says in err


@pytest.mark.usefixtures("searched")
def test_whoever_nothing_is_known_of_is_not_said_to_be_forgotten(
    world: World,
    run: Any,
    trail: FakeAuditTrail,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A wrong id, or one of another shop: a receipt would be believed."""
    monkeypatch.setattr(forget, "parked_with", lambda *_: [])
    monkeypatch.setattr(forget, "said_of", lambda *_: [])
    for words in (("c-404", *ASKED[2:]), ("c-1",), ("--address", "nobody@example.com")):
        status, _, err = run("forget", *words, "--yes", "--reason", "T-18")
        assert (1, True) == (status, "nothing is stored of that name" in err)
    assert ({EMAIL, PHONE}, []) == (recipients(world), acts(trail))

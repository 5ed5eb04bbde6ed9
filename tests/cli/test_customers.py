"""Customers: commands change what a stage has on record."""

import json
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from types import SimpleNamespace
from typing import Self

import pytest

from ordercast.cli import customers
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.events.unreadable_values import NO_CHARACTER, UNKNOWN_FIELD
from ordercast.operations.customer_files import NO_COUNTRY, ONLY_OPT_OUTS, OPTED_OUT
from ordercast.people.person import Person, QuietHours, Suppression


@dataclass
class Stage:
    """A stage that keeps people in memory."""

    kept: dict[str, Person] = field(default_factory=dict)
    settings: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(countries="US, CA"))

    def people(self) -> Self:
        return self

    def get(self, keys: AbstractSet[str]) -> dict[str, Person]:
        return {key: self.kept[key] for key in keys if key in self.kept}

    def change(self, keys: Iterable[str], becoming: Callable[[Person], Person]) -> None:
        for key in keys:
            self.kept[key] = becoming(self.kept.get(key, Person(key=key)))

    def customer(self, customer_id: str, shop: str | None = None) -> Person:
        return self.kept[customer_key(shop=shop, customer_id=customer_id)]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The stage that every command is about."""
    stage = Stage()
    monkeypatch.setattr(customers, "target", lambda _name, _cloud: stage)
    return stage


@pytest.fixture
def importing(run, tmp_path: Path):
    """Import lines of a file."""

    def importing(*lines: str) -> tuple[int, str, str]:
        file = tmp_path / "customers.jsonl"
        file.write_text("\n".join(lines))
        status, out, err = run("customers", "import", str(file))
        return status, out, err

    return importing


def test_good_lines_are_imported_and_bad_ones_reported_by_line_and_field(stage, importing) -> None:
    status, out, err = importing(
        '{"customer_id": "c-1", "consents": ["sms"]}',
        '{"customer_id": "c-2", "consent": ["sms"], "opt_outs": ["email"]}',
        '{"customer_id": "c-3", "shop": "Example Tea"}',
    )

    assert (1, "2 of 3 lines imported\n") == (status, out)
    assert f"line 2: customer: {UNKNOWN_FIELD} (consents is); {ONLY_OPT_OUTS}\n" == err
    assert frozenset({Channel.SMS}) == stage.customer("c-1").consents
    assert {Channel.EMAIL: OPTED_OUT} == stage.customer("c-2").refusals
    assert stage.customer("c-3", "Example Tea")


def test_a_country_that_is_none_is_left_out_and_said_so_in_one_line(stage, importing) -> None:
    status, out, err = importing(
        '{"customer_id": "c-1", "country": "Atlantis", "opt_outs": ["sms"]}',
        '{"customer_id": "c-2", "country": "UK"}',
    )

    assert (1, "2 of 2 lines imported, 1 without what is named above\n") == (status, out)
    assert f"line 1: country: {NO_COUNTRY}: left out\n" == err
    assert {Channel.SMS: OPTED_OUT} == stage.customer("c-1").refusals
    assert "GB" == stage.customer("c-2").country


def test_a_bare_number_is_one_of_a_country_that_the_stage_sends_texts_to(stage, importing) -> None:
    """(606) 253-0037 is in Kentucky; with a plus in front it would be Malaysian."""
    line = '{"customer_id": "c-1", "country": "US", "phone": "(606) 253-0037"}'
    assert 0 == importing(line)[0]
    assert "+16062530037" == stage.customer("c-1").phone

    stage.settings.countries = "US, MY 0.05"
    status, _, err = importing(line)
    assert 1 == status
    assert "phone: not surely a number of its country, for with a plus in front another one" in err


def test_what_is_wrong_with_a_line_is_reported_on_one_line_however_long(stage, importing) -> None:
    _, _, err = importing('{"customer_id": "\\ud800"}')

    assert 1 == len(err.splitlines())
    assert err.startswith(f"line 1: customer_id: found {NO_CHARACTER}")
    assert 80 < len(err)


def test_nothing_on_record_is_cut_short_where_output_is_no_terminal(stage, run, importing) -> None:
    """A pipe has no width."""
    label = "a" * 60
    address = f"{label}@{label}.example.com"
    importing(json.dumps({"customer_id": "c-1", "email": address}))

    _, out, _ = run("customers", "show", "c-1")

    assert f"e-mail          {address}" in out.splitlines()


def test_of_two_lines_on_one_customer_the_later_one_counts(stage, importing) -> None:
    status, _, _ = importing(
        '{"customer_id": "c-1", "locale": "en-US"}', '{"customer_id": "c-1", "locale": "sv-SE"}'
    )

    assert (0, "sv-SE") == (status, stage.customer("c-1").locale)


def test_an_opt_out_outlives_a_later_line_on_the_same_customer(stage, importing) -> None:
    """Two systems' exports, one after the other in one file."""
    importing(
        '{"customer_id": "c-1", "opt_outs": ["sms"]}',
        '{"customer_id": "c-1", "consents": ["sms"]}',
    )

    assert {Channel.SMS: OPTED_OUT} == stage.customer("c-1").refusals


def test_importing_yesterdays_file_opts_nobody_in_again(stage, run, importing) -> None:
    """A nightly export knows nothing of this morning's opt-out, or of a bounce."""
    file = '{"customer_id": "c-1", "consents": ["sms", "email"]}'
    importing(file)
    run("customers", "set", "c-1", "--opt-out", "sms")

    importing(file)

    assert {Channel.SMS: OPTED_OUT} == stage.customer("c-1").refusals


def test_who_is_not_on_record_can_opt_out_too(stage, run) -> None:
    status, out, _ = run("customers", "set", "c-9", "--shop", "Example Tea", "--opt-out", "email")

    assert 0 == status
    assert "email (opted-out)" in out
    someone = stage.customer("c-9", "Example Tea")
    assert ("c-9", "Example Tea", {Channel.EMAIL: OPTED_OUT}) == (
        *(someone.customer_id, someone.shop),
        someone.refusals,
    )


def test_opting_in_again_ends_the_refusal_and_is_consent(stage, run) -> None:
    run("customers", "set", "c-1", "--opt-out", "sms", "--opt-out", "email")
    run("customers", "set", "c-1", "--opt-in", "sms")

    found = stage.customer("c-1")
    assert ({Channel.EMAIL: OPTED_OUT}, frozenset({Channel.SMS})) == (
        *(found.refusals, found.consents),
    )


def test_opting_out_ends_the_consent(stage, run) -> None:
    run("customers", "set", "c-1", "--opt-in", "sms")
    run("customers", "set", "c-1", "--opt-out", "sms")

    assert frozenset() == stage.customer("c-1").consents


def test_channel_and_quiet_hours_are_set_and_left_open_again(stage, run) -> None:
    run("customers", "set", "c-1", "--channel", "both", "--quiet", "22:00-07:30")

    found = stage.customer("c-1")
    assert tuple(Channel) == found.channels
    assert QuietHours(start=time(22), end=time(7, 30)) == found.quiet

    run("customers", "set", "c-1", "--channel", "none", "--quiet", "none")
    assert (None, None) == (stage.customer("c-1").channels, stage.customer("c-1").quiet)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--quiet", "late"], "--quiet: not two times of the day such as 21:00-08:00"),
        (["--quiet", "21:00-21:00"], "--quiet: not two different times of the day"),
        (["--channel", "fax"], "--channel: not one of sms, email, both, none"),
        (["--opt-in", "sms", "--opt-out", "sms"], "one channel cannot be opted in to and out of"),
    ],
)
def test_words_that_make_no_sense_change_nothing(stage, run, words, says) -> None:
    status, _, err = run("customers", "set", "c-1", *words)

    assert 1 == status
    assert says in err
    assert {} == stage.kept


def test_a_record_is_shown_and_a_missing_one_is_said_to_be(stage, run) -> None:
    run("customers", "set", "c-1", "--opt-in", "email", "--quiet", "21:00-08:00")

    _, out, _ = run("customers", "show", "c-1")
    assert "agreed to       email" in out
    assert "21:00-08:00" in out

    status, _, err = run("customers", "show", "c-2")
    assert 1 == status
    assert "no customer c-2 is on record" in err
    assert "--shop" in err


def test_what_providers_reported_of_a_customer_is_shown_with_its_event(run, stage: Stage) -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    key = customer_key(shop=None, customer_id="c-1")
    suppression = Suppression(
        channel=Channel.EMAIL, reason="bounced", kind="Bounce/Permanent", message_id="m", at=at
    )
    stage.kept[key] = Person(key=key, customer_id="c-1", suppressions={"hash": suppression})

    _, out, _ = run("customers", "show", "c-1")

    assert "email: bounced, by Bounce/Permanent on 2026-03-02 09:30" in out

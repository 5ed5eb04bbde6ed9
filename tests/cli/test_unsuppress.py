"""Operators end suppressions, with a reason for the record."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from ordercast.cli import app as cli
from ordercast.cli import customers
from ordercast.cli import unsuppress as unsuppressing
from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel
from ordercast.gateways import clients
from ordercast.notifications.lifecycle import State
from ordercast.people.person import Person
from ordercast.settings.stage import StageSettings
from ordercast.settings.stage_files import default_settings
from tests.examples import EMAIL, PHONE, notification
from tests.fakes.people import FakePeople
from tests.fakes.world import World
from tests.workflows.receipts.provider_receipts import (
    BOUNCE,
    MAIL,
    OPTED_OUT,
    TEXT,
    mail_says,
    text_says,
)

SHOP = TEXT.order.shop
CUSTOMER = customer_key(shop=SHOP, customer_id="c-1")


@dataclass
class Stage:
    """A stage whose people are a world's; somebody else writes a record `races` times first."""

    world: World
    races: int = 0
    region: str = "eu-west-1"
    settings: StageSettings = field(default_factory=default_settings)
    asked: list[AbstractSet[str]] = field(default_factory=list)

    def people(self) -> "Stage":
        return self

    @property
    def _people(self) -> FakePeople:
        return self.world.people

    def get(self, keys: AbstractSet[str]) -> dict[str, Person]:
        self.asked.append(keys)
        return {key: self._people.kept[key] for key in keys if key in self._people.kept}

    def suppress(self, people: Sequence[Person]) -> set[str]:
        if self.races:
            self.races -= 1
            for each in people:
                known = self._people.kept[each.key]
                self._people.kept[each.key] = replace(
                    known, suppressions_version=known.suppressions_version + 1
                )
        return self._people.suppress(people)


@pytest.fixture
def stage(world: World, monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage(world)
    for module in (customers, unsuppressing):
        monkeypatch.setattr(module, "target", lambda _name, _cloud: stage)
        monkeypatch.setattr(module, "provider_endpoint", lambda _name, _cloud: None)
    return stage


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["ordercast", "customers", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run


def opted_out(world: World, customer_id: str | None = "c-1") -> None:
    """Let a text's receipt say that its number is opted out."""
    world.enter(replace(TEXT, customer_id=customer_id))
    world.send(TEXT.id, channel=Channel.SMS)
    world.apply(text_says(OPTED_OUT))


def next_text(world: World, number: int, customer_id: str | None = "c-1") -> State:
    row = notification(number, Channel.SMS, customer_id=customer_id)
    world.enter(row)
    world.send(row.id, channel=Channel.SMS)
    return world.state(row.id)


@pytest.mark.parametrize("words", [(), ("--address", PHONE), ("--address", address_key(PHONE))])
def test_a_customer_gets_texts_again_and_who_said_so_is_on_record(
    stage: Stage, run, words: tuple[str, ...]
) -> None:
    opted_out(stage.world)
    assert State.SUPPRESSED == next_text(stage.world, 3)

    status, out, _ = run("unsuppress", "c-1", "--shop", SHOP, "--by", "ticket 4711", *words)
    assert 0 == status
    assert (
        "unsuppressed sms: opted-out, by FAILURE/Phone number is opted out on 2026-03-02 09:30"
        in out
    )
    assert "aws sns opt-in-phone-number --phone-number" in out
    assert "--region" not in out
    assert PHONE not in out
    assert State.SENT == next_text(stage.world, 4)

    _, out, _ = run("show", "c-1", "--shop", SHOP)
    assert "opted-out, by ticket 4711 on " in out


def test_the_provider_s_list_in_the_second_region_is_named_too(stage: Stage, run) -> None:
    opted_out(stage.world)
    words = ("unsuppress", "c-1", "--shop", SHOP, "--by", "ticket 4711")
    away = replace(stage.settings.second_region, region="us-west-2")
    stage.settings = replace(stage.settings, second_region=away)

    assert "the same with --region us-west-2" in run(*words)[1]


@pytest.mark.parametrize("written", [PHONE, "+1 206 555 0100", address_key(PHONE)])
def test_a_guest_is_found_by_address_or_by_its_hash(stage: Stage, run, written: str) -> None:
    opted_out(stage.world, customer_id=None)
    assert "opted-out" in run("show", "--address", written)[1]

    status, out, _ = run("unsuppress", "--address", written, "--by", "ticket 4711")
    assert (0, True) == (status, "their record has it too" in out)
    assert State.SENT == next_text(stage.world, 4, customer_id=None)
    assert "opted-out, by ticket 4711 on " in run("show", "--address", written)[1]


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

    _, out, _ = run("unsuppress", "--address", EMAIL.upper(), "--by", "ticket 4711")
    assert "aws sesv2 delete-suppressed-destination --email-address" in out
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
    run("unsuppress", "--address", EMAIL, "--by", "ticket 4711")
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

    assert 0 == run("unsuppress", "c-1", "--shop", SHOP, "--by", "ticket 4711")[0]
    assert State.SENT == next_text(stage.world, 4)


def test_who_loses_every_race_gets_an_error(stage: Stage, run) -> None:
    opted_out(stage.world)
    stage.races = 99

    status, _, err = run("unsuppress", "c-1", "--shop", SHOP, "--by", "ticket 4711")
    assert (1, True) == (status, "changes faster than it can be written" in err)


def test_where_one_record_was_left_the_second_time_does_it(stage: Stage, run) -> None:
    """The customer's own contact is not on record, and its suppression has ended already."""
    opted_out(stage.world)
    before = stage.world.people.kept[address_key(PHONE)]
    run("unsuppress", "c-1", "--shop", SHOP, "--by", "ticket 4711")
    stage.world.people.kept[address_key(PHONE)] = before
    assert State.SUPPRESSED == next_text(stage.world, 3)

    assert 0 == run("unsuppress", "c-1", "--shop", SHOP, "--by", "ticket 4711")[0]
    assert State.SENT == next_text(stage.world, 4)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("unsuppress", "--by", "me"), "name a customer, or --address"),
        (("unsuppress", "c-1", "--by", " "), "--by: give the reason"),
        (("unsuppress", "c-1", "--by", "me\nyou"), "--by: give the reason"),
        (("unsuppress", "--address", "ada", "--by", "me"), "--address: neither an e-mail address"),
        (("unsuppress", "--address", "206 555 0100", "--by", "me"), "--address: neither"),
        (("unsuppress", "c-2", "--by", "me"), "no suppression of customer c-2 is stored"),
        (
            ("unsuppress", "--address", "ada@example.org", "--by", "me"),
            "no suppression of that address is stored",
        ),
        (("show",), "name a customer, or --address"),
        (("show", "c-1", "--address", EMAIL), "name a customer, or --address"),
        (("show", "--address", EMAIL), "nothing is stored about that address"),
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
    run("unsuppress", "c-1", "--shop", SHOP, "--by", "ticket 4711")

    assert State.SUPPRESSED == next_text(stage.world, 4)


@dataclass
class OptOuts:
    """The lists of two Regions, as End User Messaging keeps them; `fails` is the code of every answer."""

    listed: dict[str, set[str]]
    fails: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)

    def client(self, service: str, *, endpoint: str | None, region: str) -> "OptOutClient":
        assert ("pinpoint-sms-voice-v2", None) == (service, endpoint)
        return OptOutClient(self, region)


@dataclass
class OptOutClient:
    lists: OptOuts
    region: str

    exceptions: ClassVar = SimpleNamespace(ResourceNotFoundException=KeyError)

    def describe_opted_out_numbers(self, **asked: Any) -> dict[str, Any]:
        assert "Default" == asked["OptOutListName"]
        (number,) = asked["OptedOutNumbers"]
        self.lists.asked.append((self.region, number))
        if self.lists.fails:
            error: Any = {"Error": {"Code": self.lists.fails, "Message": number}}
            raise ClientError(error, "DescribeOptedOutNumbers")
        if number not in self.lists.listed[self.region]:
            raise KeyError(number)
        return {"OptedOutNumbers": [{"OptedOutNumber": number, "OptedOutTimestamp": SINCE}]}

    def delete_opted_out_number(self, **asked: str) -> None:
        self.lists.listed[self.region].remove(asked["OptedOutNumber"])


SINCE = datetime(2026, 2, 1, 8, tzinfo=UTC)
LISTED = "the opt-out list of End User Messaging in"


@pytest.fixture
def lists(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> OptOuts:
    """A stage whose texts to Japan go by End User Messaging, with a second Region."""
    second = replace(stage.settings.second_region, region="eu-north-1")
    stage.settings = replace(
        stage.settings, sms_provider_by_country="JP sms-voice", second_region=second
    )
    lists = OptOuts({"eu-west-1": {PHONE}, "eu-north-1": set()})
    monkeypatch.setattr(clients, "account_facts", lists.client)
    return lists


def test_a_number_is_taken_off_the_list_of_end_user_messaging_too(
    stage: Stage, lists: OptOuts, run
) -> None:
    opted_out(stage.world)
    status, out, _ = run("unsuppress", "--address", PHONE, "--by", "ticket 4711")

    assert (0, set()) == (status, lists.listed["eu-west-1"])
    assert f"taken off {LISTED} eu-west-1" in out
    assert {("eu-west-1", PHONE), ("eu-north-1", PHONE)} == set(lists.asked)
    assert PHONE not in out


def test_a_list_that_refuses_is_named_and_the_suppression_ends_all_the_same(
    stage: Stage, lists: OptOuts, run
) -> None:
    opted_out(stage.world)
    lists.fails = "ConflictException"
    status, out, _ = run("unsuppress", "--address", PHONE, "--by", "ticket 4711")

    assert 0 == status
    assert f"not taken off {LISTED} eu-west-1: ConflictException (a number can be taken off" in out
    assert "unsuppressed sms: opted-out" in out
    assert PHONE not in out


def test_a_number_is_shown_with_the_list_that_it_is_on_though_nothing_else_is_stored(
    lists: OptOuts, run
) -> None:
    status, out, _ = run("show", "--address", PHONE)
    assert (0, f"on {LISTED} eu-west-1 since 2026-02-01 08:00\n") == (status, out)


def test_a_stage_without_such_texts_asks_no_list(stage: Stage, lists: OptOuts, run) -> None:
    stage.settings = default_settings()
    opted_out(stage.world)
    run("unsuppress", "--address", PHONE, "--by", "ticket 4711")
    assert [] == lists.asked

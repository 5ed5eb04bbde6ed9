"""Pause and resume: options join to one scope, and the list says who holds what, since when and why."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from ordercast.cli import pause
from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel, Priority
from ordercast.operations import holding
from ordercast.pacing.holds import PLACES, Hold, Scope, Why, held
from ordercast.pacing.opening import unopened
from ordercast.rollups.rollup import Amount, RollupKey, hour_of
from tests.examples import notification, paused
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger
from tests.fakes.rollups import FakeRollups

ADA = "arn:aws:iam::123456789012:user/ada"
TEXTS = paused(channel=Channel.SMS)


class Unreadable(FakeRollups):
    """Rollups that cannot be read at the moment."""

    def buckets(self, _: object) -> dict[RollupKey, dict[str, Amount]]:
        raise LedgerUnavailable("throttled")


@dataclass
class Stage:
    """A stage with a ledger in memory."""

    kept: FakeLedger = field(default_factory=FakeLedger)
    counted: FakeRollups = field(default_factory=FakeRollups)
    names: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(
            senders={"sms": SimpleNamespace(rate=20.0), "email": SimpleNamespace(rate=14.0)}
        )
    )

    def ledger(self) -> FakeLedger:
        return self.kept

    def rollups(self) -> FakeRollups:
        return self.counted


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The stage that every command is about."""
    stage = Stage()
    monkeypatch.setattr(pause, "target", lambda _name, _cloud: stage)
    monkeypatch.setattr(holding, "caller_on", lambda _stage: ADA)
    return stage


@pytest.fixture
def ledger(stage: Stage) -> FakeLedger:
    """The ledger of that stage."""
    return stage.kept


def scopes(ledger: FakeLedger) -> list[Scope]:
    return [each.scope for each in ledger.holds if each.is_active]


def test_all_options_of_a_pause_join_to_one_scope(ledger, run) -> None:
    _, out, _ = run(
        *("pause", "--channel", "sms", "--country", "se", "--campaign", "spring: sale"),
        *("--shop", "Example Tea", "--priority", "normal"),
    )

    scope = Scope(
        channel=Channel.SMS,
        country="SE",
        campaign="spring: sale",
        shop="Example Tea",
        priority=Priority.NORMAL,
    )
    assert [scope] == scopes(ledger)
    first, *_ = out.splitlines()
    assert (
        "Holding back normal-priority texts to SE of campaign spring: sale of shop Example Tea:"
        " about 0 messages that wait now, and what comes." == first
    )


def test_a_pause_that_would_cover_nothing_is_refused(ledger, run) -> None:
    status, out, err = run("pause", "--channel", "email", "--country", "SE")

    assert (1, "", []) == (status, out, scopes(ledger))
    assert "country: only texts have one" in err


def test_a_pause_says_how_many_messages_of_its_scope_wait_before_it_holds_them(stage, run) -> None:
    hour = hour_of(datetime.now(UTC))
    for country, channel, amounts in (
        ("SE", "sms", {"state#requested": 3, "state#deferred": 2, "state#sent": 9}),
        ("US", "sms", {"state#requested": 4}),
        ("SE", "email", {"state#requested": 5}),
    ):
        key = RollupKey(hour, channel, country, "confirmed", None, "Example Tea")
        stage.counted.written[key, 0] = dict(amounts)

    assert "Holding back texts to SE: about 5 messages" in run("pause", "--country", "SE")[1]
    assert "Holding back texts: about 9 messages" in run("pause", "--channel", "sms")[1]
    shop = run("pause", "--shop", "Example Tea")[1]
    assert "Holding back messages of shop Example Tea: about 14 messages" in shop


def test_a_pause_holds_also_where_nobody_can_say_what_waits(stage, run) -> None:
    stage.counted = Unreadable()
    status, out, _ = run("pause", "--channel", "sms")

    assert (0, [Scope(channel=Channel.SMS)]) == (status, scopes(stage.kept))
    assert "paused:channel=sms  texts\n" in out


def test_programs_read_the_list_as_json_lines(stage, run) -> None:
    run("pause", "--country", "SE", "--reason", "wrong link")
    (line,) = run("pause", "--json")[1].splitlines()

    since = stage.kept.holds[0].since.isoformat()
    assert {
        "id": "paused:country=SE",
        "why": "paused",
        "scope": {"country": "SE"},
        "by": ADA,
        "since": since,
        "reason": "wrong link",
        "released_at": None,
        "waiting": 0,
    } == json.loads(line)


def test_the_list_says_what_is_held_why_by_whom_since_when_and_how_many_wait(ledger, run) -> None:
    assert "Nothing is held back.\n" == run("pause")[1]

    run("pause", "--channel", "sms", "--reason", "wrong link")
    one = notification(1, Channel.SMS)
    ledger.rows[one.id] = held(one, ledger.holds[0], until=START)
    _, out, _ = run("pause")

    headline, details = out.splitlines()
    assert "paused:channel=sms  texts" == headline
    since = f"{ledger.holds[0].since:%Y-%m-%d %H:%M} UTC"
    assert details == (f"  paused, by {ADA} since {since} (wrong link); 1 message waiting")


def test_one_option_twice_is_refused_because_no_message_has_both(ledger, run) -> None:
    status, _, err = run("pause", "--channel", "sms", "--channel", "email")

    assert (1, "✗ --channel: give one; a second pause holds the other\n") == (status, err)
    assert () == ledger.holds


@pytest.mark.parametrize("command", ["pause", "resume"])
@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--country", "ZZ"), "--country: ZZ is no country"),
        (("--country", ""), "--country: no name is given"),
        (("--campaign", ""), "--campaign: no name is given"),
        (("--channel", "sms", "--shop", " "), "--shop: no name is given"),
        (("--campaign", 129 * "x"), "--campaign: a name has at most 128 characters"),
    ],
)
def test_a_scope_that_names_nothing_is_refused(ledger, run, command, words, complaint) -> None:
    """It would hold nothing back or too much, and nobody would know."""
    ledger.hold([TEXTS])
    status, _, err = run(command, *words)

    assert 1 == status
    assert complaint in err
    assert (TEXTS,) == ledger.holds


@pytest.mark.parametrize("written", ["se", " SE ", "Sweden", "SWE"])
def test_a_country_is_read_as_it_is_written(ledger, run, written) -> None:
    run("pause", "--country", written, "--campaign", " spring ")

    assert [Scope(country="SE", campaign="spring")] == scopes(ledger)


def test_a_reason_is_short_because_it_is_read_with_each_wave(ledger, run) -> None:
    status, _, err = run("pause", "--channel", "sms", "--reason", 501 * "x")

    assert (1, "✗ --reason: a reason has at most 500 characters\n") == (status, err)
    assert () == ledger.holds
    assert 0 == run("pause", "--channel", "sms", "--reason", 500 * "x")[0]


def test_a_pause_that_does_not_fit_fails(ledger, run) -> None:
    ledger.holds = tuple(paused(shop=f"shop {n}") for n in range(PLACES[Why.PAUSED]))
    status, _, err = run("pause", "--channel", "sms")

    assert 1 == status
    assert "30 pauses are set, and no more fit" in err


def test_what_is_resumed_is_exactly_what_was_paused(ledger, run) -> None:
    ledger.hold([TEXTS, paused(channel=Channel.SMS, country="SE"), paused(channel=Channel.EMAIL)])
    _, out, _ = run("resume", "--channel", "sms")

    assert [Scope(channel=Channel.EMAIL), Scope(channel=Channel.SMS, country="SE")] == scopes(
        ledger
    )
    assert "Letting go texts: 0 messages, released at 20 texts a second at most.\n" in out


def test_what_is_resumed_is_named_or_all(ledger, run) -> None:
    budget = Hold(why=Why.BUDGET, scope=Scope(shop="Example Tea"), by="budget", since=START)
    ledger.hold([TEXTS, paused(country="SE"), budget])

    status, _, err = run("resume")
    assert (1, "✗ resume what?") == (status, err.splitlines()[0])
    run("resume", budget.id)
    assert [Scope(channel=Channel.SMS), Scope(country="SE")] == scopes(ledger)
    run("resume", "--all")
    assert [] == scopes(ledger)
    assert 0 == run("resume", "--all")[0]


def test_all_that_is_resumed_is_what_was_paused_unless_another_why_is_given(ledger, run) -> None:
    ledger.hold([TEXTS, Hold(why=Why.ACCOUNT, scope=TEXTS.scope, by="sender", since=START)])
    run("resume", "--all", "--why", "account")
    assert [TEXTS] == [each for each in ledger.holds if each.is_active]

    ledger.hold([Hold(why=Why.ACCOUNT, scope=TEXTS.scope, by="sender", since=START)])
    run("resume", "--all")
    assert [Why.ACCOUNT] == [each.why for each in ledger.holds if each.is_active]


@pytest.mark.parametrize(
    ("words", "what"),
    [(["--country", "se"], "texts to SE"), (["paused:channel=sms"], "paused:channel=sms")],
)
def test_what_was_not_held_back_cannot_be_resumed(ledger, run, words, what) -> None:
    ledger.hold([paused(channel=Channel.EMAIL)])
    status, _, err = run("resume", *words)

    assert (1, f"✗ not held back: {what}") == (status, err.splitlines()[0])
    assert 1 == len(scopes(ledger))


@pytest.fixture
def new_ledger(stage: Stage) -> FakeLedger:
    """The ledger of a stage that nobody has opened."""
    stage.kept = FakeLedger(opened=())
    return stage.kept


def test_a_channel_is_opened_by_an_operator_s_word_and_what_waited_is_let_go(
    new_ledger, run
) -> None:
    row = notification(channel=Channel.SMS)
    new_ledger.rows[row.id] = held(row, unopened(Channel.SMS), until=START)
    run("pause", "--campaign", "spring")
    listed = run("pause")[1]
    assert "texts\n  not opened yet, `ordercast doctor` says what is missing; 1 mess" in listed
    status, out, _ = run(
        *("resume", "--why", "unopened", "--channel", "sms", "--reason", "sandbox is fine here")
    )

    assert (0, "Letting go texts: 1 message, released at 20 texts a second at most.") == (
        status,
        out.splitlines()[0],
    )
    (opened,) = new_ledger.opened
    assert (Channel.SMS, ADA, "sandbox is fine here") == (opened.channel, opened.by, opened.reason)


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (("unopened:channel=sms",), "a channel is opened with a reason"),
        (("--why", "unopened", "--all"), "a channel is opened with a reason"),
    ],
)
def test_nobody_opens_a_channel_by_accident(new_ledger, run, words, refused) -> None:
    run("pause", "--campaign", "spring")
    status, _, err = run("resume", *words)

    assert 1 == status
    assert refused in err
    assert () == new_ledger.opened


def test_all_that_is_paused_is_let_go_and_no_channel_opened(new_ledger, run) -> None:
    run("pause", "--campaign", "spring")

    assert 0 == run("resume", "--all")[0]
    assert () == new_ledger.opened

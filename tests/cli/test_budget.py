"""Budgets are set, shown with what is used, and every change is on record."""

import json
import shlex
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial

import pytest
from msgspec.structs import replace

from ordercast.budgets.account import moved, opened
from ordercast.budgets.budget import BUDGETS_MAX, Budget, BudgetPeriod, Limits
from ordercast.cli import budget
from ordercast.operations import budgets
from tests.fakes.accounts import FakeAccounts
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger
from tests.fakes.limits import FakeLimits
from tests.fakes.rollups import FakeRollups
from tests.pages import snippets
from tests.promises.rollups import count, sent


@dataclass
class Stage:
    """A stage in memory."""

    kept: FakeLedger = field(default_factory=FakeLedger)
    accounts_: FakeAccounts = field(default_factory=FakeAccounts)
    rollups_: FakeRollups = field(default_factory=FakeRollups)
    stage: str = "dev"

    def __post_init__(self) -> None:
        self.limits_ = FakeLimits(self.kept)

    def ledger(self) -> FakeLedger:
        return self.kept

    def limits(self) -> FakeLimits:
        return self.limits_

    def accounts(self) -> FakeAccounts:
        return self.accounts_

    def rollups(self) -> FakeRollups:
        return self.rollups_


class Clock:
    @staticmethod
    def now(_zone: object) -> object:
        return START

    fromisoformat = staticmethod(type(START).fromisoformat)


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage()
    monkeypatch.setattr(budget, "target", lambda _name, _cloud: stage)
    monkeypatch.setattr(budget, "caller_on", lambda _stage: "ada")
    monkeypatch.setattr(budget, "datetime", Clock)
    monkeypatch.setattr(budgets, "datetime", Clock)
    return stage


@pytest.fixture
def run(run):
    """Run `ordercast budget`."""
    return partial(run, "budget")


def test_without_budgets_there_is_nothing_to_show(stage, run) -> None:
    assert (0, "No budget is set.\n", "") == run("show")


def test_a_budget_is_set_by_day_and_month_with_who_and_why(stage, run) -> None:
    words = ("--channel", "sms", "--country", "se", "--reserve", "20", "--reason", "trial")
    status, out, _ = run("set", "--day", "12.50", "--month", "200", *words)

    day, month = stage.kept.limits.budgets
    assert 0 == status
    assert ("channel=sms country=SE/day", Decimal("12.50")) == (day.id, day.limit)
    assert ("channel=sms country=SE/month", Decimal(200)) == (month.id, month.limit)
    assert ("ada", START, "trial", 20) == (day.by, day.since, day.reason, day.reserve)
    assert "channel=sms country=SE/day" in out
    assert "2026-03-02" in out


def test_a_new_budget_knows_what_its_period_has_cost_so_far(stage, run) -> None:
    count(stage.rollups_, sent(price="0.30"))
    run("set", "--day", "1")
    _, out, _ = run("show", "--json")

    (shown,) = json.loads(out)
    assert ("1", "0.30", "0.30") == (shown["limit_usd"], shown["used_usd"], shown["spent_usd"])
    assert ("30.0", 0) == (shown["used_percent"], shown["waiting"])


@pytest.mark.parametrize("refuse", [True, False])
def test_there_is_no_new_limit_before_its_account_knows_what_was_spent(
    stage, run, refuse, monkeypatch
) -> None:
    """Or senders would draw from an account that has nothing used."""
    if refuse:
        monkeypatch.setattr(FakeAccounts, "change", lambda _self, _changes: set())
    else:
        stage.accounts_.unavailable = {"change"}
    status, _, err = run("set", "--day", "1")

    assert (1, ()) == (status, stage.kept.limits.budgets)
    assert err


def test_one_budget_too_many_is_refused_in_a_line(stage, run) -> None:
    first = Budget(period=BudgetPeriod.DAY, limit=Decimal(1))
    stage.kept.limits = Limits(
        budgets=tuple(replace(first, shop=f"shop {n}") for n in range(BUDGETS_MAX))
    )
    status, _, err = run("set", "--day", "1")

    assert status
    assert f"{BUDGETS_MAX} budgets are set already" in err
    assert 0 == run("set", "--day", "2", "--shop", "shop 1")[0]


def test_a_month_is_read_once_for_all_of_its_budgets(stage, run, monkeypatch) -> None:
    run("set", "--month", "10")
    run("set", "--month", "5", "--channel", "sms")
    read: list[str] = []

    def buckets(_: object, period: str) -> dict[object, object]:
        read.append(period)
        return {}

    monkeypatch.setattr(budgets, "_buckets", buckets)
    run("show")

    assert ["2026-03"] == read


def test_a_changed_limit_keeps_what_is_used(stage, run) -> None:
    run("set", "--day", "1")
    (key,) = stage.accounts_.kept
    stage.accounts_.kept[key] = moved(stage.accounts_.kept[key], {"09": Decimal("0.4")})
    run("set", "--day", "2")

    assert Decimal("1.6") == stage.accounts_.kept[key].left


def test_a_removed_budget_is_gone_and_its_changes_stay_on_record(stage, run) -> None:
    run("set", "--day", "1", "--reason", "trial")
    run("set", "--day", "1", "--remove", "--reason", "over")
    assert () == stage.kept.limits.budgets

    _, out, _ = run("history")
    assert "2026-03-02 09:30 UTC  all/day: 1 USD, by ada (trial)" in out
    assert "2026-03-02 09:30 UTC  all/day: removed, by ada (over)" in out


def test_history_shows_earlier_periods(stage, run) -> None:
    run("set", "--day", "1")
    (now,) = stage.kept.limits.budgets
    before = opened(replace(now, limit=Decimal(3)), "all/day#2026-03-01")
    stage.accounts_.kept[before.key] = moved(before, {"09": Decimal(1)})
    _, out, _ = run("history", "--json")

    periods = json.loads(out)["periods"]
    assert ["2026-03-01", "2026-03-02"] == [each["period"] for each in periods]
    assert ["1", "0"] == [each["used_usd"] for each in periods]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "a budget of what?"),
        (("--day", "much"), "--day: much is not an amount in US dollars"),
        (("--day", "1e30"), "--day: 1e30 is not an amount in US dollars"),
        (("--day", "-1"), "--day: -1 is not an amount in US dollars"),
        (("--month", "0.000001"), "--month: 0.000001 is not an amount in US dollars"),
        (("--day", "1", "--country", "ZZ"), "--country: ZZ is no country"),
        (("--day", "1", "--country", ""), "--country: no name is given"),
        (("--day", "1", "--campaign", ""), "--campaign: no name is given"),
        (("--day", "1", "--shop", " \t"), "--shop: no name is given"),
        (("--day", "1", "--shop", 129 * "x"), "--shop: a name has at most 128 characters"),
        (("--day", "1", "--reason", 501 * "x"), "--reason: a reason has at most 500 characters"),
        (("--day", "1", "--remove"), "no budget all/day is set"),
    ],
)
def test_what_cannot_be_set_is_answered_in_a_line(stage, run, words, complaint) -> None:
    status, _, err = run("set", *words)

    assert 1 == status
    assert complaint in err
    assert () == stage.kept.limits.budgets


def test_the_commands_that_the_page_shows_are_taken(stage, run) -> None:
    (shown,) = snippets("docs/budgets.md", heading="Budgets")
    for line in shown.splitlines():
        command, sub, *words = shlex.split(line)
        assert (".venv/bin/ordercast", "budget", 0) == (command, sub, run(*words)[0])

    assert ["all/day", "all/month", "channel=sms country=SE/day"] == [
        each.id for each in stage.kept.limits.budgets
    ]

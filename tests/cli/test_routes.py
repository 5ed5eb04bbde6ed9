"""An operator asks why a message takes its route, and which it would take by now."""

import json
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from ordercast.cli import routes as command
from ordercast.events.order_event import Channel
from ordercast.notifications.route_reason import RouteReason
from ordercast.notifications.route_scores import RouteScore, ScoredRoutes
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.rollups.rollup import hour_of
from ordercast.settings.originations import OriginationSettings
from ordercast.settings.stage import StageSettings
from ordercast.settings.stage_files import default_settings
from ordercast.wiring.clock import utc_now
from tests.examples import notification
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger

DEAR = OriginationSettings(countries="GB", prices="GB 0.04")
CHEAP = OriginationSettings(countries="GB", prices="GB 0.03", provider="sms-voice")
TEXT = notification(
    1,
    Channel.SMS,
    country="GB",
    route="sns/eu-west-1/DEAR",
    route_reason=RouteReason.COUNTRY,
)
ORDER = (TEXT.order.order_id, "--shop", str(TEXT.order.shop))
TO = {"DEAR": "sns/eu-west-1/DEAR", "CHEAP": "sms-voice/eu-west-1/CHEAP"}


@dataclass
class Stage:
    """A stage with two originations for texts to GB."""

    fake: FakeLedger = field(default_factory=FakeLedger)
    region: str = "eu-west-1"
    settings: StageSettings = field(
        default_factory=lambda: replace(
            default_settings(),
            countries="US, GB",
            originations={"DEAR": DEAR, "CHEAP": CHEAP},
            choice_by_cost=replace(default_settings().choice_by_cost, enabled=True),
        )
    )

    def ledger(self) -> FakeLedger:
        return self.fake


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = Stage()
    stage.fake.rows[TEXT.id] = TEXT
    stage.fake.scored_routes = ScoredRoutes(
        hour=hour_of(utc_now()),
        scores={
            ("GB", TO["DEAR"]): RouteScore(delivered=990, undelivered=10),
            ("GB", TO["CHEAP"]): RouteScore(delivered=960, undelivered=40),
        },
    )
    monkeypatch.setattr(command, "target", lambda _stage, _cloud: stage)
    return stage


def test_each_route_is_shown_with_its_price_its_rate_and_why_it_is_chosen(
    stage: Stage, run
) -> None:
    status, out, _ = run("routes", "--explain", *ORDER, "--json")
    found = json.loads(out)

    assert 0 == status
    assert (TEXT.route, "country") == (found["route"], found["route_reason"])
    assert [
        (TO["DEAR"], "0.04", 990, 1000, True, "", None),
        (TO["CHEAP"], "0.03", 960, 1000, True, "", "cost"),
    ] == [tuple(each.values()) for each in found["routes"]]


def test_a_closed_route_names_the_hold_that_closes_it(stage: Stage, run) -> None:
    hold = Hold(why=Why.BREAKER, scope=Scope(route=TO["CHEAP"]), by="sms-sender", since=START)
    stage.fake.holds = (hold,)
    out = run("routes", "--explain", *ORDER)[1]

    dear = "0.04 USD a part, 99.0 % of 1,000 delivered, well enough, chosen now: country"
    cheap = f"0.03 USD a part, 96.0 % of 1,000 delivered, well enough, closed by {hold.id}"
    assert f"  {TO['DEAR']}: {dear}\n  {TO['CHEAP']}: {cheap}\n" in out


def test_a_stage_that_does_not_choose_by_cost_says_so(stage: Stage, run) -> None:
    off = replace(stage.settings.choice_by_cost, enabled=False)
    stage.settings = replace(stage.settings, choice_by_cost=off)
    out = run("routes", "--explain", *ORDER)[1]

    assert "chosen now: country" in out
    assert "The stage chooses no route by cost" in out


def test_an_email_has_no_price_of_a_part(stage: Stage, run) -> None:
    row = notification(1, Channel.EMAIL, country="GB")
    stage.fake.rows = {row.id: row}
    (only,) = json.loads(run("routes", "--explain", *ORDER, "--json")[1])["routes"]
    assert ("ses/eu-west-1/default", None, "stage") == (
        only["route"],
        only["price"],
        only["chosen"],
    )


def test_an_order_without_messages_is_said_in_one_line(stage: Stage, run) -> None:
    stage.fake.rows = {}
    status, _, err = run("routes", "--explain", "o-2")
    assert (1, True) == (status, "no message of order o-2 is on record" in err)

"""Routes: what uses each, whether it is open, since when and why, and how fast it is."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from ordercast.cli import routes
from ordercast.events.order_event import Channel
from ordercast.pacing.bucket import fresh
from ordercast.pacing.holds import Hold, Scope, Why, held
from ordercast.settings.stage_files import default_settings
from tests.examples import notification
from tests.fakes.buckets import FakeBuckets
from tests.fakes.clock import START
from tests.fakes.ledger import FakeLedger

HOUR = timedelta(hours=1)
SNS, VOICE = "sns/eu-west-1/default", "sms-voice/eu-west-1/default"
SECOND = "sns/us-west-2/default"
CLOSED = Hold(
    why=Why.BREAKER,
    scope=Scope(route=SNS),
    by="sms-sender",
    since=START,
    reason="12 of the last 20 calls, mostly EndpointConnectionError",
)
DEFAULTS = default_settings()


@dataclass
class Stage:
    """A stage with two routes of texts and one of e-mails, and what it has in memory."""

    kept: FakeLedger = field(default_factory=FakeLedger)
    region: str = "eu-west-1"
    paced: FakeBuckets = field(default_factory=FakeBuckets)
    settings: object = replace(
        DEFAULTS,
        region="eu-west-1",
        sms_provider_by_country="JP sms-voice",
        second_region=replace(DEFAULTS.second_region, region="us-west-2"),
    )
    names: SimpleNamespace = field(
        default_factory=lambda: SimpleNamespace(
            senders={
                "sms": SimpleNamespace(rate=20.0, origination="sms/eu-west-1/default"),
                "email": SimpleNamespace(rate=14.0, origination="email/eu-west-1/default"),
            }
        )
    )

    def ledger(self) -> FakeLedger:
        return self.kept

    def buckets(self) -> FakeBuckets:
        return self.paced


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The stage that the command is about."""
    stage = Stage()
    monkeypatch.setattr(routes, "target", lambda _name, _cloud: stage)
    return stage


def shown(capsys: pytest.CaptureFixture[str], *, as_json: bool = False) -> str:
    routes.routes(as_json=as_json)
    return capsys.readouterr().out


def as_json(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, object]]:
    lines = map(json.loads, shown(capsys, as_json=True).splitlines())
    return {each["route"]: each for each in lines}


def test_each_route_is_listed_with_what_uses_it(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(capsys)

    assert ["texts"] == found[SNS]["uses"]
    assert ["texts to JP"] == found[VOICE]["uses"]
    assert [f"in place of {SNS}"] == found[SECOND]["uses"]
    assert ["e-mails"] == found["ses/eu-west-1/default"]["uses"]
    assert {"open"} == {each["state"] for each in found.values()}


def test_a_closed_route_says_since_when_and_why_and_how_many_wait(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.kept.hold([CLOSED])
    row = notification(1, Channel.SMS)
    stage.kept.accept([held(row, CLOSED, until=START + HOUR)], [])

    found = as_json(capsys)[SNS]
    assert ("closed", CLOSED.id, 1) == (found["state"], found["hold"], found["waiting"])
    assert (START.isoformat(), CLOSED.reason) == (found["since"], found["reason"])
    text = shown(capsys)
    assert "closed, by sms-sender since 2026-03-02 09:30 UTC: 12 of the last 20 calls" in text
    assert "1 message waiting" in text


def test_a_route_that_is_tried_again_is_half_open_since_then(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    stage.kept.hold([CLOSED])
    stage.kept.change_holds([(CLOSED, replace(CLOSED, half_open_at=START + HOUR))])

    found = as_json(capsys)[SNS]
    assert ("half-open", (START + HOUR).isoformat()) == (found["state"], found["since"])
    assert "half-open, tried again since 2026-03-02 10:30 UTC" in shown(capsys)


def test_the_rate_is_that_of_the_routes_own_bucket(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    slow = replace(fresh("sms/eu-west-1/default", limit=20.0, now=START), most=5.0)
    stage.paced.open(slow)

    found = as_json(capsys)
    assert (5.0, 20.0) == (found[SNS]["rate"], found[SNS]["limit"])
    assert (20.0, 20.0) == (found[VOICE]["rate"], found[VOICE]["limit"])
    assert "5 of 20 a second" in shown(capsys)


def test_a_route_that_nothing_uses_any_more_is_listed_while_it_is_closed(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    old = replace(CLOSED, scope=Scope(route="sns/eu-north-1/default"))
    stage.kept.hold([old])

    assert ["nothing by the settings of now"] == as_json(capsys)["sns/eu-north-1/default"]["uses"]

"""A stage with a second Region is ready when the account is ready in both."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.gateways import clients
from ordercast.operations.doctor.findings import AccountFinding, CheckVerdict
from ordercast.operations.doctor.readings import Source
from ordercast.operations.doctor.second_region import (
    as_there,
    in_region,
    named_by_region,
    readers_in_second_region,
)
from ordercast.operations.target import Target
from ordercast.settings.originations import OriginationSettings
from ordercast.wiring.clock import utc_now
from pipeline.settings.files import read_stage
from tests.fakes.stage_names import NAMES

HOME, AWAY = "us-east-1", "us-west-2"


def target(**second: str) -> Target:
    prod = read_stage("prod")
    there = replace(prod.second_region, **second)
    return Target(
        settings=replace(
            prod,
            region=HOME,
            second_region=there,
            originations={"pool-home": OriginationSettings(countries="US")},
        ),
        names=replace(NAMES, notifications_topic=f"arn:aws:sns:{HOME}:123456789012:n"),
    )


class Client:
    """Notes each call and its parameters; every answer is empty."""

    def __init__(self, service: str, calls: list[tuple[str, str, dict[str, Any]]]) -> None:
        self._service, self._calls = service, calls

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*_: str, **parameters: Any) -> dict[str, Any]:
            self._calls.append((self._service, name, parameters))
            return {}

        return call


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> dict[str | None, list[Any]]:
    """What is called, by Region."""
    made: dict[str | None, list[Any]] = {}

    def client(service: str, *, endpoint: str | None, region: str | None) -> Client:
        assert endpoint is None
        return Client(service, made.setdefault(region, []))

    monkeypatch.setattr(clients, "account_facts", client)
    return made


def test_a_stage_in_one_region_is_not_looked_at_in_another() -> None:
    assert readers_in_second_region(target(), now=utc_now) is None


def test_everything_that_is_of_a_region_is_asked_in_the_second_one(
    calls: dict[str | None, list[Any]],
) -> None:
    facts = readers_in_second_region(target(region=AWAY), now=utc_now)
    assert facts is not None
    read = facts.read()

    assert {AWAY} == calls.keys()
    assert {Source.MAIL_ACCOUNT, Source.MAIL_IDENTITIES, Source.TEXT_SANDBOX} < read.keys()
    assert not {Source.KEY, Source.CONCURRENCY, Source.ALARM_TARGETS} & read.keys()
    named = {name: parameters for _, name, parameters in calls[AWAY]}
    assert {"ConfigurationSetName": "ordercast-prod"} == named["get_configuration_set"]
    assert {"EmailIdentity": "example.com"} == named["get_email_identity"]
    group = named["describe_log_groups"]["logGroupNamePrefix"]
    assert f"sns/{AWAY}/123456789012/DirectPublishToPhoneNumber" in group


def test_no_number_of_the_first_region_is_looked_for_in_the_second() -> None:
    settings = as_there(target(region=AWAY, origination="pool-away").settings)
    assert {} == settings.originations
    assert "pool-away" == settings.end_user_messaging.origination


def test_a_finding_names_the_region_that_it_is_of() -> None:
    found = [
        AccountFinding(fact="e-mail sandbox", verdict=CheckVerdict.BAD, found="in it"),
        AccountFinding(
            fact="e-mail DKIM", of="example.com", verdict=CheckVerdict.BAD, found="PENDING"
        ),
    ]
    assert [f"in {AWAY}", f"example.com in {AWAY}"] == [
        each.of for each in named_by_region(found, AWAY)
    ]
    assert ["", "example.com"] == [each.of for each in found]


def test_an_arn_of_another_region_is_the_same_but_for_that() -> None:
    arn = f"arn:aws:sns:{HOME}:123456789012:topic:sub:with:colons"
    assert arn.replace(HOME, AWAY) == in_region(arn, AWAY)

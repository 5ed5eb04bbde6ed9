"""Operators take a number off the opt-out lists of End User Messaging."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from ordercast.gateways import clients
from ordercast.settings.stage_files import default_settings
from tests.cli.customers.suppressed_stage import Stage, opted_out
from tests.examples import PHONE

SINCE = datetime(2026, 2, 1, 8, tzinfo=UTC)
LISTED = "the opt-out list of End User Messaging in"


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

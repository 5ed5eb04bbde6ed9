"""The providers' own lists are asked, shown and changed in each Region; their answers name nobody."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from msgspec.structs import replace

from ordercast.gateways import clients
from ordercast.operations import provider_lists
from ordercast.settings.stage_files import default_settings
from tests.cli.suppressions.suppressed_stage import Stage, opted_out
from tests.examples import EMAIL, PHONE

SINCE = datetime(2026, 2, 1, 8, tzinfo=UTC)
VOICE = "the opt-out list of End User Messaging in"


class NotThereError(Exception):
    """What a client raises of an address that is on no list."""


class Exceptions:
    ResourceNotFoundException = NotThereError
    NotFoundException = NotThereError


@dataclass
class Lists:
    """The lists of three services in two Regions; `fails` is the code of every answer."""

    listed: dict[tuple[str, str], set[str]]
    fails: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)

    def client(self, service: str, *, endpoint: str | None, region: str) -> "Client":
        assert endpoint is None
        return Client(self, service, region)


@dataclass
class Client:
    lists: Lists
    service: str
    region: str
    exceptions: type[Exceptions] = Exceptions

    @property
    def here(self) -> set[str]:
        self.lists.asked.append((self.service, self.region))
        if self.lists.fails:
            error: Any = {"Error": {"Code": self.lists.fails, "Message": f"{EMAIL} {PHONE}"}}
            raise ClientError(error, "Ask")
        return self.lists.listed.setdefault((self.service, self.region), set())

    def _on_it(self, address: str) -> None:
        if address not in self.here:
            raise NotThereError

    def describe_opted_out_numbers(self, **asked: Any) -> dict[str, Any]:
        assert "Default" == asked["OptOutListName"]
        for number in asked.get("OptedOutNumbers", ()):
            self._on_it(number)
        there = asked.get("OptedOutNumbers") or sorted(self.here)
        dated = [{"OptedOutNumber": each, "OptedOutTimestamp": SINCE} for each in there]
        return {"OptedOutNumbers": dated}

    def delete_opted_out_number(self, **asked: str) -> None:
        self.here.remove(asked["OptedOutNumber"])

    def get_suppressed_destination(self, **asked: str) -> dict[str, Any]:
        self._on_it(asked["EmailAddress"])
        return {"SuppressedDestination": {"LastUpdateTime": SINCE, "Reason": "BOUNCE"}}

    def delete_suppressed_destination(self, **asked: str) -> None:
        self.here.remove(asked["EmailAddress"])

    def list_suppressed_destinations(self, **asked: Any) -> dict[str, Any]:
        start = int(asked.get("NextToken", 0))
        page = sorted(self.here)[start : start + asked["PageSize"]]
        more = {"NextToken": str(start + len(page))} if start + len(page) < len(self.here) else {}
        found = [{"EmailAddress": e, "Reason": "COMPLAINT", "LastUpdateTime": SINCE} for e in page]
        return {"SuppressedDestinationSummaries": found, **more}

    def check_if_phone_number_is_opted_out(self, **asked: str) -> dict[str, bool]:
        return {"isOptedOut": asked["phoneNumber"] in self.here}

    def opt_in_phone_number(self, **asked: str) -> None:
        self.here.remove(asked["phoneNumber"])

    def list_phone_numbers_opted_out(self, **_: str) -> dict[str, Any]:
        return {"phoneNumbers": sorted(self.here)}


@pytest.fixture
def lists(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Lists:
    """A stage whose texts to Japan go by End User Messaging, with a second Region."""
    second = replace(stage.settings.second_region, region="eu-north-1")
    stage.settings = replace(
        stage.settings, sms_provider_by_country="JP sms-voice", second_region=second
    )
    both = ("eu-west-1", "eu-north-1")
    lists = Lists(
        {
            **{("pinpoint-sms-voice-v2", region): {PHONE} for region in both},
            ("sns", "eu-west-1"): {PHONE},
            **{("sesv2", region): {EMAIL} for region in both},
        }
    )
    monkeypatch.setattr(clients, "account_facts", lists.client)
    stage.lists = provider_lists.provider_lists(stage, endpoint=None)  # type: ignore[arg-type]  # what it reads of a stage is there
    return lists


@pytest.mark.parametrize(
    ("address", "on"),
    [
        (
            PHONE,
            [
                "on SNS's opt-out list in eu-west-1 (it does not say since when)",
                f"on {VOICE} eu-west-1 since 2026-02-01 08:00",
                f"on {VOICE} eu-north-1 since 2026-02-01 08:00",
            ],
        ),
        (
            EMAIL,
            [
                "on SES's suppression list in eu-west-1 since 2026-02-01 08:00, BOUNCE",
                "on SES's suppression list in eu-north-1 since 2026-02-01 08:00, BOUNCE",
            ],
        ),
    ],
)
def test_an_address_is_shown_with_each_list_that_it_is_on_though_nothing_else_is_stored(
    lists: Lists, run, address: str, on: list[str]
) -> None:
    status, out, _ = run("suppressions", "show", address, "--json")
    assert (0, on) == (status, json.loads(out)["provider_lists"])
    assert address not in out


@pytest.mark.parametrize("address", [PHONE, EMAIL])
def test_removing_takes_an_address_off_each_provider_s_list_in_each_region(
    lists: Lists, run, address: str
) -> None:
    status, out, _ = run("suppressions", "remove", "--address", address, "--by", "ticket 4711")

    assert 0 == status
    assert not [each for each in lists.listed.values() if address in each]
    assert out.count("taken off") == (3 if address == PHONE else 2)
    assert address not in out


def test_a_list_that_refuses_is_named_and_the_suppression_ends_all_the_same(
    stage: Stage, lists: Lists, run
) -> None:
    opted_out(stage.world)
    lists.fails = "ConflictException"
    status, out, _ = run("suppressions", "remove", "--address", PHONE, "--by", "ticket 4711")

    assert 0 == status
    assert f"not taken off {VOICE} eu-west-1: ConflictException (a number can be taken off" in out
    assert "unsuppressed sms: opted-out" in out
    assert PHONE not in out


def test_where_only_lists_were_asked_and_refused_nothing_has_ended(lists: Lists, run) -> None:
    lists.fails = "AccessDeniedException"
    status, out, err = run("suppressions", "remove", "--address", EMAIL, "--by", "ticket 4711")
    assert (1, 2) == (status, out.count("not taken off"))
    assert "no suppression of that address is stored" in err


def test_a_provider_s_list_is_shown_by_the_page_and_masked(lists: Lists, run) -> None:
    lists.listed["sesv2", "eu-west-1"] = {f"{each}@example.com" for each in "abc"}
    asked = ("suppressions", "list", "--provider", "ses", "--region", "eu-west-1", "--json")
    (first,) = json.loads(run(*asked, "--last", "2")[1])
    (rest,) = json.loads(run(*asked, "--after", first["cursor"])[1])

    shown = [each["address"] for page in (first, rest) for each in page["addresses"]]
    assert [f"{each}···@example.com" for each in "abc"] == shown
    assert rest["cursor"] is None
    assert "since 2026-02-01 08:00, COMPLAINT" == first["addresses"][0]["said"]


def test_a_list_is_shown_of_each_region_and_another_provider_is_refused(lists: Lists, run) -> None:
    out = run("suppressions", "list", "--provider", "sms-voice")[1]
    assert ("eu-west-1  +1···00" in out, "eu-north-1  +1···00" in out) == (True, True)
    assert "+1···00" in run("suppressions", "list", "--provider", "sns")[1]
    assert "this stage has no such list" in run("suppressions", "list", "--provider", "fax")[2]
    asked = ("suppressions", "list", "--provider", "ses", "--after", "x")
    assert "name the --region" in run(*asked)[2]


def test_a_stage_without_such_texts_asks_no_list_of_them(stage: Stage, lists: Lists, run) -> None:
    stage.settings = default_settings()
    stage.lists = provider_lists.provider_lists(stage, endpoint=None)  # type: ignore[arg-type]  # as above
    run("suppressions", "show", PHONE)
    assert {("sns", "eu-west-1")} == set(lists.asked)

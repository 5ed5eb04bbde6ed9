"""`ordercast doctor` through the shell, against an account on a real HTTP endpoint that lies about one fact at a time."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from msgspec.structs import replace

from local_cloud.provider_simulator.account_api import AccountApi
from local_cloud.provider_simulator.answers import as_json
from local_cloud.provider_simulator.faults.active import ActiveFaults
from local_cloud.provider_simulator.http_messages import HttpRequest, HttpResponse
from local_cloud.provider_simulator.server import Router, server_on
from local_cloud.provider_simulator.simulated_account import ACCOUNT_FILE, SimulatedAccount
from local_cloud.supervisor.supervisor import listen
from ordercast.cli import doctor
from ordercast.gateways import clients
from ordercast.operations.doctor.checks import CHECKS
from pipeline.settings.files import read_stage
from tests.fakes.ledger import FakeLedger
from tests.pages import snippets

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

ADA = "arn:aws:iam::123456789012:user/ada"
TOPIC = "arn:aws:sns:us-east-1:000000000000:Notifications"
HEALTHY = SimulatedAccount(
    key_state="Enabled", key_rotation=True, log_groups="read", bootstrap=33, numbers=("US", "CA")
)
SKEWED = 3600.0
CLIENTS = cache(clients.account_facts)

CA_BY_IT = {"by_country": "CA sms-voice"}
BAD: dict[str, tuple[dict[str, object], str]] = {
    "e-mail identity": ({"verified": False}, "bad"),
    "e-mail DKIM": ({"dkim": "PENDING"}, "bad"),
    "e-mail feedback": ({"feedback_forwarding": True}, "bad"),
    "e-mail sandbox": ({"production_access": False}, "bad"),
    "e-mail rate": ({"rate": 1}, "look"),
    "e-mail quota": ({"quota": 200, "sent": 200}, "bad"),
    "e-mail plan": ({"plan": "PRO"}, "look"),
    "e-mail sending": ({"sending": False}, "bad"),
    "e-mail sending of the stage": ({"configuration_set_sending": False}, "bad"),
    "e-mail review": ({"enforcement": "SHUTDOWN"}, "bad"),
    "e-mail bounces": ({"bounce_percent": 5}, "bad"),
    "e-mail complaints": ({"complaint_percent": 0.11}, "bad"),
    "SMS sandbox": ({"sms_sandbox": True}, "bad"),
    "SMS spend": ({"sms_spent": 1000}, "bad"),
    "SMS spend alarm": ({"sms_limit": "5000"}, "look"),
    "End User Messaging sandbox": ({**CA_BY_IT, "sms_voice_sandbox": True}, "bad"),
    "End User Messaging spend": ({**CA_BY_IT, "sms_voice_spent": 900}, "look"),
    "End User Messaging spend alarm": ({**CA_BY_IT, "sms_voice_limit": 5000}, "look"),
    "End User Messaging opt-out list": (
        {**CA_BY_IT, "refused": ["DescribeOptedOutNumbers"]},
        "unknown",
    ),
    "SMS price": ({"countries": "US, CA, NO", "numbers": ["US", "CA", "NO"]}, "bad"),
    "SMS origination": ({"numbers": ["CA"]}, "bad"),
    "SMS opted-out list": ({"refused": ["ListPhoneNumbersOptedOut"]}, "unknown"),
    "SMS delivery logging": ({"sms_logging": False}, "bad"),
    "SMS log group": ({"log_groups": "missing"}, "bad"),
    "SMS log filters": ({"log_groups": "with another filter"}, "look"),
    "Lambda concurrency": ({"concurrency": 10}, "look"),
    "key": ({"key_state": "PendingDeletion"}, "bad"),
    "key rotation": ({"key_rotation": False}, "look"),
    "alarm target": ({"subscriptions": ["pending"]}, "bad"),
    "clock": ({"clock_ahead": SKEWED}, "bad"),
    "CDK bootstrap": ({"bootstrap": 5}, "bad"),
}
"""What is simulated for each fact, and its verdict."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the account is described."""
    return tmp_path_factory.mktemp("account")


@pytest.fixture(scope="module")
def endpoint(folder: Path) -> Iterator[str]:
    """Where the account answers."""
    api = AccountApi(folder=folder, forward=deployed)
    router = Router(
        api=None,  # type: ignore[arg-type]  # no message is sent
        account=api,
        emulator=SimpleNamespace(pass_on=deployed),  # type: ignore[arg-type]
        faults=ActiveFaults(now=lambda: datetime.now(UTC)),
        log=print,
    )
    server = server_on(listen(), router)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def ledger() -> FakeLedger:
    """The ledger of a new stage."""
    return FakeLedger(opened=())


@pytest.fixture
def account(
    folder: Path, endpoint: str, ledger: FakeLedger, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """A prod stage in an account; the function says in what that differs from a healthy one."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(clients, "account_facts", CLIENTS)
    names = SimpleNamespace(
        notifications_topic=TOPIC, configuration_set="Mail", receipts_queue="https://queue"
    )
    prod = read_stage("prod")
    # As after the month's limit was raised.
    spend = {"sms_spend": Decimal(800), "end_user_messaging_spend": Decimal(800)}
    settings = replace(prod, alarms=replace(prod.alarms, **spend))
    stage = SimpleNamespace(stage="prod", settings=settings, names=names, ledger=lambda: ledger)
    monkeypatch.setattr(doctor, "target", lambda _stage, _cloud: stage)
    monkeypatch.setattr(doctor, "caller_on", lambda _stage: ADA)

    def say(countries: str = "US, CA", by_country: str = "", **differs: object) -> None:
        stage.settings = replace(
            stage.settings, countries=countries, sms_provider_by_country=by_country
        )
        known = msgspec.to_builtins(HEALTHY) | differs
        (folder / ACCOUNT_FILE).write_bytes(msgspec.json.encode(known))

    say()
    return say


def deployed(call: HttpRequest) -> HttpResponse:
    """Answer what is not simulated: the alarms' topic, a queue, and what is merged."""
    queue = {"Attributes": {"KmsMasterKeyId": "arn:aws:kms:us-east-1:000000000000:key/1"}}
    return as_json(200, {"Parameter": {"Value": TOPIC}, **queue})


def unwell(out: str) -> list[dict[str, str]]:
    """Return what is not ok."""
    return [each for each in json.loads(out)["findings"] if each["verdict"] != "ok"]


def test_an_account_that_is_ready_has_nothing_to_look_at(account, run) -> None:
    status, out, err = run("doctor", "--stage", "prod", "--json")

    assert (0, [], "") == (status, unwell(out), err)


@pytest.mark.parametrize("fact", [each.fact for each in CHECKS])
def test_a_fact_that_is_bad_is_named_and_only_it(account, run, fact: str) -> None:
    differs, verdict = BAD[fact]
    account(**differs)
    status, out, _ = run("doctor", "--stage", "prod", "--json")

    assert {fact} == {each["fact"] for each in unwell(out)}
    assert {verdict} == {each["verdict"] for each in unwell(out)}
    assert (verdict in {"bad", "unknown"}) == status


def test_what_the_page_simulates_is_named(account, run) -> None:
    (shown,) = snippets("docs/doctor.md", language="json")
    account(**json.loads(shown))
    status, out, _ = run("doctor", "--stage", "prod")

    assert 1 == status
    assert "bad      e-mail sandbox: in the sandbox" in out
    assert "unknown  e-mail identity: not read: AccessDeniedException" in out
    assert "bad      alarm target: 0 subscriptions confirmed, 1 not\n         follow" in out
    assert ", 2 bad, 3 unknown\ntexts: held" in out


@pytest.mark.parametrize(
    ("fact", "opens"),
    [
        (None, ["sms", "email"]),
        ("e-mail rate", ["sms", "email"]),  # to be looked at
        ("e-mail DKIM", ["sms"]),
        ("SMS opted-out list", ["email"]),  # unknown
        ("key", []),  # of both
    ],
)
def test_a_channel_is_opened_when_nothing_speaks_against_it(
    account, run, ledger, fact: str | None, opens: list[str]
) -> None:
    account(**(BAD[fact][0] if fact else {}))
    _, out, _ = run("doctor", "--stage", "prod", "--json")

    assert opens == [each.channel for each in ledger.opened]
    assert {(ADA, "doctor found the account ready")} >= {(e.by, e.reason) for e in ledger.opened}
    said = json.loads(out)["opened"]
    assert opens == [channel for channel, each in said.items() if each]


def test_a_channel_that_is_not_opened_is_told_with_the_command_that_opens_it(account, run) -> None:
    account(sms_sandbox=True)
    _, out, _ = run("doctor", "--stage", "prod")

    assert f"e-mails: opened {datetime.now(UTC):%Y-%m-%d}" in out
    assert (
        "texts: held until nothing of it is bad or unknown, or by your word:\n"
        '  ordercast resume --why unopened --channel sms --reason "…" --stage prod' in out
    )


def test_what_was_opened_stays_so_whatever_is_found_later(account, run, ledger) -> None:
    run("doctor", "--stage", "prod")
    before = ledger.opened
    account(production_access=False, sms_sandbox=True)
    run("doctor", "--stage", "prod")

    assert before == ledger.opened
    assert 2 == len(before)

"""Meet every error of the providers, every time-out and every dropped answer, with a thousand messages."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError, HTTPClientError, ReadTimeoutError
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.gateways.providers.end_user_messaging import EndUserMessagingSms
from ordercast.gateways.providers.errors import NEVER_LEFT, SES, SNS
from ordercast.gateways.providers.ses_email import SesEmail
from ordercast.gateways.providers.sms_voice_errors import REASONS, SMS_VOICE
from ordercast.gateways.providers.sns_sms import SnsSms
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.providers import PROVIDERS
from ordercast.pacing.bucket import Bucket
from ordercast.sending.backoff import MAX_ATTEMPTS
from ordercast.sending.outcome import Outcome
from ordercast.workflows.send import breakers
from tests.examples import notification
from tests.fakes.buckets import FakeBuckets
from tests.fakes.clock import START
from tests.fakes.provider_wire import Meets, ProviderWire, raised
from tests.fakes.services import RESEND_EMAIL_AFTER
from tests.fakes.world import World
from tests.gateways.conftest import InlineExecutor
from tests.sampling import SAMPLED, sampled

pytestmark = SAMPLED

MESSAGES = sampled(300, whole=1_000)

MEANT: Mapping[str, Mapping[str, Outcome]] = {
    "sns": {code: meaning(code) for code, meaning in SNS.items()},
    "ses": {code: meaning(code) for code, meaning in SES.items()},
    "sms-voice": {
        **{code: meaning(code) for code, meaning in SMS_VOICE.items()},
        **{f"ConflictException/{reason}": outcome for reason, outcome in REASONS.items()},
    },
}
"""What each provider's errors mean; a reason comes after its code."""

# What the services answer when they do not know themselves; the last is nobody's yet.
THEIR_OWN = {
    "InternalError": 500,
    "InternalFailure": 500,
    "ServiceUnavailable": 503,
    "RequestAbortedException": 400,
    "RequestTimeoutException": 408,
    "NobodyHasSeenThis": 400,
}
DROPPED = (ReadTimeoutError, ConnectionClosedError, HTTPClientError)


def certain(provider: str) -> list[Meets]:
    """Everything after which the provider certainly has not taken a message."""
    errors = [
        Meets(name=_rule(outcome), code=code, status=_status(code))
        for code, outcome in MEANT[provider].items()
    ]
    return [
        *errors,
        *(Meets(name=type(each).__name__, raises=each) for each in raised(*NEVER_LEFT)),
    ]


def uncertain() -> list[Meets]:
    """Everything after which nobody can know, with the message taken and with it not taken."""
    errors = [Meets(name=code, code=code, status=status) for code, status in THEIR_OWN.items()]
    dropped = [Meets(name=type(each).__name__, raises=each) for each in raised(*DROPPED)]
    return [
        dataclasses.replace(each, taken=taken)
        for each in (*errors, *dropped)
        for taken in (False, True)
    ]


class NeverSlower(FakeBuckets):
    """Buckets that learn nothing from refusals, so that every message is called for."""

    def learn(self, seen: Bucket, new: Bucket) -> Bucket | None:
        return super().learn(seen, replace(new, rate=seen.rate))


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> ProviderWire:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    return ProviderWire()


@pytest.fixture(params=list(PROVIDERS))
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def channel(provider: str) -> Channel:
    return PROVIDERS[provider].channel


@pytest.fixture
def rows(
    world: World,
    wire: ProviderWire,
    provider: str,
    channel: Channel,
    monkeypatch: pytest.MonkeyPatch,
) -> list[Notification]:
    """So many notifications to a recipient each, with the real gateway between them and the wire."""
    world.provider = _gateway(wire, provider)
    world.buckets = NeverSlower()
    # What holds a channel or closes a route is tried elsewhere: here every message is called for.
    monkeypatch.setattr(breakers, "why_open", lambda *_, **__: "")
    world.ledger.unavailable.add("hold")
    many = [replace(notification(n, channel), recipient=_to(n, channel)) for n in range(MESSAGES)]
    world.enter(*many)
    return many


def test_what_certainly_was_not_taken_waits_or_fails_and_goes_out_once_at_most(
    world: World, wire: ProviderWire, provider: str, channel: Channel, rows: Sequence[Notification]
) -> None:
    lasting = certain(provider)
    passing = [dataclasses.replace(each, times=2) for each in lasting]
    met = _deal(wire, rows, [*lasting, *passing, *passing, *passing])
    _bring_again_and_again(world, rows, channel)

    for row in rows:
        meets, refused = met[row.id], _is_refused(met[row.id], provider)
        ends = State.FAILED if refused else State.SENT if meets in passing else State.REQUESTED
        to, stored = row.recipient or "", world.row(row.id)
        assert (ends, int(ends is not State.REQUESTED)) == (stored.state, stored.attempts), (
            meets.name
        )
        # What lasts is no attempt, however often it was called for.
        calls = wire.calls[to]
        assert calls > MAX_ATTEMPTS if ends is State.REQUESTED else calls == (1 if refused else 3)
        assert int(ends is State.SENT) == wire.taken[to], meets.name


def test_what_nobody_can_know_is_in_doubt_and_not_called_for_again_but_by_the_recorded_policy(
    world: World, wire: ProviderWire, provider: str, channel: Channel, rows: Sequence[Notification]
) -> None:
    met = _deal(wire, rows, uncertain())
    _bring_again_and_again(world, rows, channel)

    assert {State.IN_DOUBT} == {world.state(row.id) for row in rows}
    assert {1} == set(wire.calls.values())
    assert MESSAGES == len(wire.calls)
    assert wire.taken == {row.recipient: 1 for row in rows if met[row.id].taken}

    # An e-mail is sent once more when nothing was heard of it, and its row says so; a text never.
    world.now.turn(RESEND_EMAIL_AFTER)
    world.sweep(limit=2000)
    _bring_again_and_again(world, rows, channel)
    resends = int(channel is Channel.EMAIL)
    assert {resends} == {world.row(row.id).resends for row in rows}
    assert {1 + resends} == set(wire.calls.values())
    assert {State.IN_DOUBT} == {world.state(row.id) for row in rows}


def test_no_reason_holds_what_a_provider_said(
    world: World, wire: ProviderWire, provider: str, channel: Channel, rows: Sequence[Notification]
) -> None:
    """Their texts quote the recipient."""
    met = _deal(wire, rows, [*certain(provider), *uncertain()])
    world.send(*(row.id for row in rows), channel=channel)

    assert {i: meets.name for i, meets in met.items()} == {
        row.id: world.row(row.id).rule for row in rows
    }


def _deal(
    wire: ProviderWire, rows: Sequence[Notification], meets: Sequence[Meets]
) -> dict[str, Meets]:
    assert len(meets) < len(rows)  # each is met by some
    met = {row.id: meets[n % len(meets)] for n, row in enumerate(rows)}
    wire.meets = {row.recipient or "": met[row.id] for row in rows}
    return met


def _bring_again_and_again(world: World, rows: Sequence[Notification], channel: Channel) -> None:
    """Deliver every message twice in every round, in batches that mix them."""
    chance = Random(7)  # noqa: S311 - an order to redeliver in, no secret
    for _ in range(MAX_ATTEMPTS):
        delivered = [row.id for row in rows] * 2
        chance.shuffle(delivered)
        for start in range(0, len(delivered), 100):
            world.send(*delivered[start : start + 100], channel=channel)
        world.now.turn(timedelta(minutes=1))


def _gateway(wire: ProviderWire, provider: str) -> Any:
    given: Any = {
        "client": wire.client(provider),
        "executor": InlineExecutor(),
        "wait": lambda _: None,
    }
    if provider == "sns":
        return SnsSms(sender_id="", **given)
    if provider == "sms-voice":
        return EndUserMessagingSms(
            configuration_set="texts",
            protect_configuration="protect",
            origination="",
            now=lambda: START,
            **given,
        )
    return SesEmail(sender="orders@example.com", configuration_set="events", stage="test", **given)


def _is_refused(meets: Meets, provider: str) -> bool:
    meant = MEANT[provider].get(meets.code)
    return meant is not None and meant.state is State.FAILED


def _rule(meant: Outcome) -> str:
    """Return the rule that a message ends by; what proves something has that of the receipt."""
    return meant.proves.partition("/")[2] if meant.proves else str(meant.reason)


def _to(number: int, channel: Channel) -> str:
    """Return a recipient for each: numbers set aside for fiction are a hundred an area."""
    if channel is Channel.EMAIL:
        return f"ada.{number}@example.com"
    return f"+1{206 + number // 100}555{100 + number % 100:04}"


def _status(code: str) -> int:
    if "Throttl" in code or "TooMany" in code:
        return 429
    return 403 if "Denied" in code or "Token" in code else 400

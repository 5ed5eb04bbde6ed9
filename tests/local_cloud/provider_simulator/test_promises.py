"""The providers' gateways keep the promises of their port before the simulator, with every answer that it has."""

import re
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import pytest
from msgspec.structs import replace

from local_cloud.provider_simulator.errors import (
    ANSWER_DROPPED,
    EMAIL_ERRORS,
    REQUEST_DROPPED,
    SMS_ERRORS,
    SMS_VOICE_ERRORS,
    sms_error,
    sms_voice_error,
)
from ordercast.events.order_event import Channel
from ordercast.gateways import clients
from ordercast.gateways.providers.end_user_messaging import EndUserMessagingSms
from ordercast.gateways.providers.errors import SES, SNS
from ordercast.gateways.providers.ses_email import SesEmail
from ordercast.gateways.providers.sms_voice_errors import REASONS, SMS_VOICE
from ordercast.gateways.providers.sns_sms import SnsSms
from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import BackPressure, unknown
from ordercast.wiring.clock import utc_now
from ordercast.workflows.ports import Provider
from tests.local_cloud.provider_simulator.conftest import Served
from tests.promises.provider import ProviderPromises, outgoing

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

PAGE = (Path(__file__).parents[3] / "docs" / "local-cloud.md").read_text()
DROPS = (REQUEST_DROPPED, ANSWER_DROPPED)


@pytest.fixture
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


@pytest.fixture
def sms(served: Served, executor: Executor) -> SnsSms:
    return SnsSms(
        wait=lambda _: None,
        client=clients.sms_provider(now=utc_now),
        sender_id="",
        executor=executor,
    )


@pytest.fixture
def email(served: Served, executor: Executor) -> SesEmail:
    return SesEmail(
        wait=lambda _: None,
        client=clients.email_provider(now=utc_now),
        sender="orders@example.com",
        configuration_set="local",
        stage="test",
        executor=executor,
    )


class TestSnsSms(ProviderPromises):
    @pytest.fixture
    def provider(self, sms: SnsSms) -> Provider:
        return sms

    @pytest.fixture
    def channel(self) -> Channel:
        return Channel.SMS

    @pytest.mark.parametrize("code", SMS_ERRORS)
    def test_an_error_means_what_its_line_says(
        self, sms: SnsSms, served: Served, code: str
    ) -> None:
        (outcome,) = sms.send([outgoing(1, Channel.SMS, recipient=_number(code))])

        meant = SNS[code](code).state if code in SNS else State.IN_DOUBT
        assert (meant, code, []) == (outcome.state, outcome.reason, served.inbox)

    @pytest.mark.parametrize("drop", DROPS)
    def test_a_dropped_call_is_in_doubt_accepted_or_not(
        self, sms: SnsSms, served: Served, drop: str
    ) -> None:
        (outcome,) = sms.send([outgoing(1, Channel.SMS, recipient=_number(drop))])

        assert State.IN_DOUBT is outcome.state
        assert int(drop == ANSWER_DROPPED) == len(served.inbox)


@pytest.fixture
def voice(served: Served, executor: Executor) -> EndUserMessagingSms:
    return EndUserMessagingSms(
        client=clients.text_provider(now=utc_now),
        configuration_set="texts",
        protect_configuration="protect-0123",
        origination="pool-0123",
        now=utc_now,
        wait=lambda _: None,
        executor=executor,
    )


class TestEndUserMessagingSms(ProviderPromises):
    @pytest.fixture
    def provider(self, voice: EndUserMessagingSms) -> Provider:
        return voice

    @pytest.fixture
    def channel(self) -> Channel:
        return Channel.SMS

    @pytest.mark.parametrize("error", SMS_VOICE_ERRORS)
    def test_an_error_means_what_its_line_says(
        self, voice: EndUserMessagingSms, served: Served, error: str
    ) -> None:
        (outcome,) = voice.send([outgoing(1, Channel.SMS, recipient=_voice_number(error))])

        code, _, reason = error.partition("/")
        meant = REASONS.get(reason) or SMS_VOICE.get(code, unknown)(reason or code)
        assert (meant, []) == (outcome, served.inbox)

    @pytest.mark.parametrize("drop", DROPS)
    def test_a_dropped_call_is_in_doubt_accepted_or_not(
        self, voice: EndUserMessagingSms, served: Served, drop: str
    ) -> None:
        (outcome,) = voice.send([outgoing(1, Channel.SMS, recipient=_number(drop))])

        assert State.IN_DOUBT is outcome.state
        assert int(drop == ANSWER_DROPPED) == len(served.inbox)

    def test_a_set_that_is_gone_is_trouble_with_the_account(
        self, voice: EndUserMessagingSms, served: Served
    ) -> None:
        (outcome,) = replace(voice, configuration_set="gone").send([outgoing(1, Channel.SMS)])

        assert ("ResourceNotFoundException", []) == (outcome.reason, served.inbox)
        assert BackPressure.ACCOUNT is outcome.back_pressure

    def test_a_text_is_kept_with_the_region_that_it_was_signed_for(
        self, voice: EndUserMessagingSms, served: Served
    ) -> None:
        voice.send([outgoing(1, Channel.SMS)])

        (kept,) = served.inbox
        assert "pool-0123" == kept.sender
        assert ("sms-voice", "us-east-1") == (
            kept.provider,
            kept.region,
        )


class TestSesEmail(ProviderPromises):
    @pytest.fixture
    def provider(self, email: SesEmail) -> Provider:
        return email

    @pytest.fixture
    def channel(self) -> Channel:
        return Channel.EMAIL

    @pytest.mark.parametrize("code", EMAIL_ERRORS)
    def test_an_error_means_what_its_line_says(
        self, email: SesEmail, served: Served, code: str
    ) -> None:
        (outcome,) = email.send([outgoing(1, Channel.EMAIL, recipient=_address(code))])

        meant = SES[code](code).state if code in SES else State.IN_DOUBT
        assert (meant, code, []) == (outcome.state, outcome.reason, served.inbox)

    @pytest.mark.parametrize("drop", DROPS)
    def test_a_dropped_call_is_in_doubt_accepted_or_not(
        self, email: SesEmail, served: Served, drop: str
    ) -> None:
        (outcome,) = email.send([outgoing(1, Channel.EMAIL, recipient=_address(drop))])

        assert State.IN_DOUBT is outcome.state
        assert int(drop == ANSWER_DROPPED) == len(served.inbox)

    def test_a_labelled_error_lasts_until_it_is_mended_and_no_other_ends_with_it(
        self, email: SesEmail, served: Served
    ) -> None:
        def states(*recipients: str) -> list[State]:
            messages = [outgoing(n, Channel.EMAIL, recipient=r) for n, r in enumerate(recipients)]
            return [each.state for each in email.send(messages)]

        troubled, another = _address("SlowDown+o-1"), _address("SlowDown+o-2")

        assert [State.REQUESTED] * 3 == states(troubled) + states(troubled, another)
        assert [State.SENT] == states("mended+o-1@simulator.amazonses.com")
        assert [State.SENT, State.REQUESTED] == states(troubled, another)
        assert 2 == len(served.inbox)


def test_every_error_that_has_a_line_can_be_asked_for() -> None:
    assert SNS.keys() <= SMS_ERRORS.keys()
    assert SES.keys() <= EMAIL_ERRORS.keys()


def test_the_page_lists_the_errors_that_a_recipient_can_ask_for() -> None:
    listed = dict(re.findall(r"^\| (\+1 425 555 01\d\d) \| `(\S+)` \|$", PAGE, re.MULTILINE))
    by_voice = {each: _voice_number(each) for each in SMS_VOICE_ERRORS}

    assert {t: _number(t) for t in (*SMS_ERRORS, *DROPS)} | by_voice == {
        error: number.replace(" ", "") for number, error in listed.items()
    }
    assert not [code for code in EMAIL_ERRORS if f"`{code}`" not in PAGE]


def _voice_number(error: str) -> str:
    numbers = (f"+{number}" for number in range(14255550100, 14255550200))
    return next(each for each in numbers if sms_voice_error(each) == error)


def _number(error: str) -> str:
    numbers = (f"+{number}" for number in range(14255550100, 14255550200))
    return next(each for each in numbers if sms_error(each) == error)


def _address(error: str) -> str:
    return f"error+{error}@simulator.amazonses.com"

"""The requests to End User Messaging are right to the field, and its answers are understood by their reasons."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from botocore.session import Session
from botocore.stub import Stubber
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.gateways import clients
from ordercast.gateways.providers.end_user_messaging import EndUserMessagingSms
from ordercast.gateways.providers.sms_voice_errors import REASONS, SMS_VOICE, outcome_of_sms_voice
from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import BackPressure, Outgoing
from ordercast.templates.brands import Brand
from ordercast.templates.rendering import words
from tests.examples import notification
from tests.fakes.clock import START

WITHIN = timedelta(hours=6)


@pytest.fixture
def client(aws):
    return clients.text_provider(now=lambda: START)


def outgoing(**changes: Any) -> Outgoing:
    row = notification(1, Channel.SMS, reserved=Decimal("0.01503"))
    return Outgoing(notification=replace(row, **changes), words=words(row))


def provider(client, executor, **changes: Any) -> EndUserMessagingSms:
    given: dict[str, Any] = {
        "client": client,
        "configuration_set": "texts",
        "protect_configuration": "protect-0123",
        "origination": "",
        "now": lambda: START,
        "send_within": lambda _: WITHIN,
        "executor": executor,
        "wait": lambda _: None,
    }
    return EndUserMessagingSms(**(given | changes))


def request_of(client, executor, message: Outgoing, **changes: Any) -> dict[str, Any]:
    """Return what is asked for *message*, which the SDK takes."""
    requests: list[dict[str, Any]] = []
    event = "provide-client-params.pinpoint-sms-voice-v2.SendTextMessage"
    client.meta.events.register(event, lambda params, **_: requests.append(params))
    with Stubber(client) as stub:
        stub.add_response("send_text_message", {"MessageId": "m-1"})
        (outcome,) = provider(client, executor, **changes).send([message])
    assert (State.SENT, "m-1") == (outcome.state, outcome.message_id)
    (request,) = requests
    return request


def test_a_text_carries_our_id_its_ceiling_its_age_and_what_the_stage_sends_with(
    client, executor
) -> None:
    message = outgoing()
    assert {
        "DestinationPhoneNumber": "+12065550100",
        "MessageBody": message.words.text,
        "MessageType": "TRANSACTIONAL",
        "ConfigurationSetName": "texts",
        "ProtectConfigurationId": "protect-0123",
        "TimeToLive": 6 * 3600,
        "Context": {"notification_id": message.notification.id},
        "MaxPrice": "0.01503",
    } == request_of(client, executor, message)


@pytest.mark.parametrize(
    ("left", "seconds"),
    [
        (timedelta(hours=1, milliseconds=900), 3600),
        (timedelta(seconds=2), 5),
        (timedelta(days=-1), 5),
        (timedelta(days=9), 259_200),
    ],
)
def test_a_text_waits_for_its_carrier_as_long_as_it_may_be_sent(
    client, executor, left: timedelta, seconds: int
) -> None:
    """Within what the API takes: 5 seconds to 72 hours."""
    request = request_of(client, executor, outgoing(effective_at=START - WITHIN + left))
    assert seconds == request["TimeToLive"]


def test_the_wait_for_quiet_hours_makes_a_text_no_older(client, executor) -> None:
    later = START + timedelta(hours=3)
    request = request_of(client, executor, outgoing(ages_from=later))
    assert 9 * 3600 == request["TimeToLive"]


@pytest.mark.parametrize("reserved", ["1", "0.1", "0.00001", "12.34567", "250"])
def test_a_ceiling_is_written_as_the_api_takes_it(client, executor, reserved: str) -> None:
    request = request_of(client, executor, outgoing(reserved=Decimal(reserved)))

    assert re.fullmatch(r"[0-9]{0,2}\.[0-9]{1,5}", request["MaxPrice"])
    assert min(Decimal(reserved), Decimal("99.99999")) == Decimal(request["MaxPrice"])


@pytest.mark.parametrize(
    ("country", "origination", "leaves_from"),
    [("SE", "pool-0123", "NORDIC"), ("US", "pool-0123", "pool-0123"), ("US", "", None)],
)
def test_a_text_leaves_from_the_shops_own_sender_id_else_from_what_the_stage_names(
    client, executor, country: str, origination: str, leaves_from: str | None
) -> None:
    brand = Brand(name="Nordic", folder="nordic", sender_ids={"SE": "NORDIC"})
    request = request_of(
        client,
        executor,
        outgoing(country=country),
        origination=origination,
        brand_of=lambda _: brand,
    )
    assert leaves_from == request.get("OriginationIdentity")


def test_a_text_to_india_names_its_entity_and_its_template(client, executor) -> None:
    message = outgoing(country="IN")
    ids = {"india_entity_id": "1101", "india_template_ids": {message.notification.template: "1107"}}
    request = request_of(client, executor, message, **ids)

    expected = {"IN_ENTITY_ID": "1101", "IN_TEMPLATE_ID": "1107"}
    assert expected == request["DestinationCountryParameters"]


@pytest.mark.usefixtures("review")
def test_a_promotional_text_is_promotional_here_too(client, executor) -> None:
    assert "PROMOTIONAL" == request_of(client, executor, outgoing(template="review"))["MessageType"]


def refusal(code: str, reason: str | None = None) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "+12065550100 …"}}
    return ClientError(answer | ({"Reason": reason} if reason else {}), "SendTextMessage")


@pytest.mark.parametrize(
    ("code", "reason", "state", "rule"),
    [
        ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", State.FAILED, "opted-out"),
        (
            "ConflictException",
            "DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE",
            State.FAILED,
            "blocked",
        ),
        (
            "ConflictException",
            "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION",
            State.FAILED,
            "country-closed",
        ),
        ("ValidationException", "DESTINATION_COUNTRY_BLOCKED", State.FAILED, "country-closed"),
        ("ValidationException", "PRICE_OVER_THRESHOLD", State.FAILED, "over-price"),
        ("ValidationException", "CANNOT_PARSE", State.FAILED, "CANNOT_PARSE"),
        ("ValidationException", None, State.FAILED, "ValidationException"),
        ("InternalServerException", None, State.IN_DOUBT, "InternalServerException"),
        ("SomethingNew", "SOMETHING_NEW", State.IN_DOUBT, "SomethingNew"),
    ],
)
def test_what_ends_a_text_has_the_rule_that_it_has_everywhere(
    code: str, reason: str | None, state: State, rule: str
) -> None:
    outcome = outcome_of_sms_voice(refusal(code, reason))
    assert (state, rule, None) == (outcome.state, outcome.reason, outcome.back_pressure)


@pytest.mark.parametrize(
    ("code", "reason", "kind", "rule"),
    [
        ("ThrottlingException", None, BackPressure.RATE, "ThrottlingException"),
        (
            "ServiceQuotaExceededException",
            "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
            BackPressure.ACCOUNT,
            "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT",
        ),
        ("AccessDeniedException", "ACCOUNT_DISABLED", BackPressure.ACCOUNT, "ACCOUNT_DISABLED"),
        ("AccessDeniedException", None, BackPressure.ACCOUNT, "AccessDeniedException"),
        (
            "ConflictException",
            "NO_ORIGINATION_IDENTITIES_FOUND",
            BackPressure.ACCOUNT,
            "origination-missing",
        ),
        (
            "ValidationException",
            "SENDER_ID_NOT_REGISTERED",
            BackPressure.ACCOUNT,
            "origination-missing",
        ),
        (
            "ConflictException",
            "DESTINATION_PHONE_NUMBER_NOT_VERIFIED",
            BackPressure.ACCOUNT,
            "sandbox",
        ),
        ("ConflictException", "RESOURCE_NOT_ACTIVE", BackPressure.ACCOUNT, "RESOURCE_NOT_ACTIVE"),
        (
            "ResourceNotFoundException",
            None,
            BackPressure.ACCOUNT,
            "ResourceNotFoundException",
        ),
    ],
)
def test_what_is_no_fault_of_a_text_lets_it_wait(
    code: str, reason: str | None, kind: BackPressure, rule: str
) -> None:
    outcome = outcome_of_sms_voice(refusal(code, reason))
    assert (State.REQUESTED, kind, rule) == (outcome.state, outcome.back_pressure, outcome.reason)


def test_a_call_that_never_left_waits_and_one_whose_answer_is_lost_is_in_doubt() -> None:
    url = "https://provider.example.com"
    states = [outcome_of_sms_voice(e(endpoint_url=url)).state for e in (ConnectTimeoutError, ReadTimeoutError)]  # fmt: skip
    assert [State.REQUESTED, State.IN_DOUBT] == states


def test_each_reason_is_one_that_the_api_gives_and_each_of_its_errors_is_understood() -> None:
    """A reason that is misspelt would be read as its code."""
    model = Session().get_service_model("pinpoint-sms-voice-v2")
    errors: Any = model.operation_model("SendTextMessage").error_shapes
    known = {
        reason
        for each in errors
        if "Reason" in each.members
        for reason in each.members["Reason"].enum
    }
    assert REASONS.keys() <= known
    # It is the service's own failure, and leaves it open.
    assert {e.name for e in errors} - SMS_VOICE.keys() == {"InternalServerException"}


def test_no_reason_holds_a_number() -> None:
    outcomes = [outcome_of_sms_voice(refusal(code, r)) for code in SMS_VOICE for r in (None, "NEW")]
    assert not [each for each in outcomes if "+1" in str(each.reason)]


def test_the_sdk_makes_one_attempt(client, executor) -> None:
    """Its own retry after a lost answer would send twice."""
    assert 1 == client.meta.config.retries["total_max_attempts"]

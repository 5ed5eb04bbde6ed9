from collections.abc import Mapping
from functools import partial

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.session import get_session

from ordercast.gateways.providers.errors import (
    SES,
    SNS,
    Meaning,
    outcome_of,
    read_ses,
    read_sns,
)
from ordercast.notifications.lifecycle import State
from ordercast.sending.outcome import BackPressure, Outcome

URL = "https://provider.example.com"

# The service itself does not know what became of the request.
THEIR_OWN_FAILURES = {"InternalError", "InternalFailure", "ServiceUnavailable"}


def refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "SendEmail")


@pytest.fixture(params=[SNS, SES], ids=["sns", "ses"])
def meanings(request: pytest.FixtureRequest) -> Mapping[str, Meaning]:
    return dict(request.param)


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
        HTTPClientError(error=OSError()),
        *map(refusal, sorted(THEIR_OWN_FAILURES)),
        refusal("RequestTimeoutException"),
        refusal("SomethingNobodyHasSeen"),
        refusal("502"),
    ],
    ids=str,
)
def test_a_send_that_may_have_happened_is_in_doubt(meanings, error: Exception) -> None:
    """The message may be on a phone already: saying "failed" or "not yet" would be a guess."""
    assert State.IN_DOUBT is outcome_of(error, meanings).state


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url=URL),
        EndpointConnectionError(endpoint_url=URL),
        CredentialRetrievalError(provider="x", error_msg="x"),
        refusal("Throttling"),
        refusal("TooManyRequestsException"),
        refusal("AccessDeniedException"),
        refusal("ExpiredTokenException"),
        refusal("UnrecognizedClientException"),
        refusal("InvalidClientTokenId"),
    ],
    ids=str,
)
def test_a_send_that_certainly_did_not_happen_waits_for_another_try(
    meanings, error: Exception
) -> None:
    assert State.REQUESTED is outcome_of(error, meanings).state


@pytest.mark.parametrize(
    "code", ["MailFromDomainNotVerifiedException", "SendingPausedException", "NotFoundException"]
)
def test_what_an_operator_can_mend_costs_nobody_their_message(code: str) -> None:
    assert State.REQUESTED is outcome_of(refusal(code), SES).state


def ses(code: str, text: str = "") -> Outcome:
    return outcome_of(
        refusal(code, text), SES, partial(read_ses, senders=["orders@shop.example.com"])
    )


def sns(code: str, text: str = "") -> Outcome:
    return outcome_of(refusal(code, text), SNS, read_sns)


FAILED_THE_CHECK = (
    "Email address is not verified. The following identities failed the check in region US-EAST-1: "
)


@pytest.mark.parametrize(
    ("outcome", "kind", "reason"),
    [
        (ses("TooManyRequestsException", "Maximum sending rate exceeded."), "rate", None),
        (ses("TooManyRequestsException", "Daily message quota exceeded."), "quota", "daily-quota"),
        (ses("Throttling", "Daily message quota exceeded."), "quota", "daily-quota"),
        (ses("LimitExceededException"), "quota", None),
        (ses("AccountSuspendedException"), "account", None),
        (ses("SendingPausedException"), "account", None),
        (ses("MailFromDomainNotVerifiedException"), "account", None),
        (ses("NotFoundException", "Configuration set <x> does not exist."), "account", None),
        (ses("OptInRequired"), "account", None),
        (
            ses("MessageRejected", FAILED_THE_CHECK + "orders@shop.example.com"),
            "account",
            "sender-not-verified",
        ),
        (
            ses("MessageRejected", FAILED_THE_CHECK + "ann@example.com, shop.example.com"),
            "account",
            "sender-not-verified",
        ),
        (
            ses("MessageRejected", FAILED_THE_CHECK + "Shop <Orders@shop.example.com>"),
            "account",
            "sender-not-verified",
        ),
        (
            ses("MessageRejected", "Email address is not verified."),
            "account",
            "sender-not-verified",
        ),
        (ses("MessageRejected", FAILED_THE_CHECK + "ann@shop.example.com"), "account", "sandbox"),
        (sns("AuthorizationError"), "account", None),
        (sns("KMSDisabled"), "account", None),
        (sns("KMSThrottling"), "rate", None),
        (
            sns("InvalidParameter", "No origination entities available to send"),
            "account",
            "origination-missing",
        ),
        (outcome_of(EndpointConnectionError(endpoint_url=URL), SES), "outage", None),
        (outcome_of(NoCredentialsError(), SNS), "rate", None),
    ],
    ids=str,
)
def test_back_pressure_is_of_the_rate_of_an_outage_of_a_quota_or_of_the_account(
    outcome: Outcome, kind: str, reason: str | None
) -> None:
    assert (State.REQUESTED, BackPressure(kind)) == (outcome.state, outcome.back_pressure)
    assert reason in {None, outcome.reason}


def test_bad_content_is_no_trouble_of_the_account() -> None:
    assert State.FAILED is ses("MessageRejected", "Email contains bad content").state
    assert State.FAILED is sns("InvalidParameter", "Invalid parameter: PhoneNumber").state


@pytest.mark.parametrize(
    ("meanings", "code"),
    [(SNS, "InvalidParameter"), (SES, "MessageRejected")],
    ids=["sns", "ses"],
)
def test_a_message_that_will_never_be_taken_has_failed(meanings, code: str) -> None:
    assert State.FAILED is outcome_of(refusal(code), meanings).state


def test_a_request_that_the_sdk_does_not_make_has_failed(meanings) -> None:
    assert State.FAILED is outcome_of(ParamValidationError(report="x"), meanings).state


@pytest.mark.parametrize(
    ("service", "operation", "table"), [("sns", "Publish", SNS), ("sesv2", "SendEmail", SES)]
)
def test_every_error_that_the_service_names_for_the_call_has_its_line(
    service: str, operation: str, table: Mapping[str, Meaning]
) -> None:
    shapes = get_session().get_service_model(service).operation_model(operation).error_shapes
    codes = {shape.metadata.get("error", {}).get("code", shape.name) for shape in shapes}

    assert codes - THEIR_OWN_FAILURES <= table.keys()


def test_a_failure_of_their_own_is_in_no_table(meanings) -> None:
    assert THEIR_OWN_FAILURES.isdisjoint(meanings)


def test_a_reason_is_a_code_and_never_the_providers_text() -> None:
    """SES quotes the address in its message, and reasons go into logs and onto the ledger."""
    outcome = outcome_of(refusal("MessageRejected", "ada@example.com is not verified"), SES)

    assert "MessageRejected" == outcome.reason

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from gateways.provider_errors import outcome_of
from notifications.lifecycle import State

URL = "https://provider.example.com"


def refusal(code: str, message: str = "") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "SendEmail")


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url=URL),
        ConnectionClosedError(endpoint_url=URL),
        refusal("InternalFailure"),
        refusal("ServiceUnavailable"),
        refusal("SomethingNobodyHasSeen"),
    ],
)
def test_a_send_that_may_have_happened_is_in_doubt(error: Exception) -> None:
    """The message may be on a phone already: saying "failed" or "not yet" would be a guess."""
    assert State.IN_DOUBT is outcome_of(error).state


@pytest.mark.parametrize(
    "error",
    [
        ConnectTimeoutError(endpoint_url=URL),
        EndpointConnectionError(endpoint_url=URL),
        refusal("Throttling"),
        refusal("TooManyRequestsException"),
    ],
)
def test_a_send_that_certainly_did_not_happen_waits_for_another_try(error: Exception) -> None:
    assert State.REQUESTED is outcome_of(error).state


@pytest.mark.parametrize(
    "error",
    [refusal("InvalidParameter"), refusal("MessageRejected"), ParamValidationError(report="x")],
)
def test_a_message_that_will_never_be_taken_has_failed(error: Exception) -> None:
    assert State.FAILED is outcome_of(error).state


def test_a_reason_is_a_code_and_never_the_providers_text() -> None:
    """SES quotes the address in its message, and reasons go into logs and onto the ledger."""
    outcome = outcome_of(refusal("MessageRejected", "ada@example.com is not verified"))

    assert "MessageRejected" == outcome.reason

"""The results of invocations are classified."""

import io
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from support.doubles import FakeClient, silent

from lambda_event_sources.drivers.functions import Functions
from lambda_event_sources.mapping import PAYLOAD_LIMIT
from lambda_event_sources.outcomes import Errored, NotInvoked, Returned


def functions(invoke: Any) -> tuple[Functions, FakeClient]:
    calls = FakeClient(invoke=invoke)
    return Functions(calls, log=silent), calls


def an_answer(body: bytes, **more: Any) -> dict[str, Any]:
    return {"Payload": io.BytesIO(body), "ResponseMetadata": {"RequestId": "r-1"}, **more}


THROTTLED = ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (an_answer(b"null"), Returned(payload=b"null", request_id="r-1")),
        (
            an_answer(b'{"errorType": "E"}', FunctionError="Unhandled"),
            Errored(error="Unhandled", request_id="r-1"),
        ),
        (THROTTLED, NotInvoked(reason="TooManyRequestsException")),
        (ReadTimeoutError(endpoint_url="x"), Errored(error="TimedOut")),
        (EndpointConnectionError(endpoint_url="x"), NotInvoked(reason="EndpointConnectionError")),
    ],
)
def test_results_of_invocations_are_classified(answer, outcome):
    functions_, _ = functions(answer)

    assert outcome == functions_.invoke("f", b"{}")


def test_more_than_six_megabytes_are_never_sent():
    functions_, calls = functions(an_answer(b"null"))

    assert NotInvoked(reason="RequestTooLarge") == functions_.invoke(
        "f", b"x" * (PAYLOAD_LIMIT + 1)
    )
    assert [] == calls.made


def test_an_errors_message_is_not_noted():
    functions_, _ = functions(
        an_answer(b'{"errorType": "E", "errorMessage": "ann@x"}', FunctionError="Unhandled"),
    )
    noted: list[Any] = []
    functions_._log = lambda slug, **fields: noted.append((slug, fields))  # noqa: SLF001

    functions_.invoke("arn:aws:lambda:us-east-1:1:function:relay", b"{}")

    assert [("function_raised", {"function": "relay", "error": "E"})] == noted

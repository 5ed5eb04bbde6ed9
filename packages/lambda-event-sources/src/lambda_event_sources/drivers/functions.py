"""Invoke functions and classify the result. Used by the queue and stream drivers."""

import json
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

from lambda_event_sources.drivers.log import Log
from lambda_event_sources.outcomes import Errored, NotInvoked, Outcome, Returned, rejection_by_size


class Functions:
    """The functions behind one Lambda client; safe to share by threads."""

    def __init__(self, lambda_client: Any, *, log: Log) -> None:  # noqa: ANN401
        self._lambda = lambda_client
        self._log = log
        self.role_of = cache(self._ask_role)

    def invoke(self, function_arn: str, event: bytes) -> Outcome:
        """Invoke a function and wait; never raises for an error of the function or of AWS."""
        if refused := rejection_by_size(event):
            return self._not_invoked(function_arn, refused.reason)
        try:
            answer = self._lambda.invoke(FunctionName=function_arn, Payload=event)
            body = answer["Payload"].read()
        except ClientError as error:
            return self._not_invoked(function_arn, error.response["Error"]["Code"])
        except ReadTimeoutError:
            return Errored(error="TimedOut")
        except BotoCoreError as error:
            return self._not_invoked(function_arn, type(error).__name__)
        request_id = answer["ResponseMetadata"].get("RequestId", "")
        if error_kind := answer.get("FunctionError"):
            self._log("function_raised", function=_short(function_arn), error=_error_type(body))
            return Errored(error=error_kind, request_id=request_id)
        return Returned(payload=body, request_id=request_id)

    def _not_invoked(self, function_arn: str, reason: str) -> NotInvoked:
        self._log("function_not_invoked", function=_short(function_arn), reason=reason)
        return NotInvoked(reason=reason)

    def _ask_role(self, function_arn: str) -> str:
        return str(self._lambda.get_function_configuration(FunctionName=function_arn)["Role"])


INVOKE_READ_TIMEOUT = 15 * 60 + 10
"""Seconds that the Lambda client has to wait for an answer: a function runs 15 minutes at most."""


def _short(function_arn: str) -> str:
    return function_arn.partition(":function:")[2]


def _error_type(body: bytes) -> str:
    """Return the error's type; its message is left out because it may quote the event."""
    try:
        return str(json.loads(body)["errorType"])
    except (ValueError, KeyError, TypeError):
        return "unknown"

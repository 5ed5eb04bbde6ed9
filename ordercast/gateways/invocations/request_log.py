"""Provide a function's log, with the id of the request that it is invoked for. Used by all functions."""

from functools import cache
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def request_log(service: str, context: "LambdaContext") -> Logger:
    """Return the log of *service* for one invocation."""
    log = _log(service)
    log.append_keys(request_id=context.aws_request_id)
    return log


@cache
def _log(service: str) -> Logger:
    return Logger(service=service)

"""Read the remaining time from the Lambda context. Used by the relay, the senders, the sweeper and the verifier."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


def deadline(context: "LambdaContext") -> Callable[[], timedelta]:
    """Return a function that answers the time left before Lambda ends the invocation."""
    return lambda: timedelta(milliseconds=context.get_remaining_time_in_millis())

"""Lambda's context in, how much time is left before the function is ended out."""

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from ordercast.workflows.ports import Deadline


def deadline(context: "LambdaContext") -> "Deadline":
    """Return what says, whenever it is asked, how much time is left."""
    return lambda: timedelta(milliseconds=context.get_remaining_time_in_millis())

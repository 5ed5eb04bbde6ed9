"""A message's request to build and its call to make in, what became of the message out.

Nothing is raised: what one message trips over must not hide what became of its neighbours.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from gateways.provider_errors import Meaning, outcome_of
from notifications.outcome import Outcome, accepted, not_now, unknown

Request = TypeVar("Request")


def one_call(
    build: Callable[[], Request],
    call: Callable[[Request], str],
    meanings: Mapping[str, Meaning],
) -> Outcome:
    """Build the request, make the call, which answers the message's id, and say what it came to."""
    try:
        request = build()
    except Exception as error:  # noqa: BLE001 - a bug, and certainly no call: another try, then parked
        return not_now(_bug(error))
    try:
        return accepted(call(request))
    except (BotoCoreError, ClientError) as error:
        return outcome_of(error, meanings)
    except Exception as error:  # noqa: BLE001 - a bug in reading the answer: it may have gone out
        return unknown(_bug(error))


def _bug(error: Exception) -> str:
    return f"bug:{type(error).__name__}"

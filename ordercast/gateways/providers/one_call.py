"""Make at most one provider call a message, side by side, and answer an outcome for each.

Nothing is raised: one message's error must not hide the outcomes of its neighbours.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from ordercast.pacing.bucket import Wait
from ordercast.sending.outcome import Outcome, Outgoing, accepted, not_now, refused, unknown

Request = TypeVar("Request")


def one_call_each(
    messages: Sequence[Outgoing],
    executor: Executor,
    *,
    wait: Wait,
    build: Callable[[Outgoing], Request],
    call: Callable[[Request], str],
    outcome_of: Callable[[Exception], Outcome],
) -> list[Outcome]:
    """Build each message's request, make its call, which answers an id, and return the outcomes.

    At most one call a message, concurrently, each at its slot; the answers are in the messages' order.
    """
    return list(executor.map(lambda each: _one_call(each, wait, build, call, outcome_of), messages))


def _one_call(
    message: Outgoing,
    wait: Wait,
    build: Callable[[Outgoing], Request],
    call: Callable[[Request], str],
    outcome_of: Callable[[Exception], Outcome],
) -> Outcome:
    if message.notification.recipient is None:
        return refused("no-recipient")
    if message.not_before:
        wait(message.not_before)
    began = perf_counter()
    try:
        request = build(message)
    except Exception as error:  # noqa: BLE001 - a bug, and certainly no call: another try, then parked
        return not_now(_bug(error))
    outcome = _answer(request, call, outcome_of)
    return replace(outcome, took=timedelta(seconds=perf_counter() - began))


def _answer(
    request: Request,
    call: Callable[[Request], str],
    outcome_of: Callable[[Exception], Outcome],
) -> Outcome:
    try:
        return accepted(call(request))
    except (BotoCoreError, ClientError) as error:
        return outcome_of(error)
    except Exception as error:  # noqa: BLE001 - a bug in reading the answer: it may have gone out
        return unknown(_bug(error))


def _bug(error: Exception) -> str:
    return f"bug:{type(error).__name__}"

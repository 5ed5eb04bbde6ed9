"""Run a handler as Lambda would: JSON events and responses, a context, planned faults. Used by both runs."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol
from uuid import NAMESPACE_OID, uuid5

from lambda_event_sources.events import encoded, lambda_event
from lambda_event_sources.harness.items import Fault, TimesOut, apply_fault
from lambda_event_sources.harness.report import Record, name_of
from lambda_event_sources.outcomes import Errored, Outcome, Returned, rejection_by_size

Handler = Callable[[dict[str, Any], Any], Any]
"""A Lambda handler, of an event and a context."""


class Clock(Protocol):
    """A clock that is set: `at` is the time, and a call returns it."""

    at: datetime

    def __call__(self) -> datetime:
        """Return the time."""


@dataclass(slots=True)
class ManualClock:
    """The clock of a run that was given none."""

    at: datetime

    def __call__(self) -> datetime:
        """Return the time."""
        return self.at


@dataclass(frozen=True, slots=True, kw_only=True)
class CognitoIdentity:
    """The identity in the context of an invocation that no mobile application made."""

    cognito_identity_id: None = None
    cognito_identity_pool_id: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The Lambda context: every field that AWS documents.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    aws_request_id: str
    invoked_function_arn: str
    ends_at: datetime
    clock: Clock
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = "128"  # text, as the runtime reads it from its environment
    log_stream_name: str = "2026/03/02/[$LATEST]0123456789abcdef0123456789abcdef"
    identity: CognitoIdentity = field(default_factory=CognitoIdentity)
    client_context: None = None
    tenant_id: None = None

    @property
    def function_name(self) -> str:
        """Return the function's name."""
        return self.invoked_function_arn.split(":")[6]

    @property
    def log_group_name(self) -> str:
        """Return the function's default log group."""
        return f"/aws/lambda/{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still run."""
        return round((self.ends_at - self.clock()).total_seconds() * 1000)


@dataclass(slots=True, kw_only=True)
class Function:
    """A handler as Lambda runs it: events and responses pass through JSON.

    `faults` are planned by source and record name; each invocation with such a record uses one up.
    """

    handler: Handler
    arn: str
    clock: Clock
    timeout: timedelta
    duration: Callable[[], timedelta]
    faults: dict[tuple[str, str], list[Fault]] = field(default_factory=dict)
    invoked: int = 0

    def plan_faults(self, source: str, name: str, faults: list[Fault]) -> None:
        """Plan faults for a record."""
        if faults:
            self.faults[source, name] = [each for each in faults if each.times > 0]

    def invoke(
        self,
        source: str,
        records: tuple[Record, ...],
        window_fields: Mapping[str, Any] | None = None,
    ) -> tuple[Outcome, timedelta]:
        """Invoke the handler with records; return the outcome and how long it took."""
        event = encoded(lambda_event(records, window_fields))
        if refused := rejection_by_size(event):
            return refused, timedelta()
        self.invoked += 1
        request_id = str(uuid5(NAMESPACE_OID, f"{self.arn} {self.invoked}"))
        for record in records:
            if waiting := self.faults.get((source, name_of(record))):
                fault = self._use_up(waiting)
                took = self.timeout if isinstance(fault, TimesOut) else self.duration()
                run = partial(self._run, event, request_id)
                return apply_fault(fault, name_of(record), run, request_id), took
        return self._run(event, request_id), self.duration()

    def _use_up(self, waiting: list[Fault]) -> Fault:
        fault = waiting[0]
        if fault.times == 1:
            waiting.pop(0)
        else:
            waiting[0] = replace(fault, times=fault.times - 1)
        return fault

    def _run(self, event: bytes, request_id: str) -> Outcome:
        ends_at = self.clock() + self.timeout
        context = Context(
            aws_request_id=request_id,
            invoked_function_arn=self.arn,
            ends_at=ends_at,
            clock=self.clock,
        )
        try:
            answer = self.handler(json.loads(event), context)
            payload = json.dumps(answer).encode()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever ends a function ends it
            return Errored(request_id=request_id, exception=error)
        return Returned(payload=payload, request_id=request_id)

"""Stand between the functions and every service, and fail some calls. Used by the chaos run.

The event sources call through it, too: so reads, deletions and invocations fail as well.
"""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from local_cloud.provider_simulator.answers import as_json, as_xml_error
from local_cloud.provider_simulator.errors import Dropped
from local_cloud.provider_simulator.forwarding import Forwarding, Unreachable
from local_cloud.provider_simulator.http_messages import HttpRequest, HttpResponse
from local_cloud.provider_simulator.signature import signed_for


class CallFault(StrEnum):
    """What happens to a call."""

    LATENCY = "latency"
    RESET = "connection closed before"  # the service never sees the call
    LOST_ANSWER = "answer lost"  # the service has done it
    ERROR = "5xx"
    THROTTLED = "throttled"


CALM: Mapping[CallFault, float] = dict.fromkeys(CallFault, 0.0)
USUAL: Mapping[CallFault, float] = {
    CallFault.LATENCY: 0.05,
    CallFault.RESET: 0.01,
    CallFault.LOST_ANSWER: 0.01,
    CallFault.ERROR: 0.02,
    CallFault.THROTTLED: 0.02,
}
"""The share of calls with each trouble."""

STORM = 4.0
"""So many times as often a service is in trouble while there is a storm over it."""

LONGEST_LATENCY = 2.0  # seconds

PROVIDERS = {"sns", "ses", "sms-voice"}
"""Services whose calls the provider simulator answers, or passes on; as calls are signed."""


@dataclass(slots=True, kw_only=True)
class FaultProxy:
    """Answers calls, or fails them by chance; `thrown` counts by trouble and service.

    *emulator* and *simulator* are URLs, which are known after the proxy listens.
    """

    chance: Random
    emulator: str = ""
    simulator: str = ""
    shares: Mapping[CallFault, float] = field(default_factory=lambda: CALM)
    storms: set[str] = field(default_factory=set)
    thrown: Counter[tuple[CallFault, str]] = field(default_factory=Counter, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def answer(self, call: HttpRequest) -> HttpResponse:
        """Answer one call; raises Dropped where its connection is to be closed."""
        _, service = signed_for(call)
        trouble, seconds = self._fate(service, call)
        if trouble is CallFault.LATENCY:
            threading.Event().wait(seconds)
        elif trouble is CallFault.RESET:
            raise Dropped
        elif trouble in {CallFault.ERROR, CallFault.THROTTLED}:
            return error_of(trouble, service, call)
        try:
            said = Forwarding(self.simulator if service in PROVIDERS else self.emulator)(call)
        except Unreachable:
            raise Dropped from None
        if trouble is CallFault.LOST_ANSWER:
            raise Dropped
        return said

    def _fate(self, service: str, call: HttpRequest) -> tuple[CallFault | None, float]:
        with self._lock:
            drawn, seconds = self.chance.random(), self.chance.uniform(0.1, LONGEST_LATENCY)
            if not _may_fail(service, call):
                return None, 0.0
            factor = STORM if service in self.storms else 1.0
            for trouble, share in self.shares.items():
                drawn -= share * factor
                if drawn < 0:
                    self.thrown[trouble, service] += 1
                    return trouble, seconds
        return None, 0.0


def error_of(trouble: CallFault, service: str, call: HttpRequest) -> HttpResponse:
    """Write an error in the protocol of the call."""
    throttled = trouble is CallFault.THROTTLED
    if call.header("x-amz-target"):
        code = (
            _THROTTLED.get(service, "ThrottlingException") if throttled else "InternalServerError"
        )
        return as_json(400 if throttled else 500, {"__type": code, "message": "Thrown."})
    if service == "lambda":
        code = "TooManyRequestsException" if throttled else "ServiceException"
        headers = [("x-amzn-ErrorType", code)]
        return as_json(429 if throttled else 500, {"message": "Thrown."}, headers)
    if service == "s3":
        return as_xml_error("SlowDown" if throttled else "InternalError", "Thrown.", 503)
    return as_xml_error(
        "Throttling" if throttled else "InternalFailure", "Thrown.", 400 if throttled else 500
    )


_THROTTLED = {
    "dynamodb": "ProvisionedThroughputExceededException",
    "kinesis": "ProvisionedThroughputExceededException",
    "sqs": "RequestThrottled",
}


def _may_fail(service: str, call: HttpRequest) -> bool:
    """Whether a call may be met: what Lambda itself asks about its mappings is not of the flow."""
    return service != "lambda" or call.path.endswith("/invocations")

"""Set, show and clear faults by HTTP on the simulator's own port. Used by `server`, and by commands as a client."""

import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from msgspec import Struct, ValidationError, json

from local_cloud.provider_simulator.faults.active import ActiveFaults
from local_cloud.provider_simulator.faults.fault import (
    ENDPOINTS,
    FaultKind,
    ProviderFault,
    ProviderName,
)
from local_cloud.provider_simulator.faults.regional_endpoints import RegionalEndpoints
from local_cloud.provider_simulator.http_messages import HttpRequest, HttpResponse

PATH = "/_simulator/faults"


class MetFault(Struct, frozen=True, kw_only=True):
    """How many calls a fault has met since the simulator started."""

    provider: ProviderName
    region: str
    kind: FaultKind
    calls: int


class Shown(Struct, frozen=True, kw_only=True):
    """The faults that are set, and those that calls have met."""

    faults: list[ProviderFault]
    met: list[MetFault]


class Change(Struct, frozen=True, kw_only=True):
    """What to change: faults to set, for some seconds if they end; providers and Regions to clear."""

    set: list[ProviderFault] = []
    clear: list[tuple[ProviderName, str]] = []
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultControl:
    """Answers the calls that set and show faults; a change counts when its answer comes."""

    faults: ActiveFaults
    endpoints: RegionalEndpoints | None = None

    def answer(self, call: HttpRequest) -> HttpResponse | None:
        """Answer a call to PATH; None for every other."""
        if call.path != PATH:
            return None
        if call.method == "POST":
            try:
                self._change(json.decode(call.body, type=Change))
            except ValidationError as error:
                return _answer(HTTPStatus.BAD_REQUEST, {"message": str(error)})
        met = [
            MetFault(provider=provider, region=region, kind=kind, calls=calls)
            for (provider, region, kind), calls in sorted(self.faults.met.items())
        ]
        return _answer(HTTPStatus.OK, Shown(faults=self.faults.all(), met=met))

    def _change(self, change: Change) -> None:
        until = None
        if change.seconds is not None:
            until = self.faults.now() + timedelta(seconds=change.seconds)
        self.faults.clear(change.clear)
        self.faults.set(
            ProviderFault(
                provider=each.provider,
                region=each.region,
                kind=each.kind,
                value=each.value,
                until=until,
            )
            for each in change.set
        )
        if self.endpoints:
            self.endpoints.follow()


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultClient:
    """Sets faults of the provider simulator at *endpoint*. Used by commands and tests."""

    endpoint: str

    def show(self) -> Shown:
        """Return what is set, and what calls have met."""
        return self._call(None)

    def set(self, faults: Iterable[ProviderFault], *, duration: timedelta | None = None) -> None:
        """Set faults, for ever or for a while."""
        seconds = duration.total_seconds() if duration is not None else None
        self._call(Change(set=list(faults), seconds=seconds))

    def clear(self, endpoints: Iterable[tuple[ProviderName, str]] = ENDPOINTS) -> None:
        """Lift every fault of these providers and Regions."""
        self._call(Change(clear=list(endpoints)))

    def _call(self, change: Change | None) -> Shown:
        asked = urllib.request.Request(  # noqa: S310 - the loopback interface
            f"{self.endpoint}{PATH}", data=json.encode(change) if change else None
        )
        with urllib.request.urlopen(asked, timeout=_TIMEOUT) as said:  # noqa: S310 - likewise
            return json.decode(said.read(), type=Shown)


_TIMEOUT = 10.0  # seconds


def _answer(status: int, body: object) -> HttpResponse:
    headers = [("Content-Type", "application/json")]
    return HttpResponse(status=status, headers=headers, body=json.encode(body))

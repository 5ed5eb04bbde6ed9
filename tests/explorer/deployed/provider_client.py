"""Give the gateways a client of SNS and SES that leads to the simulated provider. Used by the explorer's functions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from ordercast.notifications.notification import Notification
from ordercast.sending.outcome import Outcome, Outgoing
from tests.explorer.deployed.provider import Carrier
from tests.explorer.faults.journal import ProviderCall, Report


@dataclass(slots=True)
class SnsSide:
    """Where SMS calls arrive."""

    carrier: Carrier

    def publish(self, call: ProviderCall) -> dict[str, str]:
        return self.carrier.take(call)


@dataclass(slots=True)
class SesSide:
    """Where e-mail calls arrive."""

    carrier: Carrier

    def send_email(self, call: ProviderCall) -> dict[str, str]:
        return self.carrier.take(call)


@dataclass(slots=True)
class BotoClient:
    """The client that both gateways call; `watched` leads to the provider's side of it."""

    carrier: Carrier
    watched: Any
    attempts: int = 1

    def publish(self, **named: Any) -> Any:
        row = self.carrier.begin(named["PhoneNumber"])
        ceiling = named["MessageAttributes"].get("AWS.SNS.SMS.MaxPrice", {}).get("StringValue")
        if not ceiling or ceiling != str(row.reserved):
            about = f"{row.order.order_id} {row.channel}"
            self.carrier.journal.breaks.append(f"P7: {about}: called without a reserved ceiling")
        return self._call(self.watched.publish, row)

    def send_email(self, **named: Any) -> Any:
        (recipient,) = named["Destination"]["ToAddresses"]
        row = self.carrier.begin(recipient)
        return self._call(self.watched.send_email, row)

    def _call(self, method: Callable[[ProviderCall], Any], row: Notification) -> Any:
        """Make as many attempts as the SDK is set to: one, for a provider."""
        for attempt in range(1, self.attempts + 1):
            call = self.carrier.called(row)
            try:
                answer = method(call)
            except (ReadTimeoutError, EndpointConnectionError, ClientError) as error:
                if _is_certain(error):
                    call.reported = Report.CERTAINLY_NOT
                call.back_pressure = _is_back_pressure(error)
                if attempt == self.attempts or not _sdk_retries(error):
                    raise
            else:
                call.reported = Report.TAKEN
                return answer
        raise AssertionError(row.id)


@dataclass(slots=True)
class AnnouncedProvider:
    """A provider's gateway, which tells the carrier first whose messages are to come."""

    gateway: Any
    carrier: Carrier

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        before, self.carrier.expected = self.carrier.expected, list(messages)
        try:
            outcomes: list[Outcome] = self.gateway.send(messages)
            return outcomes
        finally:
            self.carrier.expected = before


def _is_certain(error: Exception) -> bool:
    return isinstance(error, EndpointConnectionError) or _is_client_s(error)


def _is_client_s(error: Exception) -> bool:
    return isinstance(error, ClientError) and _status(error) < _SERVER_SIDE


def _is_back_pressure(error: Exception) -> bool:
    if isinstance(error, EndpointConnectionError):
        return True
    return isinstance(error, ClientError) and error.response["Error"]["Code"] in _BACK_PRESSURE


_BACK_PRESSURE = {"ThrottlingException", "SendingPausedException"}


def _sdk_retries(error: Exception) -> bool:
    return not isinstance(error, ClientError) or _status(error) in {429, _SERVER_SIDE}


def _status(error: ClientError) -> int:
    return error.response["ResponseMetadata"]["HTTPStatusCode"]


_SERVER_SIDE = 500

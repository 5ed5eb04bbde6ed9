"""Answer botocore's requests to the providers with a result, an error or silence. Used by tests of senders.

It stands where the network does, so that everything above it, the SDK and our gateways, is real.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from ordercast.gateways import clients
from ordercast.wiring.clock import utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Meets:
    """What a call meets: an error's code and HTTP status, or what the SDK raises; else an answer.

    `taken` is whether the message goes out all the same, `times` how often it is so.
    """

    name: str
    code: str = ""
    status: int = 400
    raises: Exception | None = None
    taken: bool = False
    times: int = 10**6


@dataclass(slots=True)
class ProviderWire:
    """The providers' endpoints; `meets` says what each recipient's calls meet."""

    meets: dict[str, Meets] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)

    def client(self, provider: str) -> Any:
        """Return the client that is deployed for a provider, with this at the other end."""
        client: Any = _CLIENTS[provider](now=utc_now)
        client.meta.events.register("before-send", self._answer)
        return client

    def _answer(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        speaks = _SPEAKS[event_name.rpartition(".")[2]]
        to = speaks.recipient(request)
        self.calls[to] += 1
        meets = self.meets.get(to)
        trouble = meets if meets and self.calls[to] <= meets.times else None
        if trouble is None or trouble.taken:
            self.taken[to] += 1
        if trouble is None:
            return speaks.result(200, f"m-{self.calls.total()}")
        if trouble.raises is not None:
            raise trouble.raises
        return speaks.error(trouble.status, trouble.code, to)


def raised(*kinds: type[Exception]) -> list[Exception]:
    """Make one of each of botocore's exceptions, which want words of different names."""
    words = ("endpoint_url", "proxy_url", "provider", "error_msg", "cred_var", "error")
    return [kind(**dict.fromkeys(words, "x")) for kind in kinds]


def _number(request: AWSPreparedRequest) -> str:
    return parse_qs(_body(request))["PhoneNumber"][0]


def _destination(request: AWSPreparedRequest) -> str:
    return str(json.loads(_body(request))["DestinationPhoneNumber"])


def _address(request: AWSPreparedRequest) -> str:
    (address,) = json.loads(_body(request))["Destination"]["ToAddresses"]
    return str(address)


def _body(request: AWSPreparedRequest) -> str:
    body: Any = request.body
    return body.decode() if isinstance(body, bytes) else str(body)


def _sns(status: int, message_id: str) -> AWSResponse:
    return _response(
        status,
        f'<PublishResponse xmlns="{_SNS}"><PublishResult><MessageId>{message_id}</MessageId>'
        "</PublishResult></PublishResponse>",
    )


def _ses(status: int, message_id: str) -> AWSResponse:
    return _response(status, json.dumps({"MessageId": message_id}))


def _sns_error(status: int, code: str, to: str) -> AWSResponse:
    return _response(
        status,
        f'<ErrorResponse xmlns="{_SNS}"><Error><Type>Sender</Type><Code>{code}</Code>'
        f"<Message>{to} is not valid</Message></Error></ErrorResponse>",
    )


def _ses_error(status: int, code: str, to: str) -> AWSResponse:
    body = json.dumps({"message": f"{to} is not valid"})
    return _response(status, body, {"x-amzn-ErrorType": code})


def _sms_voice_error(status: int, code: str, to: str) -> AWSResponse:
    """Answer a code, and the reason after it where there is one: `ConflictException/OPTED_OUT`."""
    code, _, reason = code.partition("/")
    body = {"__type": code, "Message": f"{to} is not valid", "Reason": reason}
    return _response(status, json.dumps(body))


def _response(status: int, body: str, headers: dict[str, str] | None = None) -> AWSResponse:
    named: Any = headers or {}
    raw: Any = _Raw(body.encode())
    return AWSResponse("https://provider.example.com", status, named, raw)


@dataclass(slots=True)
class _Raw:
    body: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.body


@dataclass(frozen=True, slots=True)
class _Speaks:
    """How a provider is asked and answers."""

    recipient: Callable[[AWSPreparedRequest], str]
    result: Callable[[int, str], AWSResponse]
    error: Callable[[int, str, str], AWSResponse]


_SPEAKS = {
    "Publish": _Speaks(_number, _sns, _sns_error),
    "SendTextMessage": _Speaks(_destination, _ses, _sms_voice_error),
    "SendEmail": _Speaks(_address, _ses, _ses_error),
}
_CLIENTS: dict[str, Callable[..., Any]] = {
    "sns": clients.sms_provider,
    "sms-voice": clients.text_provider,
    "ses": clients.email_provider,
}
_SNS = "http://sns.amazonaws.com/doc/2010-03-31/"

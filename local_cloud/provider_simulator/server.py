"""Serve the simulated providers over HTTP and forward every other call to the emulator. Used by `services`."""

import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from local_cloud.environment import REGION
from local_cloud.event_log import Log
from local_cloud.provider_simulator.account_api import AccountApi
from local_cloud.provider_simulator.answers import as_json, as_xml, as_xml_error
from local_cloud.provider_simulator.api import ProviderApi
from local_cloud.provider_simulator.emulator_client import EmulatorClient
from local_cloud.provider_simulator.errors import Dropped, Refused
from local_cloud.provider_simulator.faults.active import ActiveFaults, MetFaults
from local_cloud.provider_simulator.faults.control import FaultControl
from local_cloud.provider_simulator.faults.fault import FaultKind, ProviderName
from local_cloud.provider_simulator.forwarding import Unreachable
from local_cloud.provider_simulator.http_messages import HttpRequest, HttpResponse
from local_cloud.provider_simulator.signature import signed_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    """Route each call to the simulated API or to the emulator.

    *refuses*: connections are refused before a call, where a provider is down; else they are closed.
    """

    api: ProviderApi
    account: AccountApi
    emulator: EmulatorClient
    faults: ActiveFaults
    log: Log
    control: FaultControl | None = None
    refuses: bool = False

    def answer(self, call: HttpRequest) -> HttpResponse:
        """Answer one call; raises Dropped where its connection is to be closed."""
        if self.control and (said := self.control.answer(call)) is not None:
            return said
        region, _ = signed_for(call)
        provider = _provider_of(call)
        if provider is None:
            return self._unchanged(call)
        met = self.faults.meet(provider, region)
        if said := self._failure(met, provider, region):
            return said
        said = self._provided(call, region or REGION, met)
        if FaultKind.LOST_ANSWERS in met.kinds:
            raise Dropped
        return said

    def _failure(self, met: MetFaults, provider: ProviderName, region: str) -> HttpResponse | None:
        """Return the error that meets a call, after what makes it slow; raises Dropped."""
        down = not self.refuses and self.faults.is_set(provider, region, FaultKind.DOWN)
        if down or FaultKind.CLOSED in met.kinds:
            raise Dropped
        if FaultKind.HANGING in met.kinds:
            self.faults.hang(provider, region)
            raise Dropped
        threading.Event().wait(met.seconds)
        for kind, errors in ((FaultKind.THROTTLING, THROTTLED), (FaultKind.ERRORS, FAILED)):
            if kind in met.kinds:
                return _refusal(provider, errors[provider])
        return None

    def _provided(self, call: HttpRequest, region: str, met: MetFaults) -> HttpResponse:
        receipts = FaultKind.NO_RECEIPTS not in met.kinds
        path = urlsplit(call.path).path.rstrip("/")
        if call.method == "POST" and path == _SEND_EMAIL:
            return self._email(call, region, receipts=receipts)
        if call.header("x-amz-target") == _SEND_TEXT_MESSAGE:
            return self._voice_text(call, region, receipts=receipts)
        parameters = _publish_parameters(call)
        if parameters is not None:
            return self._text_message(parameters, region, receipts=receipts)
        return self._unchanged(call)

    def _unchanged(self, call: HttpRequest) -> HttpResponse:
        try:
            if (said := self.account.answer(call)) is not None:
                return said
            return self.emulator.pass_on(call)
        except Unreachable:
            self.log("emulator_unreachable", method=call.method)
            # The SDK takes this for an error that may pass, in both protocols.
            return as_xml_error("ServiceUnavailable", "The emulator does not answer.", 503)

    def _email(self, call: HttpRequest, region: str, *, receipts: bool) -> HttpResponse:
        try:
            message_id = self.api.send_email(call.body, region=region, receipts=receipts)
        except Refused as refused:
            self.log("email_refused", code=refused.code)
            return _refusal("ses", refused)
        return as_json(200, {"MessageId": message_id})

    def _voice_text(self, call: HttpRequest, region: str, *, receipts: bool) -> HttpResponse:
        try:
            message_id = self.api.send_voice_text(call.body, region=region, receipts=receipts)
        except Refused as refused:
            self.log("sms_refused", code=refused.code)
            return _refusal("sms-voice", refused)
        return as_json(200, {"MessageId": message_id})

    def _text_message(
        self, parameters: dict[str, str], region: str, *, receipts: bool
    ) -> HttpResponse:
        try:
            message_id = self.api.send_text_message(parameters, region=region, receipts=receipts)
        except Refused as refused:
            self.log("sms_refused", code=refused.code)
            return _refusal("sns", refused)
        return as_xml("Publish", f"<MessageId>{message_id}</MessageId>")


THROTTLED: Mapping[ProviderName, Refused] = {
    "sns": Refused(code="Throttling", message="Rate exceeded"),
    "ses": Refused(code="TooManyRequestsException", message="Rate exceeded", status=429),
    "sms-voice": Refused(code="ThrottlingException", message="Rate exceeded"),
}
FAILED: Mapping[ProviderName, Refused] = {
    "sns": Refused(code="InternalError", message="Simulated.", status=500),
    "ses": Refused(code="InternalServiceErrorException", message="Simulated.", status=500),
    "sms-voice": Refused(code="InternalServerException", message="Simulated.", status=500),
}


def _refusal(provider: ProviderName, refused: Refused) -> HttpResponse:
    """Write an error as the provider's protocol has it."""
    if provider == "sns":
        return as_xml_error(refused.code, refused.message, refused.status)
    body = {"__type": refused.code, "message": refused.message, "Message": refused.message}
    return as_json(
        refused.status, body | {"Reason": refused.reason}, [("x-amzn-ErrorType", refused.code)]
    )


class Answers(Protocol):
    """What a server asks for the answer to a call."""

    def answer(self, call: HttpRequest) -> HttpResponse:
        """Answer one call; raises Dropped where its connection is to be closed."""


def server_on(listener: socket.socket, router: Answers) -> ThreadingHTTPServer:
    """Make a server on a listening socket; the caller runs `serve_forever`."""

    class Handler(_Handler):
        used_router = router

    server = _Server(listener.getsockname(), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.daemon_threads = True
    return server


SERVER_NAME = "Ordercast-ProviderName-Simulator (simulation)"

_SEND_EMAIL = "/v2/email/outbound-emails"
_SEND_TEXT_MESSAGE = "PinpointSMSVoiceV2.SendTextMessage"


class _Server(ThreadingHTTPServer):
    refuses = False  # connections, from now on: an open one ends with its next answer

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Ignore callers that hang up; print other errors."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    used_router: Answers
    protocol_version = "HTTP/1.1"
    # Otherwise each small answer waits 40 ms for an acknowledgement.
    disable_nagle_algorithm = True

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        call = HttpRequest(
            method=self.command, path=self.path, headers=dict(self.headers), body=body
        )
        try:
            answer = self.used_router.answer(call)
        except Dropped:
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        self.send_header("Server", SERVER_NAME)
        for name, value in answer.headers:
            if name.lower() not in {"connection", "transfer-encoding", "content-length", "server"}:
                self.send_header(name, value)
        if isinstance(self.server, _Server) and self.server.refuses:
            self.send_header("Connection", "close")  # and this side closes it, too
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _handle  # noqa: N815

    def log_message(self, *_: Any) -> None:  # noqa: ANN401
        """Log nothing: a request line may hold an address."""


def _publish_parameters(call: HttpRequest) -> dict[str, str] | None:
    """Read the parameters of a Publish to a phone number; None for any other call."""
    form = call.header("content-type").startswith("application/x-www-form-urlencoded")
    if call.method != "POST" or not form:
        return None
    parameters = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
    if parameters.get("Action") != "Publish" or "PhoneNumber" not in parameters:
        return None
    # With a topic beside it the call is wrong: the emulator refuses it.
    return None if {"TopicArn", "TargetArn"} & parameters.keys() else parameters


def _provider_of(call: HttpRequest) -> ProviderName | None:
    """Name the simulated provider that a call is for; a topic's calls are the emulator's."""
    if urlsplit(call.path).path.startswith("/v2/email/"):
        return "ses"
    if call.header("x-amz-target").startswith("PinpointSMSVoiceV2."):
        return "sms-voice"
    if _publish_parameters(call) is not None:
        return "sns"
    form = call.header("content-type").startswith("application/x-www-form-urlencoded")
    action = dict(parse_qsl(call.body.decode())).get("Action") if form else None
    return "sns" if action in _SMS_ACTIONS else None


_SMS_ACTIONS = {
    "CheckIfPhoneNumberIsOptedOut",
    "GetSMSAttributes",
    "GetSMSSandboxAccountStatus",
    "ListPhoneNumbersOptedOut",
    "OptInPhoneNumber",
}

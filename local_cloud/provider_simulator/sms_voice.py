"""Read a SendTextMessage of End User Messaging, refuse it as that does, and write its events. Used by `api`."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from local_cloud.provider_simulator.errors import Refused
from local_cloud.provider_simulator.outcomes_and_delays import (
    SmsDelivery,
    last_sms_delivery,
    sms_deliveries,
)
from local_cloud.provider_simulator.text_message import TextMessage, TextsSoFar


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceText:
    """A text that was asked for in a Region; `message` is the same as SNS would know it."""

    message: TextMessage
    region: str
    configuration_set: str
    protect_configuration: str
    context: Mapping[str, str]
    time_to_live: int
    origination: str

    @property
    def attributes(self) -> dict[str, str]:
        """What the inbox shows of it."""
        return {
            "TimeToLive": str(self.time_to_live),
            **self.message.attributes,
        }

    def noted(self, texts: TextsSoFar) -> "VoiceText":
        """Return it as sent again, if it was sent before."""
        return replace(self, message=texts.noted(self.message))


def read_voice_text(body: bytes, region: str) -> VoiceText:
    """Read a request to a Region; Refused where the service would refuse it.

    https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
    """
    asked: dict[str, Any] = json.loads(body)
    price = asked.get("MaxPrice")
    text = VoiceText(
        message=TextMessage(
            number=str(asked.get("DestinationPhoneNumber", "")),
            text=str(asked.get("MessageBody", "")),
            attributes={
                "AWS.SNS.SMS.SMSType": str(asked.get("MessageType", "TRANSACTIONAL")).title(),
                **({"AWS.SNS.SMS.MaxPrice": str(price)} if price is not None else {}),
            },
        ),
        region=region,
        configuration_set=str(asked.get("ConfigurationSetName", "")),
        protect_configuration=str(asked.get("ProtectConfigurationId", "")),
        context=asked.get("Context", {}),
        time_to_live=asked.get("TimeToLive", _LONGEST),
        origination=str(asked.get("OriginationIdentity", "")),
    )
    _check_fields(text, price)
    _check_delivery(text.message)
    return text


def text_events(
    text: VoiceText, message_id: str, *, at: datetime, delay: timedelta
) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """Yield each event with when it is due, a *delay* after the one before."""
    deliveries = list(_steps(text.message))
    for step, delivery in enumerate(deliveries, start=1):
        due = at + step * delay
        final = step == len(deliveries)
        yield due, _event(text, delivery, message_id, asked_at=at, at=due, final=final)


def _steps(message: TextMessage) -> Iterator[SmsDelivery]:
    """Yield what becomes of a text; before a handset's word comes its carrier's."""
    for delivery in sms_deliveries(message):
        if delivery.by_handset:
            yield SmsDelivery(delivered=True, response=_BY_CARRIER, price=delivery.price)
        yield delivery


def _event(
    text: VoiceText,
    delivery: SmsDelivery,
    message_id: str,
    *,
    asked_at: datetime,
    at: datetime,
    final: bool,
) -> dict[str, Any]:
    kind = _KINDS[delivery.response]
    fee = min(_CARRIER_FEE * text.message.parts, delivery.price)
    return {
        "eventType": f"TEXT_{kind}",
        "eventVersion": "1.0",
        "eventTimestamp": _milliseconds(at),
        "isFinal": final,
        "originationPhoneNumber": text.origination or "SIMULATED",
        "destinationPhoneNumber": text.message.number,
        "messageId": message_id,
        "messageRequestTimestamp": _milliseconds(asked_at),
        "messageEncoding": "GSM" if text.message.text.isascii() else "UNICODE",
        "messageType": text.message.sms_type.upper(),
        "messageStatus": kind,
        "messageStatusDescription": delivery.response,
        "context": dict(text.context),
        "totalMessageParts": text.message.parts,
        "totalMessagePrice": float(delivery.price - fee),
        "totalCarrierFee": float(fee),
        "protectConfiguration": {
            "protectConfigurationId": text.protect_configuration,
            "protectStatus": "ALLOW",
        },
    }


def _check_fields(text: VoiceText, price: object) -> None:
    """Refuse what is not within the limits of the API."""
    if not _E164.fullmatch(text.message.number):
        raise _refused("ValidationException", "FIELD_VALIDATION_FAILED")
    if not 1 <= len(text.message.text) <= _LENGTH_LIMIT or not text.configuration_set:
        raise _refused("ValidationException", "FIELD_VALIDATION_FAILED")
    if price is not None and not _PRICE.fullmatch(str(price)):
        raise _refused("ValidationException", "FIELD_VALIDATION_FAILED")
    if not _SHORTEST <= text.time_to_live <= _LONGEST or len(text.context) > _CONTEXTS:
        raise _refused("ValidationException", "FIELD_VALIDATION_FAILED")


def _check_delivery(message: TextMessage) -> None:
    """Refuse at once what SNS takes and reports later."""
    try:
        last = last_sms_delivery(message)
    except InvalidOperation:
        raise _refused("ValidationException", "FIELD_VALIDATION_FAILED") from None
    if refusal := _SYNCHRONOUS.get(last.response):
        raise _refused(*refusal)


def _refused(code: str, reason: str) -> Refused:
    return Refused(code=code, message="As simulated.", reason=reason)


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PRICE = re.compile(r"[0-9]{0,2}\.[0-9]{1,5}")
_LENGTH_LIMIT, _CONTEXTS = 1600, 5
_SHORTEST, _LONGEST = 5, 259_200
_CARRIER_FEE = Decimal("0.00302")
"""Of a part, as in AWS's own example of an event."""

_BY_CARRIER = "Message has been accepted by phone carrier"
_KINDS = {
    _BY_CARRIER: "SUCCESSFUL",
    "Message has been accepted by phone": "DELIVERED",
    "Phone is currently unreachable/unavailable": "UNREACHABLE",
    "Phone carrier is currently unreachable/unavailable": "CARRIER_UNREACHABLE",
    "Phone carrier has blocked this message": "CARRIER_BLOCKED",
}
_SYNCHRONOUS = {
    "Phone number is opted out": ("ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT"),
    "This delivery would exceed max price": ("ValidationException", "PRICE_OVER_THRESHOLD"),
}

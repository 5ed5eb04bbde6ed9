"""Read and check the parameters of an SNS Publish to a phone number, as SNS would. Used by `api`."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

from local_cloud.provider_simulator.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage:
    """A text message that SNS would accept; `attributes` are its message attributes by name.

    `again` means that its number was sent the same text before.
    """

    number: str
    text: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    again: bool = False

    @property
    def sms_type(self) -> str:
        """Promotional, the default, or Transactional."""
        return self.attributes.get("AWS.SNS.SMS.SMSType", "Promotional")

    @property
    def sender(self) -> str:
        """The sender id or origination number; "" without one."""
        origination = self.attributes.get("AWS.MM.SMS.OriginationNumber", "")
        return self.attributes.get("AWS.SNS.SMS.SenderID", origination)

    @property
    def max_price(self) -> Decimal | None:
        """The most that it may cost, in USD."""
        named = self.attributes.get("AWS.SNS.SMS.MaxPrice")
        return None if named is None else Decimal(named)

    @property
    def parts(self) -> int:
        """Count the parts it is sent in: 160 characters of GSM 03.38, else 70; fewer when joined.

        It does not use the product's own count: a real provider counts for itself, and the demo
        compares its charges with what was reserved. It may cut an emoji in two where the product
        begins a new part.
        https://docs.aws.amazon.com/sms-voice/latest/userguide/sms-limitations-character.html
        """
        if all(character in _GSM or character in _GSM_EXTENDED for character in self.text):
            length = len(self.text) + sum(character in _GSM_EXTENDED for character in self.text)
            alone, joined = 160, 153
        else:
            length = len(self.text.encode("utf-16-be")) // 2
            alone, joined = 70, 67
        return 1 if length <= alone else -(-length // joined)


class TextsSoFar:
    """Remembers the last texts, to tell those that come again."""

    def __init__(self) -> None:
        self._seen: deque[tuple[str, str]] = deque(maxlen=_REMEMBERED)

    def noted(self, message: TextMessage) -> TextMessage:
        """Return *message* as sent again, if it was sent before."""
        about = message.number, message.text
        again = about in self._seen
        self._seen.append(about)
        return replace(message, again=again)


_REMEMBERED = 1000


def read_text_message(parameters: Mapping[str, str]) -> TextMessage:
    """Read a Publish request; Refused where SNS would refuse it.

    Opted-out numbers, prices over MaxPrice and the like are accepted: they fail in the delivery log.
    https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
    """
    message = TextMessage(
        number=parameters.get("PhoneNumber", ""),
        text=parameters.get("Message", ""),
        attributes=_attributes(parameters),
    )
    if not _E164.fullmatch(message.number):
        raise _invalid("PhoneNumber", "the number is not valid to publish to")
    if not message.text:
        raise _invalid("Message", "Empty message")
    if len(message.text) > _LENGTH_LIMIT:
        raise _invalid("Message", f"Message too long: at most {_LENGTH_LIMIT} characters")
    _check_attributes(message)
    return message


_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_LENGTH_LIMIT = 1600
_SENDER_ID = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9]{1,11}")
# GSM 03.38, written as its rows; the extended ones are two characters each.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")


def _attributes(parameters: Mapping[str, str]) -> dict[str, str]:
    """Read MessageAttributes.entry.N.{Name,Value.DataType,Value.StringValue}."""
    attributes, n = {}, 1
    while name := parameters.get(f"MessageAttributes.entry.{n}.Name"):
        value = f"MessageAttributes.entry.{n}.Value"
        if not parameters.get(f"{value}.DataType"):
            raise _invalid("MessageAttributes", f"The attribute '{name}' has no DataType")
        attributes[name] = parameters.get(f"{value}.StringValue", "")
        n += 1
    return attributes


def _check_attributes(message: TextMessage) -> None:
    if message.sms_type not in {"Promotional", "Transactional"}:
        raise _invalid("MessageAttributes", "SMSType is Promotional or Transactional")
    sender_id = message.attributes.get("AWS.SNS.SMS.SenderID")
    if sender_id is not None and not _SENDER_ID.fullmatch(sender_id):
        raise _invalid("MessageAttributes", "SenderID is 1-11 letters and digits, one a letter")
    try:
        is_priced = message.max_price is None or message.max_price.is_finite()
    except InvalidOperation:
        is_priced = False
    if not is_priced:
        raise _invalid("MessageAttributes", "MaxPrice is a number")


def _invalid(parameter: str, reason: str) -> Refused:
    return Refused(
        code="InvalidParameter", message=f"Invalid parameter: {parameter} Reason: {reason}"
    )

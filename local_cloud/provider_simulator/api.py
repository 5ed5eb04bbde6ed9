"""Accept or refuse a message as SES and SNS would, keep it and schedule its receipts. Used by `server`."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from botocore.exceptions import BotoCoreError
from msgspec.structs import replace

from local_cloud.environment import REGION
from local_cloud.event_log import Log
from local_cloud.inbox import Inbox, SentMessage
from local_cloud.provider_simulator.charges import ChargesFile, charge_for_email, charge_for_text
from local_cloud.provider_simulator.email import Email, read_email
from local_cloud.provider_simulator.emulator_client import EmulatorClient
from local_cloud.provider_simulator.errors import (
    ANSWER_DROPPED,
    EMAIL_ERRORS,
    SMS_ERRORS,
    SMS_VOICE_ERRORS,
    Dropped,
    EmailErrors,
    Refused,
    raise_before_acceptance,
    sms_error,
    sms_voice_error,
)
from local_cloud.provider_simulator.outcomes_and_delays import (
    LATE_FACTOR,
    Timing,
    email_events,
    email_timing,
    sms_deliveries,
    sms_timing,
)
from local_cloud.provider_simulator.receipts import ReceiptDelivery, SimulatedReceipt
from local_cloud.provider_simulator.ses_events import AcceptedEmail, receipt_event, send_event
from local_cloud.provider_simulator.sms_delivery_logs import delivery_log, log_group
from local_cloud.provider_simulator.sms_voice import VoiceText, read_voice_text, text_events
from local_cloud.provider_simulator.text_message import TextMessage, TextsSoFar, read_text_message


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderApi:
    """The simulated calls; `delay` is how long after a message its first receipts are due."""

    inbox: Inbox
    charges: ChargesFile
    receipts: ReceiptDelivery
    emulator: EmulatorClient
    delay: timedelta
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    log: Log
    _texts: TextsSoFar = field(default_factory=TextsSoFar, init=False, repr=False)
    _email_errors: EmailErrors = field(default_factory=EmailErrors, init=False, repr=False)

    def send_email(self, body: bytes, *, region: str = REGION, receipts: bool = True) -> str:
        """Answer a SendEmail request with the message id; raises Refused as SES would, or Dropped."""
        email = read_email(body)
        error = next(filter(None, map(self._email_errors, email.recipients)), None)
        raise_before_acceptance(error, EMAIL_ERRORS)
        self._check_deployed(email, region)
        message_id = ses_message_id(self.now(), self.new_id())
        accepted = AcceptedEmail(email=email, message_id=message_id, at=self.now(), region=region)
        self._keep(_kept_email(accepted), receipts=receipts)
        for recipient in email.recipients:
            self.charges.append(charge_for_email(message_id, email_events(recipient)))
        self.log("email_accepted", message_id=message_id, set=email.configuration_set or "-")
        if email.configuration_set and receipts:
            timing = email_timing(email.recipients[0])
            self.receipts.add(_timed(self._email_receipts(accepted), accepted.at, timing))
        return _answered(message_id, error)

    def send_text_message(
        self, parameters: dict[str, str], *, region: str = REGION, receipts: bool = True
    ) -> str:
        """Answer a Publish request with the message id; raises Refused as SNS would, or Dropped."""
        message = read_text_message(parameters)
        error = sms_error(message.number)
        raise_before_acceptance(error, SMS_ERRORS)
        message = self._texts.noted(message)
        message_id, at = self.new_id(), self.now()
        self._keep(_kept_text_message(message, message_id, at, region), receipts=receipts)
        self.charges.append(charge_for_text(message, message_id))
        self.log("sms_accepted", message_id=message_id, parts=message.parts)
        if receipts:
            due = self._sms_receipts(message, message_id, at, region)
            self.receipts.add(_timed(due, at, sms_timing(message.number)))
        return _answered(message_id, error)

    def send_voice_text(self, body: bytes, *, region: str = REGION, receipts: bool = True) -> str:
        """Answer a SendTextMessage request with the message id; raises Refused as the service would, or Dropped."""
        text = read_voice_text(body, region)
        error = sms_voice_error(text.message.number)
        raise_before_acceptance(error, SMS_VOICE_ERRORS)
        self._check_set_of_texts(text.configuration_set, region)
        text = text.noted(self._texts)
        message_id, at = self.new_id(), self.now()
        self._keep(_kept_voice_text(text, message_id, at), receipts=receipts)
        self.charges.append(charge_for_text(text.message, message_id))
        self.log("sms_accepted", message_id=message_id, parts=text.message.parts)
        if receipts:
            due = self._voice_receipts(text, message_id, at)
            self.receipts.add(_timed(due, at, sms_timing(text.message.number)))
        return _answered(message_id, error)

    def _keep(self, message: SentMessage, *, receipts: bool) -> None:
        self.inbox.append(replace(message, receipts=receipts))

    def _check_set_of_texts(self, name: str, region: str) -> None:
        try:
            known = self.emulator.text_topics_of(name, region=region) is not None
        except BotoCoreError as error:
            raise Refused(
                code="InternalServerException", message="No answer.", status=500
            ) from error
        if not known:
            raise Refused(code="ResourceNotFoundException", message=f"No set {name}.")

    def _check_deployed(self, email: Email, region: str) -> None:
        """Refuse what SES would refuse because of what is not set up."""
        address, name = email.sender_address, email.configuration_set
        domain = address.rpartition("@")[2]
        try:
            known_set = not name or self.emulator.topics_of(name, region=region) is not None
            verified = any(
                self.emulator.is_verified(each, region=region) for each in (domain, address)
            )
        except BotoCoreError as error:
            raise Refused(
                code="InternalServiceErrorException", message="No answer.", status=500
            ) from error
        if not known_set:
            message = f"Configuration set <{name}> does not exist."
            raise Refused(code="NotFoundException", message=message, status=404)
        if not verified:
            raise Refused(
                code="MessageRejected",
                message="Email address is not verified. The following identities failed the check "
                f"in region {region.upper()}: {address}",
            )

    def _voice_receipts(
        self, text: VoiceText, message_id: str, at: datetime
    ) -> Iterator[tuple[datetime, SimulatedReceipt]]:
        place = text.configuration_set
        for due, event in text_events(text, message_id, at=at, delay=self.delay):
            yield (
                due,
                SimulatedReceipt(
                    channel="sms-voice", place=place, region=text.region, document=event
                ),
            )

    def _sms_receipts(
        self, message: TextMessage, message_id: str, at: datetime, region: str
    ) -> Iterator[tuple[datetime, SimulatedReceipt]]:
        for step, delivery in enumerate(sms_deliveries(message), start=1):
            dwell = step * self.delay
            line = delivery_log(message, delivery, message_id=message_id, at=at, dwell=dwell)
            yield (
                at + dwell,
                SimulatedReceipt(
                    channel="sms",
                    place=log_group(delivery, region),
                    region=region,
                    document=line,
                ),
            )

    def _email_receipts(
        self, accepted: AcceptedEmail
    ) -> Iterator[tuple[datetime, SimulatedReceipt]]:
        to_set = partial(
            SimulatedReceipt,
            channel="email",
            place=accepted.email.configuration_set,
            region=accepted.region,
        )
        yield accepted.at + self.delay, to_set(document=send_event(accepted))
        for recipient in accepted.email.recipients:
            for step, event in enumerate(email_events(recipient), start=1):
                # A complaint or an automatic reply comes a while after the delivery.
                at = accepted.at + step * self.delay
                document = receipt_event(
                    accepted, event, recipient, at=at, feedback_id=ses_message_id(at, self.new_id())
                )
                yield at, to_set(document=document)


def _timed(
    receipts: Iterable[tuple[datetime, SimulatedReceipt]], accepted_at: datetime, timing: Timing
) -> Iterator[tuple[datetime, SimulatedReceipt]]:
    """Yield receipts with the time when they are due: late ones, or each twice."""
    for due, receipt in receipts:
        wait = due - accepted_at
        yield accepted_at + wait * (LATE_FACTOR if timing is Timing.LATE else 1), receipt
        if timing is Timing.DOUBLED:
            yield due + wait, receipt


def ses_message_id(at: datetime, unique: str) -> str:
    """Write an id in the shape of SES's: `0100` and the time, a random part, `-000000`."""
    return f"0100{int(at.timestamp() * 1000):012x}-{unique}-000000"


def new_id() -> str:
    """Make a UUID, which is what SNS answers with."""
    return str(uuid4())


def _answered(message_id: str, error: str | None) -> str:
    if error == ANSWER_DROPPED:
        raise Dropped
    return message_id


def _kept_email(accepted: AcceptedEmail) -> SentMessage:
    email = accepted.email
    reply_to = {"Reply-To": ", ".join(email.reply_to)} if email.reply_to else {}
    return SentMessage(
        channel="email",
        message_id=accepted.message_id,
        to=", ".join(email.recipients),
        sender=email.sender,
        at=accepted.at,
        provider="ses",
        region=accepted.region,
        subject=email.subject,
        text=email.text,
        html=email.html,
        tags=email.tags,
        configuration_set=email.configuration_set,
        attributes={**reply_to, **email.headers},
    )


def _kept_text_message(
    message: TextMessage, message_id: str, at: datetime, region: str
) -> SentMessage:
    return SentMessage(
        channel="sms",
        message_id=message_id,
        to=message.number,
        sender=message.sender,
        at=at,
        provider="sns",
        region=region,
        text=message.text,
        attributes=message.attributes,
    )


def _kept_voice_text(text: VoiceText, message_id: str, at: datetime) -> SentMessage:
    return SentMessage(
        channel="sms",
        message_id=message_id,
        to=text.message.number,
        sender=text.origination,
        at=at,
        provider="sms-voice",
        region=text.region,
        text=text.message.text,
        attributes=text.attributes,
    )

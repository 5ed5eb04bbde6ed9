"""A provider call comes in; it is refused, or kept in the inbox, answered and its receipts are due."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError

from local_cloud.inbox import Inbox, SentMessage
from local_cloud.journal import Journal
from local_cloud.provider_simulator.bills import Bills, bill_of_email, bill_of_text
from local_cloud.provider_simulator.email import Email, read_email
from local_cloud.provider_simulator.fates import (
    LATER,
    Manner,
    email_fate,
    email_manner,
    sms_fates,
    sms_manner,
)
from local_cloud.provider_simulator.on_demand import (
    ANSWER_DROPPED,
    EMAIL_ERRORS,
    SMS_ERRORS,
    Dropped,
    EmailTroubles,
    meet,
    sms_trouble,
)
from local_cloud.provider_simulator.receipts import EmailReceipt, Receipt, Receipts, SmsReceipt
from local_cloud.provider_simulator.refusal import Refused
from local_cloud.provider_simulator.ses_events import TakenEmail, receipt_event, send_event
from local_cloud.provider_simulator.sms_delivery_logs import delivery_log, log_group
from local_cloud.provider_simulator.text_message import TextMessage, read_text_message
from local_cloud.provider_simulator.upstream import Upstream


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Take messages; `delay` is how long after it the first receipts are due."""

    inbox: Inbox
    bills: Bills
    receipts: Receipts
    upstream: Upstream
    region: str
    account: str
    delay: timedelta
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    journal: Journal
    _email_troubles: EmailTroubles = field(default_factory=EmailTroubles, init=False, repr=False)

    def take_email(self, body: bytes) -> str:
        """Take a SendEmail request: the message id goes out; Refused where SES would refuse, or Dropped."""
        email = read_email(body)
        trouble = next(filter(None, map(self._email_troubles, email.recipients)), None)
        meet(trouble, EMAIL_ERRORS)
        self._check_deployed(email)
        message_id = ses_message_id(self.now(), self.new_id())
        taken = TakenEmail(
            email=email,
            message_id=message_id,
            at=self.now(),
            region=self.region,
            account=self.account,
        )
        self.inbox.keep(_kept_email(taken))
        for recipient in email.recipients:
            self.bills.keep(bill_of_email(message_id, email_fate(recipient)))
        self.journal("email_taken", message_id=message_id, set=email.configuration_set or "-")
        if email.configuration_set:
            manner = email_manner(email.recipients[0])
            self.receipts.add(_arriving(self._email_receipts(taken), taken.at, manner))
        return _answered(message_id, trouble)

    def take_text_message(self, parameters: dict[str, str]) -> str:
        """Take a Publish request: the message id goes out; Refused where SNS would refuse, or Dropped."""
        message = read_text_message(parameters)
        trouble = sms_trouble(message.number)
        meet(trouble, SMS_ERRORS)
        message_id, at = self.new_id(), self.now()
        self.inbox.keep(_kept_text_message(message, message_id, at))
        self.bills.keep(bill_of_text(message, message_id))
        self.journal("sms_taken", message_id=message_id, parts=message.parts)
        self.receipts.add(
            _arriving(self._sms_receipts(message, message_id, at), at, sms_manner(message.number))
        )
        return _answered(message_id, trouble)

    def _check_deployed(self, email: Email) -> None:
        """Refuse what SES would refuse because of what is not set up."""
        address = email.sender_address
        domain = address.rpartition("@")[2]
        name = email.configuration_set
        try:
            known_set = not name or self.upstream.topics_of(name) is not None
            verified = self.upstream.is_verified(domain) or self.upstream.is_verified(address)
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
                f"in region {self.region.upper()}: {address}",
            )

    def _sms_receipts(
        self, message: TextMessage, message_id: str, at: datetime
    ) -> Iterator[tuple[datetime, Receipt]]:
        for step, fate in enumerate(sms_fates(message), start=1):
            dwell = step * self.delay
            line = delivery_log(message, fate, message_id=message_id, at=at, dwell=dwell)
            group = log_group(fate, region=self.region, account=self.account)
            yield at + dwell, SmsReceipt(log_group=group, line=line)

    def _email_receipts(self, taken: TakenEmail) -> Iterator[tuple[datetime, Receipt]]:
        name = taken.email.configuration_set
        due = taken.at + self.delay
        yield due, EmailReceipt(configuration_set=name, event=send_event(taken))
        for recipient in taken.email.recipients:
            for step, event in enumerate(email_fate(recipient), start=1):
                # A complaint or an automatic reply comes a while after the delivery.
                at = taken.at + step * self.delay
                document = receipt_event(
                    taken, event, recipient, at=at, feedback_id=ses_message_id(at, self.new_id())
                )
                yield at, EmailReceipt(configuration_set=name, event=document)


def _arriving(
    receipts: Iterable[tuple[datetime, Receipt]], taken_at: datetime, manner: Manner
) -> Iterator[tuple[datetime, Receipt]]:
    """Yield receipts when they are due in that manner: late ones, or each twice."""
    for due, receipt in receipts:
        yield (taken_at + (due - taken_at) * LATER if manner is Manner.LATE else due), receipt
        if manner is Manner.DOUBLED:
            yield due + (due - taken_at), receipt


def ses_message_id(at: datetime, unique: str) -> str:
    """Write an id in the shape of SES's: `0100` and the time, a random part, `-000000`."""
    return f"0100{int(at.timestamp() * 1000):012x}-{unique}-000000"


def new_id() -> str:
    """Make an id in the shape of a UUID, which is what SNS answers with."""
    digits = secrets.token_hex(16)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _answered(message_id: str, trouble: str | None) -> str:
    if trouble == ANSWER_DROPPED:
        raise Dropped
    return message_id


def _kept_email(taken: TakenEmail) -> SentMessage:
    email = taken.email
    reply_to = {"Reply-To": ", ".join(email.reply_to)} if email.reply_to else {}
    return SentMessage(
        channel="email",
        message_id=taken.message_id,
        to=", ".join(email.recipients),
        sender=email.sender,
        at=taken.at,
        subject=email.subject,
        text=email.text,
        html=email.html,
        tags=email.tags,
        configuration_set=email.configuration_set,
        attributes={**reply_to, **email.headers},
    )


def _kept_text_message(message: TextMessage, message_id: str, at: datetime) -> SentMessage:
    return SentMessage(
        channel="sms",
        message_id=message_id,
        to=message.number,
        sender=message.sender,
        at=at,
        text=message.text,
        attributes=message.attributes,
    )

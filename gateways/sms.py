"""Claimed notifications and their words in, one SNS Publish each and its outcome out."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from gateways.provider_errors import SNS, outcome_of
from notifications.outcome import Outcome, Outgoing, accepted, refused

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsSms:
    """SNS text messages; an empty `sender_id` leaves the origination to the account."""

    client: "SNSClient"
    sender_id: str
    executor: Executor

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Make at most one call a message; answer each, in order, without raising."""
        return list(self.executor.map(self._send, messages))

    def _send(self, message: Outgoing) -> Outcome:
        if message.notification.recipient is None:
            return refused("no-recipient")
        try:
            response = self.client.publish(
                PhoneNumber=message.notification.recipient,
                Message=message.words.text,
                MessageAttributes=self._attributes(),
            )
        except (BotoCoreError, ClientError) as error:
            return outcome_of(error, SNS)
        return accepted(response["MessageId"])

    def _attributes(self) -> "dict[str, MessageAttributeValueTypeDef]":
        # Promotional is the default, and is held back at night and by opt-outs from marketing.
        kind: MessageAttributeValueTypeDef = {
            "DataType": "String",
            "StringValue": "Transactional",
        }
        attributes = {"AWS.SNS.SMS.SMSType": kind}
        if self.sender_id:
            attributes["AWS.SNS.SMS.SenderID"] = {
                "DataType": "String",
                "StringValue": self.sender_id,
            }
        return attributes

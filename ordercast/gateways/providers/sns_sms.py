"""Send text messages by SNS, one Publish a notification. A provider of the SMS sender."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ordercast.gateways import clients
from ordercast.gateways.providers.errors import SNS, outcome_of, read_sns
from ordercast.gateways.providers.one_call import one_call_each
from ordercast.gateways.providers.open_provider import ProviderParts
from ordercast.notifications.notification import Notification
from ordercast.pacing.bucket import Wait
from ordercast.sending.outcome import Outcome, Outgoing
from ordercast.sending.routes import ACCOUNTS_OWN, Route
from ordercast.templates.brands import Brand, brand_for
from ordercast.templates.statuses import is_promotional

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef, PublishInputTypeDef


class SnsSms(Struct, frozen=True, kw_only=True):
    """SNS text messages; an empty `sender_id` leaves the origination to the account.

    The sender id of the shop's brand for that country goes before it, and before a `number` of the
    account (E.164, or a short code).

    A text to India carries the entity's id and the id of its template, by the template's name.
    No message costs more than was reserved for it: SNS does not send what would (developer guide,
    "Publishing to a mobile phone": `AWS.SNS.SMS.MaxPrice`).
    """

    client: "SNSClient"
    sender_id: str
    number: str = ""
    brand_of: Callable[[str | None], Brand] = brand_for
    india_entity_id: str = ""
    india_template_ids: Mapping[str, str] = field(default_factory=dict)
    executor: Executor
    wait: Wait

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Make at most one call a message; answer each, in order, without raising."""
        return one_call_each(
            messages,
            self.executor,
            wait=self.wait,
            build=self._request,
            call=lambda request: self.client.publish(**request)["MessageId"],
            outcome_of=lambda error: outcome_of(error, SNS, read_sns),
        )

    def _request(self, message: Outgoing) -> "PublishInputTypeDef":
        return {
            "PhoneNumber": str(message.notification.recipient),
            "Message": message.words.text,
            "MessageAttributes": self._attributes(message.notification),
        }

    def _attributes(self, row: Notification) -> "dict[str, MessageAttributeValueTypeDef]":
        # SNS sends transactional ones first, and to numbers that refuse marketing too.
        kind = "Promotional" if is_promotional(row.template, row.order.shop) else "Transactional"
        attributes = {"AWS.SNS.SMS.SMSType": _attribute("String", kind)}
        own = self.brand_of(row.order.shop).sender_ids.get(row.country or "")
        if sender_id := own or self.sender_id:
            attributes["AWS.SNS.SMS.SenderID"] = _attribute("String", sender_id)
        elif self.number:
            attributes["AWS.MM.SMS.OriginationNumber"] = _attribute("String", self.number)
        if row.reserved:
            # US dollars for the whole message. What would cost more is taken, and fails later.
            attributes["AWS.SNS.SMS.MaxPrice"] = _attribute("Number", f"{row.reserved:f}")
        if row.country == _INDIA:
            # SNS developer guide, "Sending SMS messages to India"; without them carriers block it.
            template = self.india_template_ids[row.template]
            attributes["AWS.MM.SMS.EntityId"] = _attribute("String", self.india_entity_id)
            attributes["AWS.MM.SMS.TemplateId"] = _attribute("String", template)
        return attributes


def open_provider(route: Route, parts: ProviderParts) -> SnsSms:
    """Return SNS in the route's Region, by its origination, as the SMS sender's settings want it."""
    settings = parts.settings
    named = settings.sender_id if route.origination == ACCOUNTS_OWN else route.origination
    shown = any(map(str.isalpha, named))
    return SnsSms(
        client=clients.sms_provider(now=parts.now, region=route.region),
        sender_id=named if shown else "",
        number="" if shown else named,
        india_entity_id=settings.india_entity_id,
        india_template_ids=settings.templates_in_india,
        executor=parts.executor,
        wait=parts.wait,
    )


def probe(route: Route) -> None:
    """Ask SNS for a setting of the account, which sends nothing."""
    client = clients.provider_probe("sns", region=route.region)
    client.get_sms_attributes(attributes=["DefaultSMSType"])


_INDIA = "IN"


def _attribute(kind: str, value: str) -> "MessageAttributeValueTypeDef":
    return {"DataType": kind, "StringValue": value}

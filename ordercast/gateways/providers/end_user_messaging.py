"""Send text messages by AWS End User Messaging, one SendTextMessage a notification. A provider of the SMS sender."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from datetime import timedelta
from decimal import Decimal
from typing import Any, Protocol

from msgspec import Struct, field

from ordercast.gateways import clients
from ordercast.gateways.idle_connections import Now
from ordercast.gateways.providers.one_call import one_call_each
from ordercast.gateways.providers.open_provider import ProviderParts
from ordercast.gateways.providers.sms_voice_errors import outcome_of_sms_voice
from ordercast.notifications.notification import Notification
from ordercast.pacing.bucket import Wait
from ordercast.receipts.receipt import NOTIFICATION_TAG
from ordercast.sending.outcome import Outcome, Outgoing
from ordercast.sending.prices import SMALLEST_PRICE
from ordercast.sending.routes import ACCOUNTS_OWN, Route
from ordercast.sending.send_rules import SendWithin, expires_at
from ordercast.templates.brands import Brand, brand_for
from ordercast.templates.statuses import is_promotional, send_within

TextRequest = dict[str, Any]


class SmsVoiceClient(Protocol):
    """What is called of the SDK's client."""

    def send_text_message(self, **request: Any) -> Mapping[str, Any]:  # noqa: ANN401 - fields of the API
        """Send one text; answer its `MessageId`."""
        ...


class EndUserMessagingSms(Struct, frozen=True, kw_only=True):
    """Text messages by `pinpoint-sms-voice-v2`; an empty `origination` leaves it to the account.

    An empty `protect_configuration` leaves it to the one that belongs to the configuration set.

    The sender id of the shop's brand for that country goes before it. The notification's id goes
    with the text and comes back in its events, so that no receipt has to be matched. A text waits
    no longer for its carrier than it may still be sent, and costs no more than was reserved for it:
    what would is refused (API reference: SendTextMessage, `TimeToLive` and `MaxPrice`).
    """

    client: SmsVoiceClient
    configuration_set: str
    protect_configuration: str
    origination: str
    now: Now
    executor: Executor
    wait: Wait
    brand_of: Callable[[str | None], Brand] = brand_for
    send_within: SendWithin = send_within
    india_entity_id: str = ""
    india_template_ids: Mapping[str, str] = field(default_factory=dict)

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Make at most one call a message; answer each, in order, without raising."""
        return one_call_each(
            messages,
            self.executor,
            wait=self.wait,
            build=self._request,
            call=self._call,
            outcome_of=outcome_of_sms_voice,
        )

    def _call(self, request: TextRequest) -> str:
        return str(self.client.send_text_message(**request)["MessageId"])

    def _request(self, message: Outgoing) -> TextRequest:
        row = message.notification
        promotional = is_promotional(row.template, row.order.shop)
        return {
            "DestinationPhoneNumber": str(row.recipient),
            "MessageBody": message.words.text,
            "MessageType": "PROMOTIONAL" if promotional else "TRANSACTIONAL",
            "ConfigurationSetName": self.configuration_set,
            "TimeToLive": self._time_to_live(row),
            "Context": {NOTIFICATION_TAG: row.id},
            **self._protection(),
            **self._origination(row),
            # US dollars for the whole message.
            **({"MaxPrice": _price(row.reserved)} if row.reserved else {}),
            **self._of_india(row),
        }

    def _time_to_live(self, row: Notification) -> int:
        """Return for how many seconds it is worth delivering, within what the API takes."""
        left = expires_at(row, self.send_within(row)) - self.now()
        return max(_SHORTEST, min(_LONGEST, left // timedelta(seconds=1)))

    def _protection(self) -> TextRequest:
        chosen = self.protect_configuration
        return {"ProtectConfigurationId": chosen} if chosen else {}

    def _origination(self, row: Notification) -> TextRequest:
        own = self.brand_of(row.order.shop).sender_ids.get(row.country or "")
        chosen = own or self.origination
        return {"OriginationIdentity": chosen} if chosen else {}

    def _of_india(self, row: Notification) -> TextRequest:
        """Return what India's carriers ask for, without which they block a text."""
        if row.country != _INDIA:
            return {}
        return {
            "DestinationCountryParameters": {
                "IN_ENTITY_ID": self.india_entity_id,
                "IN_TEMPLATE_ID": self.india_template_ids[row.template],
            }
        }


def _price(dollars: Decimal) -> str:
    """Write a price as the API takes it: two digits, a point, five digits."""
    return f"{min(dollars, _DEAREST).quantize(SMALLEST_PRICE):f}"


_INDIA = "IN"
_DEAREST = Decimal("99.99999")
_SHORTEST, _LONGEST = 5, 259_200  # seconds


def probe(route: Route) -> None:
    """Ask End User Messaging about the account, which sends nothing."""
    client = clients.provider_probe("pinpoint-sms-voice-v2", region=route.region)
    client.describe_account_attributes()


def open_provider(route: Route, parts: ProviderParts) -> EndUserMessagingSms:
    """Return End User Messaging in the route's Region, by its origination, as the SMS sender's settings want it."""
    settings = parts.settings
    sent_with = settings.sent_with(route.region)
    named = "" if route.origination == ACCOUNTS_OWN else route.origination
    return EndUserMessagingSms(
        client=clients.text_provider(now=parts.now, region=route.region),
        configuration_set=sent_with.configuration_set,
        protect_configuration=sent_with.protect_configuration,
        origination=named or sent_with.origination,
        india_entity_id=settings.india_entity_id,
        india_template_ids=settings.templates_in_india,
        now=parts.now,
        executor=parts.executor,
        wait=parts.wait,
    )

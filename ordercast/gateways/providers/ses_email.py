"""Send e-mails by SES v2, one SendEmail a notification. The provider of the e-mail sender."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from email.utils import formataddr
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct, field

from ordercast.gateways import clients
from ordercast.gateways.providers.errors import SES, outcome_of, read_ses
from ordercast.gateways.providers.one_call import one_call_each
from ordercast.gateways.providers.open_provider import ProviderParts
from ordercast.pacing.bucket import Wait
from ordercast.receipts.receipt import NOTIFICATION_TAG
from ordercast.sending.outcome import Outcome, Outgoing
from ordercast.sending.routes import Route
from ordercast.templates.brands import Brand, brand_for
from ordercast.templates.statuses import is_promotional, message_class_of

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import (
        BodyTypeDef,
        MessageHeaderTypeDef,
        MessageTypeDef,
        SendEmailRequestTypeDef,
    )

BrandOf = Callable[[str | None], Brand]
"""Returns the brand of a shop, as order events name it."""


class SesEmail(Struct, frozen=True, kw_only=True):
    """SES v2 e-mail: one recipient a message, so that each event is about one notification.

    It leaves from `sender` under the name of the shop's brand; from the brand's own address where
    `own_senders` has one for its folder.

    A promotional e-mail says how to unsubscribe: by a POST to the URL, whose `{id}` is the
    notification's id (RFC 8058), or by an e-mail to the mailbox. With neither none is sent.
    """

    client: "SESV2Client"
    sender: str
    configuration_set: str
    stage: str
    executor: Executor
    wait: Wait
    own_senders: Mapping[str, str] = field(default_factory=dict)
    brand_of: BrandOf = brand_for
    unsubscribe_url: str = ""
    unsubscribe_mailbox: str = ""

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Make at most one call a message; answer each, in order, without raising."""
        return one_call_each(
            messages,
            self.executor,
            wait=self.wait,
            build=self._request,
            call=lambda request: self.client.send_email(**request)["MessageId"],
            outcome_of=self._outcome_of,
        )

    def _outcome_of(self, error: Exception) -> Outcome:
        return outcome_of(error, SES, partial(read_ses, senders=self._senders))

    @property
    def _senders(self) -> set[str]:
        """All addresses that e-mails may leave from."""
        return {self.sender, *self.own_senders.values()}

    def _from(self, brand: Brand) -> str:
        """Return the address with its shop's name, encoded as headers are (RFC 2047)."""
        return formataddr((brand.name, self.own_senders.get(brand.folder, self.sender)))

    def _request(self, message: Outgoing) -> "SendEmailRequestTypeDef":
        notification = message.notification
        shop = notification.order.shop
        brand = self.brand_of(shop)
        return {
            "ReplyToAddresses": [brand.reply_to] if brand.reply_to else [],
            "FromEmailAddress": self._from(brand),
            "Destination": {"ToAddresses": [str(notification.recipient)]},
            "Content": {"Simple": self._simple(message)},
            "ConfigurationSetName": self.configuration_set,
            "EmailTags": [
                {"Name": NOTIFICATION_TAG, "Value": notification.id},
                {"Name": "template", "Value": notification.template},
                {"Name": "class", "Value": message_class_of(notification.template, shop)},
                {"Name": "stage", "Value": self.stage},
            ],
        }

    def _simple(self, message: Outgoing) -> "MessageTypeDef":
        words = message.words
        body: BodyTypeDef = {"Text": {"Data": words.text, "Charset": "UTF-8"}}
        if words.html:
            body["Html"] = {"Data": words.html, "Charset": "UTF-8"}
        simple: MessageTypeDef = {
            "Subject": {"Data": words.subject or "", "Charset": "UTF-8"},
            "Body": body,
        }
        if is_promotional(message.notification.template, message.notification.order.shop):
            simple["Headers"] = self._unsubscribe_headers(message.notification.id)
        return simple

    def _unsubscribe_headers(self, notification_id: str) -> "list[MessageHeaderTypeDef]":
        """Return the headers of RFC 8058, which have to be under the DKIM signature that SES adds."""
        url = self.unsubscribe_url.replace("{id}", notification_id)
        mail = f"mailto:{self.unsubscribe_mailbox}?subject=unsubscribe%20{notification_id}"
        ways = [f"<{url}>"] if url else []
        ways += [f"<{mail}>"] if self.unsubscribe_mailbox else []
        if not ways:
            raise LookupError("a promotional e-mail without a way to unsubscribe")
        headers: list[MessageHeaderTypeDef] = [
            {"Name": "List-Unsubscribe", "Value": ", ".join(ways)}
        ]
        if url:
            headers.append({"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"})
        return headers


def probe(route: Route) -> None:
    """Ask SES about the account, which sends nothing."""
    clients.provider_probe("sesv2", region=route.region).get_account()


def open_provider(route: Route, parts: ProviderParts) -> SesEmail:
    """Return SES in the route's Region, as the e-mail sender's settings want it."""
    settings = parts.settings
    return SesEmail(
        client=clients.email_provider(now=parts.now, region=route.region),
        sender=settings.email_from,
        own_senders=settings.own_senders,
        configuration_set=settings.configuration_set_in(route.region),
        stage=settings.stage,
        unsubscribe_url=settings.unsubscribe_url,
        unsubscribe_mailbox=settings.unsubscribe_mailbox,
        executor=parts.executor,
        wait=parts.wait,
    )

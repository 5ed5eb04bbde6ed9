"""Register the providers: what each is called, its channel, and the module that calls it. Used by routes, settings, senders and commands.

A new provider is a line here and the module that it names, which has a function `open_provider`
(ordercast/gateways/providers/open_provider.py) and one, `probe`, that calls it in a route's Region
and sends nothing (ordercast/gateways/providers/probes.py).
"""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification


class ProviderTraits(Struct, frozen=True, kw_only=True):
    """What a provider is called, and where its calls are; the module is loaded where a route is used.

    With `receipts_name_notification`, each receipt carries the notification's id, so that it never
    has to be matched to a message in doubt. With `repeats_unreached`, it tries a phone that it could
    not reach again by itself, and says when it no longer does.
    """

    label: str
    channel: Channel
    module: str
    receipts_name_notification: bool
    repeats_unreached: bool = False


PROVIDERS: Mapping[str, ProviderTraits] = MappingProxyType(
    {
        "sns": ProviderTraits(
            label="SNS",
            channel=Channel.SMS,
            module="ordercast.gateways.providers.sns_sms",
            receipts_name_notification=False,
        ),
        "sms-voice": ProviderTraits(
            label="End User Messaging",
            channel=Channel.SMS,
            module="ordercast.gateways.providers.end_user_messaging",
            receipts_name_notification=True,
            repeats_unreached=True,
        ),
        "ses": ProviderTraits(
            label="SES",
            channel=Channel.EMAIL,
            module="ordercast.gateways.providers.ses_email",
            receipts_name_notification=True,
        ),
    }
)
"""By the prefix of their actions in policies, which is short: a row may carry it."""


def provider_of(row: Notification) -> str:
    """Return the name of the provider on *row*'s route; without one, of its channel's first."""
    return row.route.partition("/")[0] if row.route else CHANNELS[row.channel].provider


def provider_of_try(row: Notification, message: Message) -> str:
    """Return the provider of one of *row*'s tries: its own, and of the last one that of the row."""
    return provider_of(row if message.number is None else replace(row, route=message.route))


def names_notification(row: Notification) -> bool:
    """Tell whether each receipt of *row*'s provider names its notification."""
    traits = PROVIDERS.get(provider_of(row))
    return traits is not None and traits.receipts_name_notification


def label_of(provider: str) -> str:
    """Return what a provider is called; its own name if it is no longer registered."""
    return PROVIDERS[provider].label if provider in PROVIDERS else provider

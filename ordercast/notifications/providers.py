"""Register the providers: what each is called, its channel, and the module that calls it. Used by routes, settings, senders and commands.

A new provider is a line here and the module that it names, which has a function `open_provider`
(ordercast/gateways/providers/opening.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ordercast.events.order_event import Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTraits:
    """What a provider is called, and where its calls are; the module is loaded where a route is used."""

    label: str
    channel: Channel
    module: str


PROVIDERS: Mapping[str, ProviderTraits] = MappingProxyType(
    {
        "sns": ProviderTraits(
            label="SNS", channel=Channel.SMS, module="ordercast.gateways.providers.sns_sms"
        ),
        "ses": ProviderTraits(
            label="SES", channel=Channel.EMAIL, module="ordercast.gateways.providers.ses_email"
        ),
    }
)
"""By the prefix of their actions in policies, which is short: a row may carry it."""


def label_of(provider: str) -> str:
    """Return what a provider is called; its own name if it is no longer registered."""
    return PROVIDERS[provider].label if provider in PROVIDERS else provider

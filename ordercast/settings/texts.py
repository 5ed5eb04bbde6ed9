"""Read where a stage's texts may go, and what India asks for. Used by wiring and the checks of settings."""

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from ordercast.events.order_event import Channel
from ordercast.notifications.providers import PROVIDERS

if TYPE_CHECKING:
    from ordercast.settings.stage import StageSettings

SNS, END_USER_MESSAGING = "sns", "sms-voice"
"""Providers of texts, as stages name them; the second has resources of its own in a stage."""

INDIA = "IN"
"""Where carriers take only texts of a registered entity, with a registered template each."""


def open_countries(written: str) -> dict[str, Decimal | None]:
    """Read `US, CA, NO 0.09`: countries that texts may go to, and a part's ceiling in US dollars if named.

    Raises `ValueError` for anything else.
    """
    found: dict[str, Decimal | None] = {}
    for each in listed(written):
        match = _OPEN_COUNTRY.fullmatch(each)
        if match is None or match[1] in found:
            message = f"{each} is named twice" if match else f"{each} is none"
            raise ValueError(message)
        found[match[1]] = Decimal(match[2]) if match[2] else None
    return found


def listed(written: str) -> list[str]:
    """Return what commas separate, without blanks."""
    return [part for part in map(str.strip, written.split(",")) if part]


def template_ids(written: str) -> dict[str, str]:
    """Read `confirmed 1107160000000000001, shipped …`: the ids of templates. Raises `ValueError`."""
    found: dict[str, str] = {}
    for each in listed(written):
        match = _TEMPLATE_ID.fullmatch(each)
        if match is None or match[1] not in template_names():
            message = f"{each} is none"
            raise ValueError(message)
        found[match[1]] = match[2]
    return found


def providers_by_country(written: str) -> dict[str, str]:
    """Read `JP sms-voice, IN sms-voice`: the provider of each country's texts. Raises `ValueError`."""
    found: dict[str, str] = {}
    for each in listed(written):
        country, _, provider = each.partition(" ")
        if provider.strip() not in sms_providers() or country in found:
            raise ValueError(
                f"{each} is none" if country not in found else f"{each} is named twice"
            )
        found[country] = provider.strip()
    return found


def named_providers(stage: "StageSettings") -> set[str]:
    """Return the providers that a stage's texts take."""
    by_origination = {each.provider for each in stage.originations.values()} - {""}
    by_country = providers_by_country(stage.sms_provider_by_country).values()
    return {stage.sms_provider, *by_country, *by_origination}


def has_end_user_messaging(stage: "StageSettings") -> bool:
    """Tell whether a stage has resources of End User Messaging: texts go by it, or its receipts still come."""
    return stage.end_user_messaging.keep_receipts or END_USER_MESSAGING in named_providers(stage)


def protect_rules(written: str) -> dict[str, str]:
    """Read `ID block, IN filter`: what a protect configuration says of a country. Raises `ValueError`."""
    found: dict[str, str] = {}
    for each in listed(written):
        match = _PROTECT_RULE.fullmatch(each)
        if match is None or match[1] in found:
            message = f"{each} is named twice" if match else f"{each} is none"
            raise ValueError(message)
        found[match[1]] = match[2].upper()
    return found


def sms_providers() -> list[str]:
    """Return the providers of texts that are registered."""
    return [name for name, traits in PROVIDERS.items() if traits.channel is Channel.SMS]


def is_country(code: str) -> bool:
    """Tell whether phone numbers can be of a country (ISO 3166-1)."""
    import phonenumbers  # noqa: PLC0415  (only synthesis asks)

    return code in phonenumbers.SUPPORTED_REGIONS


def template_names() -> list[str]:
    """Return the templates that messages may have, those of brands too."""
    from ordercast.templates.brands import all_brands  # noqa: PLC0415  (only senders and synthesis ask)
    from ordercast.templates.statuses import TEMPLATES  # noqa: PLC0415

    own = [name for brand in all_brands() for name in brand.statuses]
    return list(dict.fromkeys([*TEMPLATES, *own]))


_OPEN_COUNTRY = re.compile(r"([A-Z]{2})(?: +([0-9]{1,2}\.[0-9]{1,5}))?")
_PROTECT_RULE = re.compile(r"([A-Z]{2}) +(allow|block|monitor|filter)")
_TEMPLATE_ID = re.compile(r"([a-z0-9_-]+) +([0-9]{1,50})")  # its length: SNS developer guide, India

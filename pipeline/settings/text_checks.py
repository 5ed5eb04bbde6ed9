"""Refuse settings of texts that cannot be: prices, countries, providers and India's ids. Used by pipeline/settings/checks.py."""

from collections.abc import Iterator

from ordercast.settings import texts
from ordercast.settings.list_prices import has_plan, price_of_part
from ordercast.settings.retries import retries
from ordercast.settings.stage import IndiaSettings, StageSettings
from pipeline.settings.function_checks import Rule


def prices(stage: StageSettings) -> Iterator[Rule]:
    """Refuse what cannot be priced: a factor, a plan, a country without a ceiling."""
    factor = stage.price_factor
    bearable = factor.is_finite() and 1 <= factor <= _HIGHEST_FACTOR
    yield "price_factor", bearable, f"must lie between 1 and {_HIGHEST_FACTOR}"
    priced = has_plan(stage.email_plan)
    yield "email_plan", priced, "must have a price: add it to ordercast/sending/prices.json"
    try:
        countries = texts.open_countries(stage.countries)
    except ValueError as error:
        yield "countries", False, f"must name countries, such as US, CA, NO 0.09: {error}"
        return
    for country, ceiling in countries.items():
        price = price_of_part(country)
        yield (
            "countries",
            texts.is_country(country),
            f"must name countries of ISO 3166-1: {country} is none",
        )
        example = f"such as {country} 0.09: the price list has no price for it"
        known = bool(price or ceiling)
        yield "countries", known, f"must name the ceiling of a part for {country}, {example}"
        enough = not price or ceiling is None or price <= ceiling
        yield (
            "countries",
            enough,
            f"must not set the ceiling for {country} below its price, {price}",
        )
    if texts.INDIA in countries:
        yield from _india(stage.india)


def sms_providers(stage: StageSettings) -> Iterator[Rule]:
    """Refuse providers of texts that are not registered."""
    known = stage.sms_provider in texts.sms_providers()
    yield "sms_provider", known, f"must be one of {', '.join(texts.sms_providers())}"
    try:
        countries = texts.providers_by_country(stage.sms_provider_by_country)
    except ValueError as error:
        example = "countries and their providers, such as JP sms-voice"
        yield "sms_provider_by_country", False, f"must be empty or name {example}: {error}"
        return
    for country in countries:
        why = f"must name countries of ISO 3166-1: {country} is none"
        yield "sms_provider_by_country", texts.is_country(country), why
    yield from _protect(stage.end_user_messaging.protect)


def retries_after_receipts(stage: StageSettings) -> Iterator[Rule]:
    """Refuse what cannot be read as how often texts are tried again."""
    try:
        retries(stage.retry_after_receipt)
    except ValueError as error:
        example = "tries by priority, such as high 2 over 30 min, normal 1 over 2 h"
        yield "retry_after_receipt", False, f"must be empty or name {example}: {error}"


def _protect(written: str) -> Iterator[Rule]:
    field = "end_user_messaging.protect"
    try:
        countries = texts.protect_rules(written)
    except ValueError as error:
        yield field, False, f"must be empty or name rules, such as ID block, IN filter: {error}"
        return
    for country in countries:
        why = f"must name countries of ISO 3166-1: {country} is none"
        yield field, texts.is_country(country), why


def _india(india: IndiaSettings) -> Iterator[Rule]:
    registered = f"because countries names {texts.INDIA}"
    yield "india.entity_id", bool(india.entity_id), f"must be your entity's id, {registered}"
    try:
        without = [
            name
            for name in texts.template_names()
            if name not in texts.template_ids(india.template_ids)
        ]
    except ValueError as error:
        yield "india.template_ids", False, f"must name templates and their ids: {error}"
        return
    needs = f"must name an id for each, {registered}: not for {', '.join(without)}"
    yield "india.template_ids", not without, needs


_HIGHEST_FACTOR = 10  # above, it is a slip of the decimal point

"""Refuse originations of texts that cannot be: countries, kinds, rates and prices. Used by pipeline/settings/checks.py."""

from collections.abc import Iterator

from ordercast.settings import texts
from ordercast.settings.originations import (
    OriginationSettings,
    is_number,
    origination_countries,
    origination_prices,
    originations_by_country,
    shows_a_sender_id,
)
from ordercast.settings.stage import StageSettings
from ordercast.settings.templates import WITHOUT_SENDER_IDS
from pipeline.settings.function_checks import Rule


def originations(stage: StageSettings) -> Iterator[Rule]:
    """Hold each origination against the countries, the providers and the share of the stage."""
    try:
        open_ = set(texts.open_countries(stage.countries))
        by_country = texts.providers_by_country(stage.sms_provider_by_country)
    except ValueError:
        return  # refused where they are read
    for name, each in stage.originations.items():
        field = f"originations.{name}"
        yield from _countries(field, each, open_)
        if shows_a_sender_id(name):
            yield from _shown(field, each)
        known = each.provider in {"", *texts.sms_providers()}
        yield f"{field}.provider", known, f"must be one of {', '.join(texts.sms_providers())}"
        least = each.rate is None or each.rate * stage.sms_sender.share >= _ALL
        yield f"{field}.rate", least, "must be a part a second or more of sms_sender.share"
        yield from _prices(field, name, each, stage)
        yield f"{field}.month", each.month.is_finite() and each.month >= 0, "must be 0 or more"
    by_origination = originations_by_country(
        stage.originations, provider=stage.sms_provider, by_country=by_country
    )
    for provider, name in sorted({way for ways in by_origination.values() for way in ways}):
        takes = provider != texts.SNS or is_number(name) or shows_a_sender_id(name)
        why = f'must be "{texts.END_USER_MESSAGING}": SNS takes numbers and sender ids alone'
        yield f"originations.{name}.provider", takes, why


def _countries(field: str, origination: OriginationSettings, open_: set[str]) -> Iterator[Rule]:
    named = origination_countries(origination)
    yield f"{field}.countries", bool(named), "must name countries, such as US, CA"
    for country in named:
        why = f"must name countries that texts may go to: countries has no {country}"
        yield f"{field}.countries", country in open_, why
        yield f"{field}.countries", named.count(country) == 1, f"must not name {country} twice"


def _shown(field: str, origination: OriginationSettings) -> Iterator[Rule]:
    closed = sorted(WITHOUT_SENDER_IDS & set(origination_countries(origination)))
    why = f"must not name {', '.join(closed)}, where phones show no sender id: take a number"
    yield f"{field}.countries", not closed, why


def _prices(
    field: str, name: str, origination: OriginationSettings, stage: StageSettings
) -> Iterator[Rule]:
    try:
        prices = origination_prices({name: origination}).get(name, {})
    except ValueError as error:
        yield f"{field}.prices", False, f"must name prices of a part, such as US 0.0083: {error}"
        return
    ceilings = texts.open_countries(stage.countries)
    for country, price in prices.items():
        why = f"must name countries of its own: {country} is not among them"
        yield f"{field}.prices", country in origination_countries(origination), why
        ceiling = ceilings.get(country)
        why = f"must not be above the ceiling of countries for {country}, {ceiling}"
        yield f"{field}.prices", ceiling is None or price <= ceiling, why


_ALL = 100  # percent

"""List the routes of texts by country, how fast each is, and when the cheapest is taken. Used by `routes` beside it."""

from decimal import Decimal
from functools import partial

from msgspec import Struct

from ordercast.notifications.notification import Notification
from ordercast.sending.choice_by_cost import CostPolicy
from ordercast.sending.prices import price_of_part
from ordercast.sending.routes import Route
from ordercast.settings.choice_by_cost import ChoiceByCostSettings
from ordercast.settings.originations import (
    OriginationTable,
    origination_prices,
    originations_by_country,
    with_share,
)
from ordercast.settings.processors import SmsSenderSettings
from ordercast.settings.stage import StageSettings
from ordercast.settings.texts import providers_by_country
from ordercast.templates.statuses import is_promotional


class RoutingOfStage(Struct, frozen=True, kw_only=True):
    """What a stage's settings say of the routes of texts; the Region is that in which it is deployed."""

    region: str
    sms_provider: str
    sms_provider_by_country: str
    origination_table: OriginationTable
    cost_choice: ChoiceByCostSettings

    @classmethod
    def of(cls, stage: StageSettings, *, region: str) -> "RoutingOfStage":
        """Take it from *stage*."""
        return cls(
            region=region,
            sms_provider=stage.sms_provider,
            sms_provider_by_country=stage.sms_provider_by_country,
            origination_table=with_share(stage.originations, stage.sms_sender.share),
            cost_choice=stage.choice_by_cost,
        )


TextRouting = SmsSenderSettings | RoutingOfStage
"""What says which routes texts take."""


def text_routes(texts: TextRouting) -> dict[str, list[Route]]:
    """Return the routes of each country that the stage names, first the one that goes before the others."""
    to = partial(Route, region=texts.region)
    named = providers_by_country(texts.sms_provider_by_country)
    own = originations_by_country(
        texts.origination_table, provider=texts.sms_provider, by_country=named
    )
    return {
        **{country: [to(provider=provider)] for country, provider in named.items()},
        **{
            country: [to(provider=provider, origination=name) for provider, name in each]
            for country, each in own.items()
        },
    }


def own_rates(texts: TextRouting) -> dict[Route, int]:
    """Return what the stage may send by each route that has a rate of its own, in parts of texts a second.

    All others together have the sender's.
    """
    table = texts.origination_table
    routes = {route for each in text_routes(texts).values() for route in each}
    return {
        route: rate
        for route in routes
        if route.origination in table and (rate := table[route.origination].rate)
    }


def cost_policy(texts: TextRouting) -> CostPolicy:
    """Return what routes cost and how they have to deliver; followed only where the stage asks for it."""
    wanted = texts.cost_choice
    prices = origination_prices(texts.origination_table)

    def price(route: Route, country: str) -> Decimal | None:
        return prices.get(route.origination, {}).get(country) or price_of_part(country)

    def at_least(row: Notification) -> int:
        promotional = is_promotional(row.template, row.order.shop)
        return wanted.promotional_percent if promotional else wanted.transactional_percent

    return CostPolicy(
        price=price, at_least=at_least, samples=wanted.samples, trial=wanted.trial_percent
    )

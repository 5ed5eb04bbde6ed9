"""List the routes of texts by country, how fast each is, and when the cheapest is taken. Used by `routes` beside it."""

from decimal import Decimal
from functools import partial

from ordercast.notifications.notification import Notification
from ordercast.sending.choice_by_cost import CostPolicy
from ordercast.sending.prices import price_of_part
from ordercast.sending.routes import Route
from ordercast.settings.choice_by_cost import read_choice
from ordercast.settings.originations import origination_prices, originations_by_country
from ordercast.settings.processors import SmsSenderSettings
from ordercast.settings.texts import providers_by_country
from ordercast.templates.statuses import is_promotional


def text_routes(settings: SmsSenderSettings) -> dict[str, list[Route]]:
    """Return the routes of each country that the stage names, first the one that goes before the others."""
    to = partial(Route, region=settings.region)
    named = providers_by_country(settings.sms_provider_by_country)
    own = originations_by_country(
        settings.origination_table, provider=settings.sms_provider, by_country=named
    )
    return {
        **{country: [to(provider=provider)] for country, provider in named.items()},
        **{
            country: [to(provider=provider, origination=name) for provider, name in each]
            for country, each in own.items()
        },
    }


def own_rates(settings: SmsSenderSettings) -> dict[Route, int]:
    """Return what the stage may send by each route that has a rate of its own, in parts of texts a second.

    All others together have the sender's.
    """
    table = settings.origination_table
    routes = {route for each in text_routes(settings).values() for route in each}
    return {
        route: rate
        for route in routes
        if route.origination in table and (rate := table[route.origination].rate)
    }


def cost_policy(settings: SmsSenderSettings) -> CostPolicy | None:
    """Return when the cheapest route is taken; None where the stage does not ask for it."""
    wanted = read_choice(settings.choice_by_cost)
    if not wanted.enabled:
        return None
    prices = origination_prices(settings.origination_table)

    def price(route: Route, country: str) -> Decimal | None:
        return prices.get(route.origination, {}).get(country) or price_of_part(country)

    def at_least(row: Notification) -> int:
        promotional = is_promotional(row.template, row.order.shop)
        return wanted.promotional_percent if promotional else wanted.transactional_percent

    return CostPolicy(
        price=price, at_least=at_least, samples=wanted.samples, trial=wanted.trial_percent
    )

"""List the routes of texts by country, and how fast each origination is. Used by `routes` beside it."""

from functools import partial

from ordercast.sending.routes import Route
from ordercast.settings.originations import originations_by_country
from ordercast.settings.processors import SmsSenderSettings
from ordercast.settings.texts import providers_by_country


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

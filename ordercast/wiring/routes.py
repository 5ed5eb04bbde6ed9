"""Build a stage's routes from a sender's settings, and the provider that calls on them. Used by the senders."""

from collections.abc import Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

from ordercast.events.order_event import Channel
from ordercast.gateways.providers.open_provider import ProviderParts, open_provider
from ordercast.gateways.providers.routed import ROUTES_AT_ONCE, RoutedProvider
from ordercast.sending.routes import ACCOUNTS_OWN, Route, Routes, home_route
from ordercast.settings.originations import shows_a_sender_id
from ordercast.settings.processors import SenderSettings, SmsSenderSettings
from ordercast.settings.texts import SNS
from ordercast.wiring.clock import utc_now, wait_until
from ordercast.wiring.text_routes import cost_policy, own_rates, text_routes


def routes_of(channel: Channel, settings: SenderSettings) -> Routes:
    """Return the routes of a channel: e-mails have one in a Region, texts those that the stage names."""
    home = home_route(channel, settings.region)
    usual, named, rates, by_cost = home, dict[str, list[Route]](), dict[Route, int](), None
    if isinstance(settings, SmsSenderSettings):
        usual = Route(provider=settings.sms_provider, region=settings.region)
        named, rates, by_cost = text_routes(settings), own_rates(settings), cost_policy(settings)
    by_country = {country: first for country, (first, *_) in named.items()}
    return Routes(
        home=home,
        usual=usual,
        by_country=by_country,
        more_by_country={country: more for country, (_, *more) in named.items() if more},
        rates=rates,
        in_second_region=_in_second_region({usual, *by_country.values()}, settings.second_region),
        second_region_share=settings.second_region_share,
        by_cost=by_cost,
    )


def _in_second_region(routes: Iterable[Route], region: str) -> dict[Route, Route]:
    """Return each route's counterpart: the same provider, by what the account has in that Region.

    Numbers, pools and ids are of one Region; a sender id that SNS shows is of none.
    """
    if not region:
        return {}
    return {
        each: Route(
            provider=each.provider,
            region=region,
            origination=each.origination
            if each.provider == SNS and shows_a_sender_id(each.origination)
            else ACCOUNTS_OWN,
        )
        for each in routes
    }


def routed_provider(routes: Routes, settings: SenderSettings, executor: Executor) -> RoutedProvider:
    """Return the provider of a sender; the calls of a wave run in *executor*."""
    parts = ProviderParts(settings=settings, executor=executor, wait=wait_until, now=utc_now)
    return RoutedProvider(
        home=routes.home,
        open_route=partial(open_provider, parts=parts),
        executor=ThreadPoolExecutor(ROUTES_AT_ONCE),
    )

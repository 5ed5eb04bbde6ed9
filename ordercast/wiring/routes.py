"""Build a stage's routes from a sender's settings, and the provider that calls on them. Used by the senders."""

from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

from ordercast.events.order_event import Channel
from ordercast.gateways.providers.open_provider import ProviderParts, open_provider
from ordercast.gateways.providers.routed import ROUTES_AT_ONCE, RoutedProvider
from ordercast.sending.routes import Route, Routes, home_route
from ordercast.settings.processors import SenderSettings, SmsSenderSettings
from ordercast.wiring.clock import utc_now, wait_until
from ordercast.wiring.text_routes import own_rates, text_routes


def routes_of(channel: Channel, settings: SenderSettings) -> Routes:
    """Return the routes of a channel: e-mails have one, texts those that the stage names."""
    home = home_route(channel, settings.region)
    if not isinstance(settings, SmsSenderSettings):
        return Routes(home=home, usual=home)
    named = text_routes(settings)
    return Routes(
        home=home,
        usual=Route(provider=settings.sms_provider, region=settings.region),
        by_country={country: first for country, (first, *_) in named.items()},
        more_by_country={country: more for country, (_, *more) in named.items() if more},
        rates=own_rates(settings),
    )


def routed_provider(routes: Routes, settings: SenderSettings, executor: Executor) -> RoutedProvider:
    """Return the provider of a sender; the calls of a wave run in *executor*."""
    parts = ProviderParts(settings=settings, executor=executor, wait=wait_until, now=utc_now)
    return RoutedProvider(
        home=routes.home,
        open_route=partial(open_provider, parts=parts),
        executor=ThreadPoolExecutor(ROUTES_AT_ONCE),
    )

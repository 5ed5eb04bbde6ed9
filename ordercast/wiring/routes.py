"""Build a stage's routes from a sender's settings, and the provider that calls on them. Used by the senders."""

from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial

from ordercast.events.order_event import Channel
from ordercast.gateways.providers.open_provider import ProviderParts, open_provider
from ordercast.gateways.providers.routed import ROUTES_AT_ONCE, RoutedProvider
from ordercast.sending.routes import Route, Routes, home_route
from ordercast.settings.processors import SenderSettings, SmsSenderSettings
from ordercast.settings.texts import providers_by_country
from ordercast.wiring.clock import utc_now, wait_until


def routes_of(channel: Channel, settings: SenderSettings) -> Routes:
    """Return the routes of a channel: e-mails have one, texts those that the stage names."""
    home = home_route(channel, settings.region)
    if not isinstance(settings, SmsSenderSettings):
        return Routes(home=home, usual=home)
    to = partial(Route, region=settings.region)
    named = providers_by_country(settings.sms_provider_by_country)
    return Routes(
        home=home,
        usual=to(provider=settings.sms_provider),
        by_country={country: to(provider=provider) for country, provider in named.items()},
    )


def routed_provider(routes: Routes, settings: SenderSettings, executor: Executor) -> RoutedProvider:
    """Return the provider of a sender; the calls of a wave run in *executor*."""
    parts = ProviderParts(settings=settings, executor=executor, wait=wait_until, now=utc_now)
    return RoutedProvider(
        home=routes.home,
        open_route=partial(open_provider, parts=parts),
        executor=ThreadPoolExecutor(ROUTES_AT_ONCE),
    )

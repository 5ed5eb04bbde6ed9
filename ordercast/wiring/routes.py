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
from ordercast.settings.stage import StageSettings
from ordercast.settings.texts import SNS
from ordercast.wiring.clock import utc_now, wait_until
from ordercast.wiring.text_routes import (
    RoutingOfStage,
    TextRouting,
    cost_policy,
    own_rates,
    text_routes,
)


def routes_of(channel: Channel, settings: SenderSettings) -> Routes:
    """Return the routes of a channel: e-mails have one in a Region, texts those that the stage names."""
    texts = settings if isinstance(settings, SmsSenderSettings) else None
    home = home_route(channel, settings.region)
    return _routes(home, texts, second=settings.second_region, share=settings.second_region_share)


def routes_of_stage(channel: Channel, stage: StageSettings, *, region: str) -> Routes:
    """Return what `routes_of` does, of a stage that is deployed in *region*."""
    texts = RoutingOfStage.of(stage, region=region) if channel is Channel.SMS else None
    second = stage.second_region
    return _routes(home_route(channel, region), texts, second=second.region, share=second.share)


def _routes(home: Route, texts: TextRouting | None, *, second: str, share: int) -> Routes:
    named = text_routes(texts) if texts else {}
    usual = Route(provider=texts.sms_provider, region=home.region) if texts else home
    by_country = {country: first for country, (first, *_) in named.items()}
    return Routes(
        home=home,
        usual=usual,
        by_country=by_country,
        more_by_country={country: more for country, (_, *more) in named.items() if more},
        rates=own_rates(texts) if texts else {},
        in_second_region=_in_second_region({usual, *by_country.values()}, second),
        second_region_share=share,
        by_cost=cost_policy(texts) if texts and texts.cost_choice.enabled else None,
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

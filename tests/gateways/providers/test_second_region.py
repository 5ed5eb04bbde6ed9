"""A route of the second Region is called there, with what the stage has there, on a client of its own."""

from concurrent.futures import Executor
from typing import Any

import pytest
from msgspec.structs import fields

from ordercast.events.order_event import Channel
from ordercast.gateways.providers.open_provider import ProviderParts, open_provider
from ordercast.sending.routes import Route, choose
from ordercast.settings.choice_by_cost import write_choice
from ordercast.settings.processors import EmailSenderSettings, SmsSenderSettings
from ordercast.settings.stage_files import default_settings
from ordercast.wiring.clock import utc_now
from ordercast.wiring.routes import routed_provider, routes_of
from tests.examples import notification

HOME, AWAY = "us-east-1", "us-west-2"
MADE_UP: dict[type, Any] = {str: "", int: 0}

pytestmark = pytest.mark.usefixtures("aws")


def settings(kind: type, **changes: Any) -> Any:
    """Return settings of a sender in `HOME`, with `AWAY` for a second Region."""
    known: dict[str, Any] = {
        **{each.name: MADE_UP.get(each.type) for each in fields(kind)},
        "stage": "prod",
        "region": HOME,
        "second_region": AWAY,
        "sms_provider": "sns",
        "sms_configuration_set": "set-at-home",
        "sms_protect_configuration": "protect-at-home",
        "sms_origination": "pool-home",
        "second_region_origination": "pool-away",
        "configuration_set": "mail-at-home",
        "originations": "{}",
        "choice_by_cost": write_choice(default_settings().choice_by_cost),
        **changes,
    }
    return kind(**{each.name: known[each.name] for each in fields(kind)})


SMS, EMAIL = SmsSenderSettings, EmailSenderSettings


@pytest.mark.parametrize(("provider", "kind"), [("sns", SMS), ("sms-voice", SMS), ("ses", EMAIL)])
def test_each_route_has_a_client_of_its_region(
    provider: str, kind: type, executor: Executor
) -> None:
    parts = ProviderParts(
        settings=settings(kind), executor=executor, wait=lambda _: None, now=utc_now
    )
    for region in (HOME, AWAY):
        opened: Any = open_provider(Route(provider=provider, region=region), parts)
        assert region == opened.client.meta.region_name
        assert 1 == opened.client.meta.config.retries["total_max_attempts"]


def test_messages_there_are_sent_with_the_stage_s_own_set_there(executor: Executor) -> None:
    """A protect configuration has no name of our choosing; there it is the set's own."""
    texts, mail = (
        ProviderParts(settings=settings(kind), executor=executor, wait=lambda _: None, now=utc_now)
        for kind in (SMS, EMAIL)
    )
    by_texts: list[Any] = [
        open_provider(Route(provider="sms-voice", region=region), texts) for region in (HOME, AWAY)
    ]
    assert [
        ("set-at-home", "protect-at-home", "pool-home"),
        ("ordercast-prod", "", "pool-away"),
    ] == [
        (each.configuration_set, each.protect_configuration, each.origination) for each in by_texts
    ]
    by_mail: list[Any] = [
        open_provider(Route(provider="ses", region=region), mail) for region in (HOME, AWAY)
    ]
    assert ["mail-at-home", "ordercast-prod"] == [each.configuration_set for each in by_mail]


def test_every_route_of_a_stage_has_its_counterpart_and_none_without_a_second_region() -> None:
    known = settings(SMS, sms_provider_by_country="JP sms-voice", second_region_share=5)
    routes = routes_of(Channel.SMS, known)
    assert 5 == routes.second_region_share
    assert {"sns", "sms-voice"} == {each.provider for each in routes.in_second_region}
    for first, second in routes.in_second_region.items():
        assert (first.provider, HOME, AWAY) == (second.provider, first.region, second.region)
    assert {} == routes_of(Channel.SMS, settings(SMS, second_region="")).in_second_region


def test_a_sender_id_is_shown_there_too_and_a_number_is_of_its_region() -> None:
    table = (
        '{"MyShop": {"countries": "SE"}, "+12065550100": {"countries": "US"}, '
        '"pool-0123": {"countries": "JP", "provider": "sms-voice"}}'
    )
    routes = routes_of(Channel.SMS, settings(SMS, originations=table))
    there = {
        first.origination: second.origination for first, second in routes.in_second_region.items()
    }
    default = "default"
    assert {
        default: default,
        "MyShop": "MyShop",
        "+12065550100": default,
        "pool-0123": default,
    } == there


@pytest.mark.parametrize(("channel", "kind"), [(Channel.SMS, SMS), (Channel.EMAIL, EMAIL)])
def test_nothing_is_opened_there_before_a_message_goes_by_it(
    channel: Channel, kind: type, executor: Executor
) -> None:
    known = settings(kind)
    routes = routes_of(channel, known)
    first = choose(notification(1, channel), routes)
    assert first is not None
    assert HOME == first.route.region

    assert {} == routed_provider(routes, known, executor).opened

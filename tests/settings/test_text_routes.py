"""A country's texts take the routes of its originations, in their order; all others take the stage's."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any, get_type_hints

import pytest
from msgspec.structs import asdict, fields, replace

from ordercast.events.order_event import Channel
from ordercast.gateways.providers.open_provider import ProviderParts, open_provider
from ordercast.sending.prices import price_of_part
from ordercast.sending.routes import Route
from ordercast.settings.choice_by_cost import write_choice
from ordercast.settings.originations import OriginationSettings, write_originations
from ordercast.settings.processors import SmsSenderSettings
from ordercast.settings.stage_files import default_settings
from ordercast.wiring.routes import routes_of
from tests.examples import notification
from tests.fakes.clock import HandTurnedClock

POOL = OriginationSettings(countries="US, CA", provider="sms-voice", rate=75, prices="US 0.0083")
ACME = OriginationSettings(countries="GB")
SPARE = OriginationSettings(countries="GB, US", provider="sns", rate=10)

CHOICE = default_settings().choice_by_cost


def settings(share: int = 100, **changes: Any) -> SmsSenderSettings:
    """Return what a sender of eu-west-1 reads, with three originations."""
    table = {"pool-0123": POOL, "ACME": ACME, "+12065550100": SPARE}
    types = get_type_hints(SmsSenderSettings)
    of = {each.name: types[each.name] for each in fields(SmsSenderSettings)}
    unset = {name: kind() for name, kind in of.items() if isinstance(kind, type)}
    stage = asdict(default_settings())
    own = {
        "region": "eu-west-1",
        "originations": write_originations(table, share=share),
        "choice_by_cost": write_choice(CHOICE),
    }
    return SmsSenderSettings.of({**unset, **stage, **own, **changes})


def to(provider: str, origination: str = "default") -> Route:
    return Route(provider=provider, region="eu-west-1", origination=origination)


def test_the_first_origination_of_a_country_goes_before_the_others() -> None:
    routes = routes_of(Channel.SMS, settings(sms_provider_by_country="JP sms-voice, GB sms-voice"))

    assert to("sns") == routes.usual == routes.home
    assert {
        "US": to("sms-voice", "pool-0123"),
        "CA": to("sms-voice", "pool-0123"),
        "GB": to("sms-voice", "ACME"),
        "JP": to("sms-voice"),
    } == routes.by_country
    spare = to("sns", "+12065550100")
    assert {"US": [spare], "GB": [spare]} == routes.more_by_country


def test_an_origination_has_the_stages_share_of_its_own_rate() -> None:
    assert {to("sms-voice", "pool-0123"): 37, to("sns", "+12065550100"): 5} == routes_of(
        Channel.SMS, settings(share=50)
    ).rates


def test_routes_are_chosen_by_cost_only_where_the_stage_asks_for_it() -> None:
    assert routes_of(Channel.SMS, settings()).by_cost is None


@pytest.mark.usefixtures("review")
def test_a_route_costs_what_its_origination_says_else_what_the_list_says() -> None:
    chosen = write_choice(replace(CHOICE, enabled=True, samples=50, promotional_percent=80))
    policy = routes_of(Channel.SMS, settings(choice_by_cost=chosen)).by_cost
    assert policy is not None
    prices = [
        policy.price(route, country)
        for route in (to("sms-voice", "pool-0123"), to("sns", "ACME"), to("sns"))
        for country in ("US", "CA")
    ]
    us, ca = price_of_part("US"), price_of_part("CA")
    assert [Decimal("0.0083"), ca, us, ca, us, ca] == prices
    rows = [notification(1, Channel.SMS, template=each) for each in ("review", "shipped")]
    assert [80, 95] == [policy.at_least(row) for row in rows]
    assert (50, 2) == (policy.samples, policy.trial)


def test_a_channel_sends_by_all_its_routes_together_what_each_of_them_may() -> None:
    """From that follows how many senders run at a time."""
    stage = default_settings()
    table = {"pool-0123": POOL, "ACME": ACME, "+12065550100": SPARE}
    half = replace(stage.sms_sender, share=50)
    with_own = replace(stage, originations=table, sms_sender=half)

    assert {"sms": stage.rate_of("sms") // 2 + 37 + 5, "email": stage.rate_of("email")} == {
        each: with_own.rate_of(each) for each in ("sms", "email")
    }


@pytest.mark.parametrize(
    ("route", "named"),
    [
        (to("sns", "+12065550100"), {"number": "+12065550100", "sender_id": ""}),
        (to("sns", "ACME"), {"number": "", "sender_id": "ACME"}),
        (to("sns"), {"number": "", "sender_id": "SHOPS"}),
        (to("sms-voice", "pool-0123"), {"origination": "pool-0123"}),
        (to("sms-voice"), {"origination": "pool-of-all"}),
    ],
)
def test_a_provider_is_opened_with_the_origination_of_its_route(
    monkeypatch: pytest.MonkeyPatch, route: Route, named: dict[str, str]
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    with ThreadPoolExecutor(1) as executor:
        parts = ProviderParts(
            settings=settings(sender_id="SHOPS", sms_origination="pool-of-all"),
            executor=executor,
            wait=lambda _: None,
            now=HandTurnedClock(),
        )
        opened = open_provider(route, parts)
    assert named == {name: getattr(opened, name) for name in named}

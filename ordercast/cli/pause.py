"""Pause sending by channel, country, campaign or shop, and resume it. Used by operators."""

from collections.abc import Iterable
from typing import Annotated

import typer

from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.terminal import console
from ordercast.events.order_event import Channel
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.usage_error import UsageError

ChannelToo = Annotated[list[Channel] | None, typer.Option("--channel", help="sms or email.")]
CountryToo = Annotated[
    list[str] | None, typer.Option("--country", help="Texts to a country: US, SE, ….")
]
CampaignToo = Annotated[list[str] | None, typer.Option("--campaign", help="A campaign.")]
ShopToo = Annotated[list[str] | None, typer.Option("--shop", help="A shop.")]


def pause(
    channel: ChannelToo = None,
    country: CountryToo = None,
    campaign: CampaignToo = None,
    shop: ShopToo = None,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Pause sending of what the options name, until it is resumed; without options, show the list."""
    ledger = target(stage, cloud).ledger()
    named = _named(country, channel=channel, campaign=campaign, shop=shop)
    if named:
        ledger.pause(named)
    _show(ledger.pauses().paused)


def resume(
    channel: ChannelToo = None,
    country: CountryToo = None,
    campaign: CampaignToo = None,
    shop: ShopToo = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that is paused.")] = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Resume sending of what the options name; messages that waited are sent within minutes."""
    ledger = target(stage, cloud).ledger()
    named = (
        ledger.pauses().paused
        if every
        else _named(country, channel=channel, campaign=campaign, shop=shop)
    )
    if not named and not every:
        raise UsageError("resume what?", hint="name what was paused, or --all")
    if named:
        ledger.resume(named)
    _show(ledger.pauses().paused)


def _named(country: Iterable[str] | None, **others: Iterable[str] | None) -> frozenset[str]:
    options = {"country": map(_country, country or ()), **others}
    return frozenset(f"{kind}:{each}" for kind, named in options.items() for each in named or ())


def _country(written: str) -> str:
    code = written.upper()
    if len(code) != 2 or not code.isascii() or not code.isalpha():  # noqa: PLR2004 - ISO 3166-1
        raise UsageError(f"--country: {written} is not a two-letter country code")
    return code


def _show(paused: Iterable[str]) -> None:
    names = sorted(paused)
    if not names:
        console.print("Nothing is paused.")
    for name in names:
        kind, _, which = name.partition(":")
        console.print(f"Paused: {kind} {which}", markup=False)

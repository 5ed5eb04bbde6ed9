"""Hold messages of a scope back, list what is held, and let it go again. Used by operators."""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer

from ordercast.cli.options import (
    CloudName,
    Reason,
    Stage,
    each_given,
    read_country,
    read_name,
    read_reason,
)
from ordercast.cli.output.holds import fields_of, listing
from ordercast.cli.output.terminal import console
from ordercast.decisions.lookup import LookupKeys
from ordercast.errors import Retryable
from ordercast.events.order_event import Channel, Priority
from ordercast.gateways.ledger.dynamo_ledger import DynamoLedger
from ordercast.notifications.channels import CHANNELS
from ordercast.operations.holding import checked, closed_channels, hold_back, let_go
from ordercast.operations.target import LOCAL_STAGE, Target, target
from ordercast.operations.units import count
from ordercast.operations.waiting import waiting_in
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.queries.state_words import words_of
from ordercast.usage_error import UsageError

Part = TypeVar("Part")

ChannelPart = Annotated[list[Channel] | None, typer.Option("--channel", help="sms or email.")]
CountryPart = Annotated[
    list[str] | None,
    typer.Option(
        "--country",
        help="Texts to this country: US, SE, …; e-mails have none.",
        callback=each_given(read_country),
    ),
]
CampaignPart = Annotated[
    list[str] | None,
    typer.Option("--campaign", help="Of this campaign.", callback=each_given(read_name)),
]
ShopPart = Annotated[
    list[str] | None, typer.Option("--shop", help="Of this shop.", callback=each_given(read_name))
]
PriorityPart = Annotated[list[Priority] | None, typer.Option("--priority", help="high or normal.")]


def pause(  # noqa: PLR0913, PLR0917 - each is an option of the command
    channel: ChannelPart = None,
    country: CountryPart = None,
    campaign: CampaignPart = None,
    shop: ShopPart = None,
    priority: PriorityPart = None,
    reason: Reason = "",
    as_json: Annotated[bool, typer.Option("--json", help="The list, as JSON Lines.")] = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Hold back the messages for which every option holds; without options, list what is held."""
    scope = _scope(channel, country, campaign, shop, priority)
    where = target(stage, cloud)
    if scope.parts:
        _hold(where, checked(scope), reason, say=not as_json)
    _list(where.ledger(), as_json=as_json)


def _hold(where: Target, scope: Scope, reason: str, *, say: bool) -> None:
    """Say what is going to be held, and hold it."""
    now = datetime.now(UTC)
    # A pause does not wait for what is only to be said.
    with suppress(Retryable):
        waiting = waiting_in(scope, where.rollups(), now=now)
        if say:
            what = f"about {count(waiting, 'message')} that wait now, and what comes"
            console.print(f"Holding back {words_of(scope)}: {what}.", markup=False)
    hold_back(where, scope, reason=reason)


def _list(ledger: DynamoLedger, *, as_json: bool = False) -> None:
    holds = ledger.look_up(LookupKeys(holds=True)).holds
    waiting = ledger.waiting([each.id for each in holds])
    # Of a channel that was opened there is nothing to tell once nothing waits.
    holds = tuple(e for e in holds if e.is_active or e.why is not Why.UNOPENED or waiting[e.id])
    if as_json:
        for each in holds:
            print(json.dumps(fields_of(each, waiting[each.id]), ensure_ascii=False))
    else:
        console.print(listing(holds, waiting))


def resume(  # noqa: PLR0913, PLR0917 - each is an option of the command
    hold_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[HOLD]...", help="As `pause` lists them.")
    ] = None,
    channel: ChannelPart = None,
    country: CountryPart = None,
    campaign: CampaignPart = None,
    shop: ShopPart = None,
    priority: PriorityPart = None,
    why: Annotated[Why, typer.Option(help="Why they are held.")] = Why.PAUSED,
    every: Annotated[bool, typer.Option("--all", help="All that are held for that.")] = False,  # noqa: FBT002
    reason: Annotated[
        str,
        typer.Option(
            help="Kept with it, for others to read; needed to open a channel (--why unopened).",
            callback=each_given(read_reason),
        ),
    ] = "",
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Let go what was held back: by the options that were paused, by its name in the list, or all."""
    scope = _scope(channel, country, campaign, shop, priority)
    if not (hold_ids or every or scope.parts):
        raise UsageError("resume what?", hint="give the options of the pause, its name, or --all")
    where = target(stage, cloud)
    ledger = where.ledger()
    active = [each for each in ledger.look_up(LookupKeys(holds=True)).holds if each.is_active]
    named = set(hold_ids or ())
    chosen = [
        each
        for each in active
        if each.id in named or (each.why is why and (every or each.scope == scope != Scope()))
    ]
    missing = named - {each.id for each in chosen}
    if missing or not (chosen or every):
        what = ", ".join(sorted(missing)) or words_of(scope)
        raise UsageError(f"not held back: {what}", hint="`pause` without options lists the holds")
    _let_go(where, ledger, chosen, reason)
    _list(ledger)


def _let_go(where: Target, ledger: DynamoLedger, chosen: Sequence[Hold], reason: str) -> None:
    """Say what is let go, and let it go; a channel that was never opened takes a reason."""
    closed_channels(chosen, reason=reason)
    waiting = ledger.waiting([each.id for each in chosen])
    for each in chosen:
        told = f"{count(waiting[each.id], 'message')}, {_pace(where, each.scope)}"
        console.print(f"Letting go {words_of(each.scope)}: {told}.", markup=False)
    let_go(where, chosen, reason=reason)


def _pace(where: Target, scope: Scope) -> str:
    """Say how fast the sweeper releases what waited."""
    senders = where.names.senders
    named = [scope.channel] if scope.channel else list(Channel)
    rates = [
        f"{senders[each].rate:g} {CHANNELS[each].messages}" for each in named if each in senders
    ]
    return f"released at {' and '.join(rates)} a second at most"


def _scope(
    channel: list[Channel] | None,
    country: list[str] | None,
    campaign: list[str] | None,
    shop: list[str] | None,
    priority: list[Priority] | None,
) -> Scope:
    return Scope(
        channel=_one("--channel", channel),
        country=_one("--country", country),
        campaign=_one("--campaign", campaign),
        shop=_one("--shop", shop),
        priority=_one("--priority", priority),
    )


def _one(option: str, given: list[Part] | None) -> Part | None:
    """Return the one that is given: a command holds what all its options name, so two hold nothing."""
    if len(given or ()) > 1:
        raise UsageError(f"{option}: give one; a second pause holds the other")
    return given[0] if given else None

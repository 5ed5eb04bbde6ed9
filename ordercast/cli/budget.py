"""Limit what messages may cost by day and month, and show what is used. Used by operators."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table as Grid

from ordercast.audit import Verb
from ordercast.budgets.account import share_used
from ordercast.budgets.budget import Budget, BudgetPeriod
from ordercast.cli.options import (
    AsJson,
    CloudName,
    Reason,
    Stage,
    each_given,
    read_country,
    read_name,
)
from ordercast.cli.output.terminal import console
from ordercast.events.order_event import Channel
from ordercast.operations.acts import audited
from ordercast.operations.budgets import (
    BudgetState,
    dollars,
    earlier,
    present,
    remove_budget,
    set_budget,
)
from ordercast.operations.caller import caller_on
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.operations.units import count
from ordercast.rollups.rollup import short
from ordercast.usage_error import UsageError

budget = typer.Typer(
    name="budget", no_args_is_help=True, help="Set budgets, and show what is used of them."
)

OneChannel = Annotated[Channel | None, typer.Option("--channel", help="sms or email.")]
OneCountry = Annotated[
    str | None,
    typer.Option(
        "--country", help="To this country: US, SE, ….", callback=each_given(read_country)
    ),
]
OneCampaign = Annotated[
    str | None, typer.Option("--campaign", help="Of this campaign.", callback=each_given(read_name))
]
OneShop = Annotated[
    str | None, typer.Option("--shop", help="Of this shop.", callback=each_given(read_name))
]
Usd = str | None


@budget.command("set")
def set_(  # noqa: PLR0913, PLR0917 - each is an option of the command
    hour: Annotated[
        Usd, typer.Option(help="US dollars an hour; replaces a velocity limit.")
    ] = None,
    day: Annotated[Usd, typer.Option(help="US dollars a day (UTC).")] = None,
    month: Annotated[Usd, typer.Option(help="US dollars a month (UTC).")] = None,
    channel: OneChannel = None,
    country: OneCountry = None,
    campaign: OneCampaign = None,
    shop: OneShop = None,
    reserve: Annotated[
        int, typer.Option(min=0, max=100, help="Percent of it for high priority only.")
    ] = 0,
    reason: Reason = "",
    remove: Annotated[bool, typer.Option("--remove", help="Remove it; give any amount.")] = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Set what all messages, or those for which every option holds, may cost in a period."""
    limits = {
        period: dollars(usd, option=f"--{period}")
        for period, usd in (
            (BudgetPeriod.HOUR, hour),
            (BudgetPeriod.DAY, day),
            (BudgetPeriod.MONTH, month),
        )
        if usd is not None
    }
    if not limits:
        raise UsageError("a budget of what?", hint="give --hour, --day or --month, in US dollars")
    where = target(stage, cloud)
    by, now = caller_on(where), datetime.now(UTC)
    for period, limit in limits.items():
        wanted = Budget(
            period=period,
            limit=limit,
            channel=channel,
            country=country,
            campaign=short(campaign),
            shop=short(shop),
            reserve=reserve,
            by=by,
            since=now,
            reason=reason or None,
        )
        with audited(where, Verb.BUDGET, wanted.id, reason=reason) as doing:
            (remove_budget if remove else set_budget)(where, wanted)
            doing.outcome = "removed" if remove else f"{limit:f} USD"
    _show(present(where))


@budget.command()
def show(as_json: AsJson = False, stage: Stage = LOCAL_STAGE, cloud: CloudName = None) -> None:  # noqa: FBT002
    """Show each budget in its present period: its limit, what is spent and reserved, and what waits."""
    states = present(target(stage, cloud))
    if as_json:
        print(json.dumps([each.document for each in states], indent=2))
    else:
        _show(states)


@budget.command()
def history(as_json: AsJson = False, stage: Stage = LOCAL_STAGE, cloud: CloudName = None) -> None:  # noqa: FBT002
    """Show the earlier periods of each budget, and who changed which budget when and why."""
    where = target(stage, cloud)
    states, changes = earlier(where), where.limits().changes()
    if as_json:
        told = [
            {
                "at": each.since and each.since.isoformat(),
                "by": each.by,
                "budget": each.id,
                "limit_usd": None if removed else f"{each.limit:f}",
                "reserve_percent": each.reserve,
                "reason": each.reason,
            }
            for each, removed in changes
        ]
        document = {"periods": [each.document for each in states], "changes": told}
        print(json.dumps(document, indent=2))
        return
    _show(states)
    for each, removed in changes:
        what = "removed" if removed else f"{each.limit:f} USD"
        when = f"{each.since:%Y-%m-%d %H:%M} UTC" if each.since else "-"
        why = f" ({each.reason})" if each.reason else ""
        console.print(f"{when}  {each.id}: {what}, by {each.by}{why}", markup=False)


def _show(states: list[BudgetState]) -> None:
    if not states:
        console.print("No budget is set.")
        return
    grid = Grid("budget", "period", box=None)
    for name in ("limit", "spent", "reserved", "used", "waiting"):
        grid.add_column(name, justify="right")
    for each in states:
        grid.add_row(
            each.budget.id,
            each.account.key.rpartition("#")[2],
            f"{each.account.limit:f}",
            f"{each.spent:f}",
            f"{each.reserved:f}",
            f"{share_used(each.account):.1f} %",
            count(each.waiting),
        )
    console.print(grid)

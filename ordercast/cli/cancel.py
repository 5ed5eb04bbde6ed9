"""The command `ordercast cancel`: suppress what waits of a message, an order or a campaign. Used by operators."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.text import Text

from ordercast.cli.options import (
    AsJson,
    CloudName,
    Really,
    ReasonOfAct,
    Shop,
    Stage,
    each_given,
    insist_on_reason,
    read_name,
)
from ordercast.cli.output.terminal import console
from ordercast.operations.cancelling import (
    MOST,
    MeantMessages,
    by_state,
    of_campaign,
    of_message,
    of_order,
    plan_cancel,
    said,
)
from ordercast.operations.cancelling import cancel as cancel_messages
from ordercast.operations.named_messages import named_message, named_order
from ordercast.operations.target import LOCAL_STAGE, Target, target
from ordercast.operations.units import count
from ordercast.usage_error import UsageError
from ordercast.workflows.cancel_messages import CancelReport


def cancel(  # noqa: PLR0913, PLR0917 - each is an option of the command
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="MESSAGE|ORDER",
            help="A message's id, or an order_id.",
            callback=each_given(lambda _, written: read_name("MESSAGE|ORDER", written)),
        ),
    ] = None,
    campaign: Annotated[
        str | None,
        typer.Option(help="Instead: all that waits of it.", callback=each_given(read_name)),
    ] = None,
    reason: ReasonOfAct = "",
    most: Annotated[
        int, typer.Option(min=1, help="How many waiting messages to look at for a campaign.")
    ] = MOST,
    shop: Shop = None,
    yes: Really = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Suppress what waits, is deferred or held, by the rule `cancelled`; what is claimed or sent stays."""
    insist_on_reason(reason, yes=yes)
    where = target(stage, cloud)
    meant = _meant(where, what, campaign, shop, most)
    report = cancel_messages(where, meant, reason=reason) if yes else plan_cancel(where, meant)
    if as_json:
        print(json.dumps(document(report, done=yes), indent=2))
    else:
        _say(report, meant, done=yes)
    if report.moving:
        hint = "look again: the same command, repeated"
        raise UsageError(f"{count(report.moving, 'message')} changed meanwhile", hint=hint)


def _meant(
    where: Target, what: str | None, campaign: str | None, shop: str | None, most: int
) -> MeantMessages:
    if (what is None) == (campaign is None):
        raise UsageError("cancel what?", hint="name a message or an order, or --campaign")
    if campaign is not None:
        if shop:
            raise UsageError("--shop goes with an order; a campaign is cancelled in all shops")
        return of_campaign(campaign, most=most)
    row = named_message(where, str(what))
    if row is not None:
        return of_message(row)
    return of_order(named_order(where, str(what), shop=shop, now=datetime.now(UTC)))


def document(report: CancelReport, *, done: bool) -> dict[str, object]:
    """Return a report as JSON has it, counts by state; `cancelled` by the state that they have since."""
    return {
        "done": done,
        "found": dict(sorted(report.found.items())),
        "cancelled": dict(sorted(report.cancelled.items())),
        "left_alone": dict(sorted(report.left.items())),
        "changed_meanwhile": report.moving,
        "looked_at": report.looked_at,
        "looked_at_all": report.is_whole,
    }


def _say(report: CancelReport, meant: MeantMessages, *, done: bool) -> None:
    if done:
        console.print(Text(f"{said(report)}."), soft_wrap=True)
    else:
        found = f": {by_state(report.found)}" if report.found else ""
        console.print(f"{count(report.found.total(), 'message')} can be cancelled{found}.")
        if report.left:
            console.print(f"Left alone: {by_state(report.left)}.")
    if meant.campaign is not None:
        _say_how_far(report, meant)
    if not done:
        console.print("Nothing was changed; --yes does it.")


def _say_how_far(report: CancelReport, meant: MeantMessages) -> None:
    looked = f"Looked at {count(report.looked_at, 'waiting message')}"
    if report.is_whole:
        console.print(f"{looked}: all of the stage. What is claimed or sent is not among them.")
    else:
        console.print(f"{looked}, and there are more: --most {10 * meant.most} looks further.")
    later = f"What comes later is held back by: ordercast pause --campaign {meant.campaign}"
    console.print(Text(later), soft_wrap=True)

"""The command `ordercast resend`: have a message sent again, as a notification of its own. Used by operators."""

import json
from typing import Annotated

import typer
from rich.text import Text

from ordercast.cli.options import (
    AsJson,
    CloudName,
    Really,
    ReasonOfAct,
    Stage,
    each_given,
    insist_on_reason,
    read_name,
)
from ordercast.cli.output.terminal import console
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import State
from ordercast.operations.masking import masked
from ordercast.operations.named_messages import named_message
from ordercast.operations.resending import plan_resend, said
from ordercast.operations.resending import resend as send_again
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.sending.resending import MOST_RESENDS
from ordercast.usage_error import UsageError
from ordercast.workflows.resend_message import Resend


def resend(
    message: Annotated[
        str,
        typer.Argument(
            metavar="MESSAGE",
            help="A message's id, as `find` and `status` show it.",
            callback=each_given(lambda _, written: read_name("MESSAGE", written)),
        ),
    ],
    number: Annotated[
        int,
        typer.Option(
            min=1,
            max=MOST_RESENDS,
            help="Which resend of it: the same number is the same notification.",
        ),
    ] = 1,
    may_double: Annotated[  # noqa: FBT002 - an option's default
        bool,
        typer.Option("--may-double", help="Also if it may have been sent, and arrives twice then."),
    ] = False,
    reason: ReasonOfAct = "",
    yes: Really = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Send a message again, as a notification of its own, by the rules as they are now."""
    insist_on_reason(reason, yes=yes)
    where = target(stage, cloud)
    row = named_message(where, message)
    if row is None:
        raise UsageError(f"no message {message} is known", hint="ordercast find ORDER names ids")
    if yes:
        done = send_again(where, row, number, may_double=may_double, reason=reason)
    else:
        done = plan_resend(where, row, number, may_double=may_double)
    if as_json:
        print(json.dumps(document(done, done=yes), indent=2))
    else:
        _say(done, done=yes)


def document(found: Resend, *, done: bool) -> dict[str, object]:
    """Return a resend as JSON has it; nothing of it is an address."""
    row = found.row
    return {
        "done": done,
        "first": found.first.id,
        "number": found.number,
        "was_there": found.is_there,
        "id": row and row.id,
        "state": row and row.state,
        "rule": row and row.rule,
    }


def _say(found: Resend, *, done: bool) -> None:
    first, row = found.first, found.row
    if row is None:
        return
    what = f"{first.status}, {CHANNELS[first.channel].label} to {masked(row.recipient or '')}"
    console.print(Text(f"{what}, order {first.order.order_id}: {said(found)}."), soft_wrap=True)
    if found.is_there and found.number < MOST_RESENDS:
        more = f"--number {found.number + 1}"
        console.print(f"The same number is the same message; {more} would send it once more.")
    if row.state is State.DEFERRED and not found.is_there:
        console.print("It waits, as any message would; the sweeper releases it.")
    if not done:
        console.print("Nothing was changed; --yes does it.")

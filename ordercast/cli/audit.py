"""The command `ordercast audit`: list who did what to a stage, when, why, and what came of it. Used by operators."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.text import Text

from ordercast.audit import KEPT, Recorded, Verb
from ordercast.cli.options import AsJson, CloudName, Stage
from ordercast.cli.output.terminal import console
from ordercast.operations.periods import moment
from ordercast.operations.target import LOCAL_STAGE, target

READ_MAX = 1000
"""The most acts that are read to find those that are asked for."""

UNKNOWN = "no outcome: it goes on, or was interrupted"


def audit(
    verb: Annotated[
        list[Verb] | None, typer.Option("--verb", help="Only this; may be repeated.")
    ] = None,
    of: Annotated[str, typer.Option(help="Only acts on what has this text in its name.")] = "",
    by: Annotated[str, typer.Option(help="Only acts of who has this text in the name.")] = "",
    since: Annotated[
        str | None, typer.Option(help="Only since then, in UTC: 24h, 7d, or a date. [default: 35d]")
    ] = None,
    last: Annotated[int, typer.Option(min=1, max=READ_MAX, help="How many.")] = 20,
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """List who paused, resumed, redrove, dropped, set, … what, when and why, the newest first."""
    now = datetime.now(UTC)
    begins = moment(since or "35d", option="--since", now=now)
    trail = target(stage, cloud).audit_trail()
    # What is done at this moment, too.
    read = trail.newest(
        until=now + timedelta(minutes=1), since=max(begins, now - KEPT), limit=READ_MAX
    )
    verbs = set(verb or Verb)
    found = [
        each for each in read if each.act.verb in verbs and of in each.act.of and by in each.act.by
    ]
    if as_json:
        print(json.dumps([document(each) for each in found[:last]], indent=2, ensure_ascii=False))
        return
    for each in found[:last]:
        console.print(Text(line_of(each)), soft_wrap=True)
    if not found:
        console.print(f"No such act since {begins:%Y-%m-%d %H:%M} UTC.")
    elif len(read) == READ_MAX:
        oldest = f"{read[-1].act.at:%Y-%m-%d %H:%M} UTC"
        console.print(
            f"Looked at the {READ_MAX} newest acts, back to {oldest}; say --verb or a later --since."
        )


def line_of(each: Recorded) -> str:
    """Return an act in a line."""
    act = each.act
    why = f" ({act.reason})" if act.reason else ""
    outcome = each.outcome or UNKNOWN
    return f"{act.at:%Y-%m-%d %H:%M:%S} UTC  {act.verb} by {act.by}{why}: {act.of}: {outcome}"


def document(each: Recorded) -> dict[str, str | None]:
    """Return the same for `--json`; `outcome` is null while there is none."""
    act = each.act
    return {
        "at": act.at.isoformat(),
        "by": act.by,
        "verb": act.verb,
        "of": act.of,
        "reason": act.reason,
        "outcome": each.outcome,
    }

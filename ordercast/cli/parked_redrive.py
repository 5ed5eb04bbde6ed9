"""The commands `ordercast parked redrive` and `drop`: act on what is parked, and say what came of it. Used by operators."""

import json
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any

import typer
from msgspec import Struct
from rich.progress import Progress
from rich.text import Text

from ordercast.audit import Verb
from ordercast.cli.options import AsJson, CloudName, Really, Stage
from ordercast.cli.output.progress import status_line
from ordercast.cli.output.terminal import console, errors_console
from ordercast.cli.parked import (
    Everything,
    Ids,
    Kinds,
    ParkedSince,
    WhyDone,
    WithText,
    show_items,
)
from ordercast.operations.parked_acts import HANDLED, all_of, handle
from ordercast.operations.parked_selection import fields_of, selection, summary
from ordercast.operations.parked_sources import ParkedSources, SelectedItems, parked_sources
from ordercast.operations.redrive_outcomes import (
    FollowRedrive,
    RedriveOutcome,
    RedriveResult,
    follow,
)
from ordercast.operations.target import LOCAL_STAGE, Target, target
from ordercast.operations.units import count
from ordercast.parked.item import ParkedItem, Selection
from ordercast.parked.short_ids import short_ids
from ordercast.usage_error import UsageError
from ordercast.wiring.clock import wait_until

LOOKS_EVERY = timedelta(seconds=2)
"""How often it is asked what came of what was redriven."""


class Acted(Struct, frozen=True, kw_only=True):
    """What was done: `done` of the selected items; `waiting` of them found no room in the senders' queues."""

    verb: Verb
    items: Sequence[ParkedItem]
    done: int
    waiting: int
    outcomes: Sequence[RedriveOutcome] = ()


def redrive(  # noqa: PLR0913, PLR0917 - each is an option of the command
    ids: Ids = None,
    kind: Kinds = None,
    reason: WithText = "",
    since: ParkedSince = None,
    every: Everything = False,  # noqa: FBT002
    note: WhyDone = "",
    wait: Annotated[  # noqa: FBT002
        bool, typer.Option("--wait", help="Then wait, and say what came of each; see --within.")
    ] = False,
    within: Annotated[
        int, typer.Option(min=1, max=3600, help="The most seconds that --wait takes.")
    ] = 60,
    yes: Really = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Process parked items again; may be interrupted and repeated.

    With --wait, status 1 if any is parked again or was not seen in time.
    """
    chosen = selection(ids, kind, reason, since, _now(), every=every)
    longest = timedelta(seconds=within) if wait else None
    _act(Verb.REDRIVE, chosen, target(stage, cloud), note, really=yes, json_=as_json, wait=longest)


def drop(  # noqa: PLR0913, PLR0917 - each is an option of the command
    ids: Ids = None,
    kind: Kinds = None,
    reason: WithText = "",
    since: ParkedSince = None,
    every: Everything = False,  # noqa: FBT002
    note: WhyDone = "",
    yes: Really = False,  # noqa: FBT002
    as_json: AsJson = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Delete parked items; payloads in the bucket stay until their retention ends."""
    chosen = selection(ids, kind, reason, since, _now(), every=every)
    _act(Verb.DROP, chosen, target(stage, cloud), note, really=yes, json_=as_json)


def _act(
    verb: Verb,
    chosen: Selection,
    on: Target,
    note: str,
    *,
    really: bool,
    json_: bool,
    wait: timedelta | None = None,
) -> None:
    with closing(parked_sources(on)) as where:
        found = where.find(chosen)
        items = all_of(found)
        if missed := chosen.missed(items):
            (errors_console if json_ else console).print(
                Text(f"Not parked (any more): {', '.join(missed)}")
            )
        if not really:
            _would(verb, chosen, items, json_=json_)
            return
        following = _follow(on, where, found) if wait else None
        # Where nothing is parked nothing is done, and the audit trail has no act.
        done = _do(on, found, verb, note) if items else 0
        acted = Acted(verb=verb, items=items, done=done, waiting=where.paced.deferred)
        if following and wait and items:
            outcomes = _wait(following, until=following.began + wait)
            acted = Acted(
                verb=verb, items=items, done=done, waiting=acted.waiting, outcomes=outcomes
            )
    print(json.dumps(_document(acted), indent=2)) if json_ else _say(acted)
    if done < len(items):
        raise UsageError(
            "the rest changed meanwhile or was refused", hint="look again: parked list"
        )
    if any(not each.settled or each.result is RedriveResult.PARKED for each in acted.outcomes):
        raise typer.Exit(1)


def _would(verb: Verb, chosen: Selection, items: Sequence[ParkedItem], *, json_: bool) -> None:
    if json_:
        document = {HANDLED[verb]: 0, "of": len(items), "items": [fields_of(e) for e in items]}
        print(json.dumps(document, indent=2))
        return
    show_items(items)
    console.print(f"{summary(items, chosen)} Nothing was changed; --yes does it.")


def _do(on: Target, found: Sequence[SelectedItems], verb: Verb, reason: str) -> int:
    with Progress(console=errors_console, transient=True) as progress:
        task = progress.add_task(HANDLED[verb], total=len(all_of(found)))
        advance = partial(progress.advance, task)
        return handle(on, found, verb, reason=reason, progress=advance)


def _follow(on: Target, where: ParkedSources, found: Sequence[SelectedItems]) -> FollowRedrive:
    return follow(
        found,
        on.settings,
        look_up=on.ledger().look_up,
        parked_between=where.parked_between,
        now=_now(),
    )


def _wait(following: FollowRedrive, *, until: datetime) -> list[RedriveOutcome]:
    """Look until all is settled or the time is up; show how far it is."""
    found = following.look(_now())
    with status_line(errors_console) as show:
        for number in range(1, (until - following.began) // LOOKS_EVERY + 2):
            if following.settled:
                break
            known = sum(each.settled for each in found)
            show(f"it is known what came of {known} of {len(found)} …")
            wait_until(min(following.began + number * LOOKS_EVERY, until))
            found = following.look(_now())
    return found


def _say(acted: Acted) -> None:
    console.print(f"{acted.done} of {len(acted.items)} {HANDLED[acted.verb]}.")
    if acted.waiting:
        console.print(
            f"{acted.waiting} of them found no room in the senders' queues: they wait on the ledger,"
            " and the sweeper releases them at the provider's rate."
        )
    short = short_ids([each.id for each in acted.items])
    for each in acted.outcomes:
        console.print(Text(f"  {short[each.item.id]}  {each}"))
        for row in each.messages:
            rule = f" ({row.rule})" if row.rule else ""
            line = f"    {row.id}  {row.status} by {row.channel}, order {row.order.order_id}"
            console.print(Text(f"{line}: {row.state}{rule}", style="dim"))
    if open_ := sum(not each.settled for each in acted.outcomes):
        console.print(f"Of {count(open_, 'item')} it is not known yet; see ordercast parked list.")


def _document(acted: Acted) -> dict[str, Any]:
    """Return what was done as `--json` has it; `outcomes` is empty unless it was waited for."""
    return {
        HANDLED[acted.verb]: acted.done,
        "of": len(acted.items),
        "waiting": acted.waiting,
        "outcomes": [
            {
                "id": each.item.id,
                "outcome": each.result,
                "detail": each.detail,
                "settled": each.settled,
                "messages": [
                    {"id": r.id, "channel": r.channel, "state": r.state, "rule": r.rule}
                    for r in each.messages
                ],
            }
            for each in acted.outcomes
        ],
    }


def _now() -> datetime:
    return datetime.now(UTC)

"""The commands `ordercast parked`: list, show, redrive and drop parked items. Used by operators."""

import json
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.text import Text
from typer.core import TyperCommand

from ordercast.audit import Verb
from ordercast.cli.options import CloudName, Really, Stage, each_given, read_reason
from ordercast.cli.output.terminal import console, field_list
from ordercast.events.identity import is_notification_id
from ordercast.operations.acts import audited
from ordercast.operations.bucket_removal import delete, kept_objects, removed_bucket
from ordercast.operations.parked_acts import HANDLED, all_of, handle
from ordercast.operations.parked_selection import (
    fields_of,
    lines_of,
    selection,
    summary,
)
from ordercast.operations.parked_sources import SelectedItems, parked_sources
from ordercast.operations.target import LOCAL_STAGE, Target, target
from ordercast.operations.units import count
from ordercast.parked.item import Kind, ParkedItem, Selection
from ordercast.usage_error import UsageError
from ordercast.workflows.redrive.stream_records import ParkedStreamRecords

parked = typer.Typer(
    name="parked",
    no_args_is_help=True,
    help="Parked records, batches, dead letters and notifications, which wait for an operator.",
)


class TakesIds(TyperCommand):
    """A command without short options: a word that begins with one dash is an id."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's own
        """Put ids behind `--`, where a dash has no meaning."""
        ids = [each for each in args if _DASHED_ID.match(each) or is_notification_id(each)]
        others = [each for each in args if each not in ids]
        return super().parse_args(ctx, [*others, *([] if "--" in args else ["--"]), *ids])


_DASHED_ID = re.compile("-[^-]")


Ids = Annotated[list[str] | None, typer.Argument(help="As `list` shows them, short or whole.")]
Kinds = Annotated[
    list[Kind] | None, typer.Option("--kind", help="Only this kind; may be repeated.")
]
WithText = Annotated[str, typer.Option(help="Only items with this text in reason or detail.")]
ParkedSince = Annotated[
    str | None, typer.Option(help="Only items parked since: 36h, 7d, or a date such as 2026-11-02.")
]
WhyDone = Annotated[
    str,
    typer.Option(
        help="Why, kept in the audit trail for others to read.", callback=each_given(read_reason)
    ),
]
Everything = Annotated[bool, typer.Option("--all", help="Everything that is parked.")]


@parked.command("list")
def list_parked(
    kind: Kinds = None,
    reason: WithText = "",
    since: ParkedSince = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines.")] = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """List parked items by reason, with short ids; no personal data is shown."""
    chosen = selection((), kind, reason, since, datetime.now(UTC), every=True)
    with closing(parked_sources(target(stage, cloud))) as where:
        items = all_of(where.find(chosen))
    if as_json:
        for each in items:
            print(json.dumps(fields_of(each)))
        return
    _show(items)
    console.print(summary(items, chosen))


@parked.command("show", cls=TakesIds)
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it, short or whole.")],
    payload: Annotated[  # noqa: FBT002
        bool, typer.Option("--payload", help="Print its payload only, which is personal data.")
    ] = False,
    first: Annotated[  # noqa: FBT002
        bool, typer.Option("--first", help="With --payload: as it was parked, before any `edit`.")
    ] = False,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show one parked item; its payload only with --payload."""
    on = target(stage, cloud)
    with closing(parked_sources(on)) as where:
        found = [(f.source, each) for f in where.find(Selection(ids=[id_])) for each in f.items]
        if len(found) != 1:
            raise UsageError(f"{id_} names {len(found)} parked items, not one")
        ((source, item),) = found
        if payload:
            with audited(on, Verb.SHOW, item.id) as doing:
                content = source.payload(item)
                if first and isinstance(source, ParkedStreamRecords):
                    content = source.first_payload(item)
                sys.stdout.buffer.write(content + b"\n")
                doing.outcome = "its payload was shown"
            return
    console.print(field_list({name: str(value) for name, value in fields_of(item).items()}))


def _add(verb: Verb, help_: str) -> None:
    """Add a command that acts on the selected items."""

    @parked.command(verb, cls=TakesIds, help=help_)
    def command(  # noqa: PLR0913, PLR0917 - each is an option of the command
        ids: Ids = None,
        kind: Kinds = None,
        reason: WithText = "",
        since: ParkedSince = None,
        every: Everything = False,  # noqa: FBT002
        note: WhyDone = "",
        yes: Really = False,  # noqa: FBT002
        stage: Stage = LOCAL_STAGE,
        cloud: CloudName = None,
    ) -> None:
        chosen = selection(ids, kind, reason, since, datetime.now(UTC), every=every)
        on = target(stage, cloud)
        with closing(parked_sources(on)) as where:
            found = where.find(chosen)
            items = all_of(found)
            if _is_meant(items, chosen, really=yes):
                # Where nothing is parked nothing is done, and the audit trail has no act.
                done = _do(on, found, verb, note) if items else 0
                _say(done, len(items), HANDLED[verb], waiting=where.paced.deferred)


_add(
    Verb.REDRIVE,
    "Process parked items again; may be interrupted and repeated.",
)
_add(
    Verb.DROP,
    "Delete parked items; payloads in the bucket stay until their retention ends.",
)


@parked.command("empty")
def empty(
    stage: Stage,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,  # noqa: FBT002
) -> None:
    """Delete all that a removed stage has parked, for good: `make destroy` does it before the bucket goes."""
    bucket = removed_bucket(stage)
    keys = kept_objects(bucket) if bucket else []
    if not bucket or not keys:
        console.print(f"Nothing is parked that would be removed with {stage}.", markup=False)
        return
    what = f"{count(len(keys), 'object')} with parked records, batches and notes in {bucket}"
    if not yes and not typer.confirm(f"Delete {what}, for good?"):
        raise UsageError("nothing was deleted", hint=f"the bucket and its stack stay: {bucket}")
    delete(bucket, keys)
    console.print(f"Deleted: {what}.", markup=False)


def _is_meant(items: Sequence[ParkedItem], chosen: Selection, *, really: bool) -> bool:
    """Say what is not parked; tell whether the operator means it, or show what it would be."""
    if missed := chosen.missed(items):
        console.print(Text(f"Not parked (any more): {', '.join(missed)}"))
    if not really:
        _show(items)
        console.print(f"{summary(items, chosen)} Nothing was changed; --yes does it.")
    return really


def _do(on: Target, found: Sequence[SelectedItems], verb: Verb, reason: str) -> int:
    with Progress(console=console) as progress:
        task = progress.add_task(HANDLED[verb], total=len(all_of(found)))
        advance = partial(progress.advance, task)
        return handle(on, found, verb, reason=reason, progress=advance)


def _say(done: int, wanted: int, word: str, *, waiting: int) -> None:
    console.print(f"{done} of {wanted} {word}.")
    if waiting:
        console.print(
            f"{waiting} of them found no room in the senders' queues: they wait on the ledger, and"
            " the sweeper releases them at the provider's rate."
        )
    if done < wanted:
        raise UsageError(
            "the rest changed meanwhile or was refused", hint="look again: parked list"
        )


def _show(items: Sequence[ParkedItem]) -> None:
    for line in lines_of(items):
        console.print(Text(line))

"""The commands `ordercast parked`: list, show, redrive and drop parked items. Used by operators."""

import json
import re
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.text import Text
from typer.core import TyperCommand

from ordercast.audit import Verb
from ordercast.cli.options import AsJson, CloudName, Stage, each_given, read_reason
from ordercast.cli.output.terminal import console, field_list
from ordercast.events.identity import is_notification_id
from ordercast.operations.acts import audited
from ordercast.operations.bucket_removal import delete, kept_objects, removed_bucket
from ordercast.operations.parked_acts import all_of
from ordercast.operations.parked_selection import (
    fields_of,
    lines_of,
    selection,
    summary,
)
from ordercast.operations.parked_sources import parked_sources
from ordercast.operations.target import LOCAL_STAGE, target
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
    show_items(items)
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
    as_json: AsJson = False,  # noqa: FBT002
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
    if as_json:
        print(json.dumps(fields_of(item)))
        return
    console.print(field_list({name: str(value) for name, value in fields_of(item).items()}))


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


def show_items(items: Sequence[ParkedItem]) -> None:
    """Print items by reason."""
    for line in lines_of(items):
        console.print(Text(line))

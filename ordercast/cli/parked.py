"""What an operator wants of parked things in; a list, a look, or what was redriven or dropped out."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.text import Text
from typer.core import TyperCommand

from ordercast.cli.options import CloudName, Stage
from ordercast.cli.output.terminal import console, facts
from ordercast.events.identity import is_notification_id
from ordercast.operations.moments import moment
from ordercast.operations.parked_sources import LookupResult, ParkedSources, parked_sources
from ordercast.operations.target import LOCAL_STAGE, target
from ordercast.parked.item import Kind, ParkedItem, Selection
from ordercast.usage_error import UsageError
from ordercast.workflows.redrive.source import ParkedSource, Report

parked = typer.Typer(
    name="parked",
    no_args_is_help=True,
    help="What waits for an operator: records, batches, dead letters, notifications.",
)


class TakesIds(TyperCommand):
    """A command without short options: a word with one dash before it is an id that begins so."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's own
        """Hand over ids where no dash means anything."""
        ids = [each for each in args if _DASHED_ID.match(each) or is_notification_id(each)]
        others = [each for each in args if each not in ids]
        return super().parse_args(ctx, [*others, *([] if "--" in args else ["--"]), *ids])


_DASHED_ID = re.compile("-[^-]")


Ids = Annotated[list[str] | None, typer.Argument(help="As `list` shows them; may be cut short.")]
Kinds = Annotated[
    list[Kind] | None, typer.Option("--kind", help="Only this kind; may be repeated.")
]
Reason = Annotated[str, typer.Option(help="Only what says this in its reason or detail.")]
Since = Annotated[
    str | None, typer.Option(help="Only what came since: 36h, 7d, or a date such as 2026-11-02.")
]
Really = Annotated[bool, typer.Option("--yes", help="Do it; without, nothing is changed.")]
Everything = Annotated[bool, typer.Option("--all", help="Everything that is parked.")]

Doing = Callable[[ParkedSource, Sequence[ParkedItem], Report], int]


@parked.command("list")
def list_parked(
    kind: Kinds = None,
    reason: Reason = "",
    since: Since = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines.")] = False,  # noqa: FBT002
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """List what is parked, with its reason; nothing personal is shown."""
    wish = _wish((), kind, reason, since)
    with _looking(stage, cloud) as where:
        things = _all(where.find(wish))
    if as_json:
        for each in things:
            print(json.dumps(_fields(each)))
        return
    _show(things)
    console.print(_counted(things, wish))


@parked.command("show", cls=TakesIds)
def show(
    id_: Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it; may be cut short.")],
    payload: Annotated[  # noqa: FBT002
        bool, typer.Option("--payload", help="What it holds, and nothing else: personal data.")
    ] = False,
    stage: Stage = LOCAL_STAGE,
    cloud: CloudName = None,
) -> None:
    """Show one parked thing; its payload only if that is asked for."""
    with _looking(stage, cloud) as where:
        found = [(f.source, each) for f in where.find(Selection(ids=[id_])) for each in f.things]
        if len(found) != 1:
            raise UsageError(f"{id_} names {len(found)} parked things, not one")
        ((source, thing),) = found
        if payload:
            sys.stdout.buffer.write(source.payload(thing) + b"\n")
            return
    console.print(facts({name: str(value) for name, value in _fields(thing).items()}))


def _add(name: str, word: str, doing: Doing, help_: str) -> None:
    """Add a command that does something about the things that an operator means."""

    @parked.command(name, cls=TakesIds, help=help_)
    def command(
        ids: Ids = None,
        kind: Kinds = None,
        reason: Reason = "",
        since: Since = None,
        every: Everything = False,  # noqa: FBT002
        yes: Really = False,  # noqa: FBT002
        stage: Stage = LOCAL_STAGE,
        cloud: CloudName = None,
    ) -> None:
        _do(_named(ids, kind, reason, since, every=every), word, doing, yes, stage, cloud)


_add(
    "redrive",
    "redriven",
    lambda source, things, told: source.redrive(things, told=told),
    "Send parked things on their way again; may be broken off and done again.",
)
_add(
    "drop",
    "dropped",
    lambda source, things, told: source.drop(things, told=told),
    "Let parked things go for good; payloads in the bucket stay until their retention ends.",
)


def _do(
    wish: Selection,
    word: str,
    doing: Doing,
    really: bool,  # noqa: FBT001
    stage: str,
    cloud: str | None,
) -> None:
    with _looking(stage, cloud) as where:
        found = where.find(wish)
        things = _all(found)
        if missed := wish.missed(things):
            console.print(Text(f"Not parked, or no longer: {', '.join(missed)}"))
        if not really:
            _show(things)
            console.print(f"{_counted(things, wish)} Nothing was changed; --yes does it.")
            return
        with Progress(console=console) as progress:
            task = progress.add_task(word, total=len(things))
            done = sum(
                doing(each.source, each.things, lambda n: progress.advance(task, n))
                for each in found
                if each.things
            )
    console.print(f"{done} of {len(things)} {word}.")
    if done < len(things):
        raise UsageError(
            "the rest changed meanwhile or was not taken", hint="look again: parked list"
        )


@contextmanager
def _looking(stage: str, cloud: str | None) -> Iterator[ParkedSources]:
    where = parked_sources(target(stage, cloud))
    try:
        yield where
    finally:
        where.let_go()


def _named(
    ids: Sequence[str] | None,
    kinds: Sequence[Kind] | None,
    reason: str,
    since: str | None,
    *,
    every: bool,
) -> Selection:
    if not (ids or kinds or reason or since or every):
        raise UsageError(
            "which of them?", hint="name ids, or a --kind, --reason or --since, or --all"
        )
    # The beginning of every id: a variable of the shell that is not set must not mean everything.
    if "" in (ids or ()):
        raise UsageError("one of the ids is empty", hint="everything is --all")
    return _wish(ids or (), kinds, reason, since)


def _wish(
    ids: Sequence[str], kinds: Sequence[Kind] | None, reason: str, since: str | None
) -> Selection:
    return Selection(ids=ids, kinds=kinds or (), reason=reason, since=_moment(since))


def _moment(written: str | None) -> datetime | None:
    return moment(written, option="--since", now=datetime.now(UTC)) if written else None


def _all(found: Sequence[LookupResult]) -> list[ParkedItem]:
    return [each for one in found for each in one.things]


def _show(things: Sequence[ParkedItem]) -> None:
    for each in things:
        since = f"{each.since:%Y-%m-%d %H:%M:%S}" if each.since else "-"
        detail = f": {each.detail}" if each.detail else ""
        line = f"{each.kind:<12}  {since:<19}  {each.id}  {each.reason}{detail}"
        console.print(Text(line))


def _counted(things: Sequence[ParkedItem], wish: Selection) -> str:
    if not things:
        return "Nothing is parked." if wish == Selection() else "Nothing like that is parked."
    counts = ", ".join(
        f"{sum(each.kind is kind for each in things)} {kind}s"
        for kind in Kind
        if any(each.kind is kind for each in things)
    )
    return f"{len(things)} parked: {counts.replace('batchs', 'batches')}."


def _fields(each: ParkedItem) -> dict[str, object]:
    return {
        "kind": each.kind,
        "id": each.id,
        "reason": each.reason,
        "detail": each.detail,
        "since": each.since.isoformat() if each.since else None,
        "place": each.place,
        "records": each.size,
    }
